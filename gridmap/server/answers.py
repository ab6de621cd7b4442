"""Answers that everybody asks for: made once, kept until what they are made of changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gridmap.server.stored import stored

if TYPE_CHECKING:
    from collections.abc import Callable

    from gridmap.journeys.city import City
    from gridmap.journeys.kept import Key
    from gridmap.server.stored import Stored

JSON = b"application/json"


class Answer(NamedTuple):
    """An answer that can be kept.

    Parameters
    ----------
    key : tuple
        What it is made of; revisions and versions make what has changed another answer.
    make : callable
        Returns it as JSON.
    immutable : bool
        Whether its address names a version, so that a browser need not ask again.
    """

    key: Key
    make: Callable[[], bytes]
    immutable: bool = False


def answered(city: City, answer: Answer) -> Stored:
    """Return an answer, made if it is not kept.

    Parameters
    ----------
    city : City
        Where it is kept.
    answer : Answer
        The answer.

    Returns
    -------
    Stored
        Ready to be sent, for its reader alone.
    """
    return city.derived(
        key_of(answer), lambda: stored(answer.make(), immutable=answer.immutable, kind=JSON)
    )


def key_of(answer: Answer) -> Key:
    """Return the key an answer is kept under.

    Parameters
    ----------
    answer : Answer
        The answer.

    Returns
    -------
    tuple
        For :meth:`gridmap.journeys.kept.Kept.derived`.
    """
    name, *of = answer.key
    return (f"answer: {name}", *of)
