"""The help of the commands in the reader's language.

Commands say what they do where they are defined, in English; the catalogues hold the same texts
(area ``help``) in both languages, and a test holds them together.
"""

from __future__ import annotations

import os
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
