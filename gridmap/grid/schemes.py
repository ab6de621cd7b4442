"""Schemes of codes: what a code is made of, given as data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gridmap.errors import ValueRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

DIGITS = "0123456789"
TWO = 2
"""Characters without which nothing can be counted."""
WIDEST = 20
"""Characters of a segment at most."""


@dataclass(frozen=True)
class Segment:
    """A part of a code.

    Parameters
    ----------
    name : str
        What it stands for.
    width : int
        Number of characters; 0 means any number of any characters.
    charset : str
        Characters it may hold, in their order; the last segment counts with them, from 1 if the
        first of them is 0, else from the first.
    source : str or None
        Column it is taken from; None means the level at the same place, or, in the last segment,
        the running number.
    """

    name: str
    width: int
    charset: str = DIGITS
    source: str | None = None

    @property
    def pattern(self) -> str:
        """Regular expression of its values."""
        return f"[{re.escape(self.charset)}]{{{self.width}}}" if self.width else r".+"

    @property
    def first(self) -> int:
        """The number the running number begins with."""
        return 1 if self.charset.startswith("0") else 0

    def written(self, value: int) -> str:
        """Return a number in the characters of the segment.

        Parameters
        ----------
        value : int
            A number of 0 or more.

        Returns
        -------
        str
            As wide as the segment, or wider if the number is too large for it.
        """
        base, text = len(self.charset), ""
        while value or not text:
            value, digit = divmod(value, base)
            text = self.charset[digit] + text
        return text.rjust(self.width, self.charset[0])

    def value(self, text: str) -> int | None:
        """Return the number a text stands for.

        Parameters
        ----------
        text : str
            In the characters of the segment.

        Returns
        -------
        int or None
            None if a character is not of the segment.
        """
        if not text or not set(text) <= set(self.charset):
            return None
        value = 0
        for each in text:
            value = value * len(self.charset) + self.charset.index(each)
        return value


@dataclass(frozen=True)
class Scheme:
    """How codes are made.

    Parameters
    ----------
    name : str
        Name of the scheme.
    segments : tuple of Segment
        Its parts from left to right; the last is the running number.
    """

    name: str
    segments: tuple[Segment, ...]

    def fits(self, code: str) -> bool:
        """Tell whether a code is of the scheme.

        Parameters
        ----------
        code : str
            A code.

        Returns
        -------
        bool
            True if every segment has its width and characters.
        """
        return re.fullmatch("".join(each.pattern for each in self.segments), code) is not None

    @classmethod
    def from_dict(cls, table: Mapping[str, Any]) -> Scheme:
        """Read a scheme from the table of a TOML file.

        Parameters
        ----------
        table : mapping
            ``name`` and a list ``segment``, each with ``name``, ``width`` and, where they are not
            the default, ``charset`` (ranges such as ``A-Z`` allowed) and ``source``.

        Returns
        -------
        Scheme
            The scheme.

        Raises
        ------
        ValueRefused
            If a part is missing, unknown or cannot be what it should be.
        """
        _known("", table, {"name", "segment"})
        rows = table.get("segment")
        if not isinstance(table.get("name"), str) or not isinstance(rows, list) or not rows:
            raise ValueRefused("codes.no_scheme")
        segments = tuple(_segment(number, row) for number, row in enumerate(rows, 1))
        if segments[-1].source is not None:
            raise ValueRefused("codes.last_source", segment=segments[-1].name)
        if len(segments[-1].charset) < TWO:
            raise ValueRefused("codes.bad_part", segment=len(rows), part="charset")
        return cls(table["name"], segments)


SCHEMES = {
    each.name: each
    for each in (
        Scheme(
            "unit-15",
            (
                Segment("county", 6),
                Segment("township", 3),
                Segment("community", 3),
                Segment("cell", 3),
            ),
        ),
        Scheme("division-15", (Segment("division", 12), Segment("cell", 3))),
        Scheme(
            "cjt349-20",
            (
                Segment("county", 6),
                Segment("area", 6),
                Segment("community", 3),
                Segment("unit", 3),
                Segment("cell", 2),
            ),
        ),
        Scheme("free", (Segment("cell", 0),)),
    )
}
"""Shipped: the municipal unit grid 6+3+3+3, the 12-digit division code + 3, 6+6+3+3+2 of CJ/T
349-2010, and free form."""


def scheme(name: str) -> Scheme:
    """Return a shipped scheme.

    Parameters
    ----------
    name : str
        Its name.

    Returns
    -------
    Scheme
        The scheme.

    Raises
    ------
    ValueRefused
        If no scheme has that name.
    """
    if name not in SCHEMES:
        raise ValueRefused("codes.unknown", name=name, known=", ".join(SCHEMES))
    return SCHEMES[name]


def _known(where: str, table: Mapping[str, Any], names: set[str]) -> None:
    for name in table:
        if name not in names:
            known = ", ".join(sorted(names))
            raise ValueRefused("codes.unknown_part", part=f"{where}{name}", known=known)


def _segment(number: int, row: Any) -> Segment:
    if not isinstance(row, dict):
        raise ValueRefused("codes.bad_part", segment=number, part="segment")
    _known("segment.", row, {"name", "width", "charset", "source"})
    width, charset = row.get("width"), row.get("charset", "0-9")
    if isinstance(width, bool) or not isinstance(width, int) or not 1 <= width <= WIDEST:
        raise ValueRefused("codes.bad_part", segment=number, part="width")
    for part in ("name", "source"):
        if not isinstance(row.get(part, "" if part == "source" else None), str):
            raise ValueRefused("codes.bad_part", segment=number, part=part)
    characters = _characters(charset) if isinstance(charset, str) else ""
    if not characters or len(set(characters)) < len(characters):
        raise ValueRefused("codes.bad_part", segment=number, part="charset")
    return Segment(row["name"], width, characters, row.get("source"))


def _characters(charset: str) -> str:
    """Write the ranges of a charset out: ``0-9A-F`` are sixteen characters."""

    def spelled(found: re.Match[str]) -> str:
        return "".join(map(chr, range(ord(found[1]), ord(found[2]) + 1)))

    return re.sub(r"([0-9A-Za-z])-([0-9A-Za-z])", spelled, charset)
