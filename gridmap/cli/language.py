"""The help of the commands in the reader's language.

Commands say what they do where they are defined, in English; the catalogues hold the same texts
(area ``help``) in both languages, and a test holds them together. What typer says by itself,
headings and complaints about a call, stands in area ``typer``.
"""

from __future__ import annotations

import os
import re
import string
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import typer

from gridmap.messages import catalogue

if TYPE_CHECKING:
    from collections.abc import Sequence

CHINESE = "zh"
VARIABLE = "GRIDMAP_LANG"


def wanted(arguments: Sequence[str]) -> str:
    """Return the language a call asks for, before it is taken apart.

    Parameters
    ----------
    arguments : sequence of str
        The command line.

    Returns
    -------
    str
        ``en`` or ``zh``.
    """
    said = [after for before, after in pairwise(arguments) if before == "--lang"]
    said += [each.removeprefix("--lang=") for each in arguments if each.startswith("--lang=")]
    return CHINESE if CHINESE in (said or [os.environ.get(VARIABLE, "")]) else "en"


def translate(command: Any, lang: str) -> None:
    """Put the help of a command and all below it into a language.

    Parameters
    ----------
    command : Command
        A command or group as typer made it.
    lang : str
        The language.
    """
    texts = catalogue(lang)
    known = {
        english: texts[key] for key, english in catalogue("en").items() if key.startswith("help.")
    }
    for one in every(command):
        one.help = known.get(summary(one.help), one.help)
        for parameter in one.get_params(typer.Context(one)):
            if getattr(parameter, "help", None):
                parameter.help = known.get(parameter.help, parameter.help)
        one.get_help = partial(_help, one, lang)


def _help(command: Any, lang: str, context: typer.Context) -> str:
    return retold(type(command).get_help(command, context), lang)


def retold(said: str, lang: str) -> str:
    """Return what typer says in another language.

    Parameters
    ----------
    said : str
        A help page or a complaint about a call, in English.
    lang : str
        The language.

    Returns
    -------
    str
        The same with every phrase the catalogue knows (area ``typer``) replaced.
    """
    texts = catalogue(lang)
    for key, english in catalogue("en").items():
        if key.startswith("typer."):
            said = re.sub(_pattern(english), partial(_filled, texts[key]), said)
    return said


def _filled(phrase: str, found: re.Match[str]) -> str:
    return phrase.format(**found.groupdict())


def _pattern(template: str) -> str:
    """Return what finds a phrase and the values in it."""
    parts = [
        re.escape(plain) + (f"(?P<{name}>[^\\n]+?)" if name else "")
        for plain, name, _, _ in string.Formatter().parse(template)
    ]
    return "".join(parts) + (r"(?=\s|$)" if template.endswith("}") else "")


def every(command: Any) -> list[Any]:
    """Return a command and all below it.

    Parameters
    ----------
    command : Command
        A command or group.

    Returns
    -------
    list of Command
        The command first.
    """
    below = getattr(command, "commands", {}).values()
    return [command, *(each for one in below for each in every(one))]


def summary(text: str | None) -> str:
    """Return the first line of a docstring.

    Parameters
    ----------
    text : str or None
        A docstring.

    Returns
    -------
    str
        Empty if there is none.
    """
    return (text or "").strip().split("\n", maxsplit=1)[0]
