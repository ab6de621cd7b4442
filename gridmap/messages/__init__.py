"""Catalogues of all texts, in English and Simplified Chinese.

A catalogue is a folder of TOML files, ``en/AREA.toml`` and ``zh/AREA.toml``, with the same keys
and the same placeholders; the key ``AREA.name`` stands as ``name`` in ``AREA.toml``. A number
chooses words: ``{count} {count:cell|cells}``.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from gridmap.errors import GridmapError

LANGUAGES = ("en", "zh")


@dataclass(frozen=True)
class Term:
    """A value of a text that is itself a text, such as the name of a role.

    Parameters
    ----------
    key : str
        Its key in the catalogue.
    values : mapping
        What its placeholders stand for.
    """

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


@cache
def catalogue(lang: str) -> dict[str, str]:
    """Return every text of a language.

    Parameters
    ----------
    lang : str
        One of :data:`LANGUAGES`; any other is answered in English.

    Returns
    -------
    dict of str to str
        Template by key, with ``str.format`` placeholders.
    """
    folder = files(__package__) / (lang if lang in LANGUAGES else "en")
    texts: dict[str, str] = {}
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".toml"):
            area = entry.name.removesuffix(".toml")
            rows = tomllib.loads(entry.read_text(encoding="utf-8"))
            texts.update({f"{area}.{name}": template for name, template in rows.items()})
    return texts


def text(key: str, values: Mapping[str, Any] | None = None, lang: str = "en") -> str:
    """Return the text of a key, filled with its values.

    Parameters
    ----------
    key : str
        Key in the catalogue, such as ``files.missing``.
    values : mapping, optional
        What the placeholders stand for, an error or a term for its own text; absent means that
        there are none.
    lang : str
        Language of the reader.

    Returns
    -------
    str
        The text.

    Raises
    ------
    KeyError
        If the catalogue has no such key.
    """
    said = {name: _said(value, lang) for name, value in (values or {}).items()}
    return catalogue(lang)[key].format_map(said)


class _Count(int):
    """A number whose format may be the words for one and for any other number: ``is|are``."""

    def __format__(self, spec: str) -> str:
        one, bar, other = spec.partition("|")
        if not bar:
            return int(self).__format__(spec)
        return one if self == 1 else other


def _said(value: Any, lang: str) -> Any:
    if isinstance(value, (GridmapError, Term)):
        return text(value.key, value.values, lang)
    if isinstance(value, int) and not isinstance(value, bool):
        return _Count(value)
    return value
