"""Codes for new cells of a plan."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from gridmap.grid.codes import following, scheme_of
from gridmap.grid.rules import Rules

if TYPE_CHECKING:
    from gridmap.journeys.city import City
    from gridmap.store import Plan


def next_code(city: City, plan: Plan, code: str) -> str:
    """Return a code for one more cell beside one of a plan.

    Parameters
    ----------
    city : City
        The city.
    plan : Plan
        The plan.
    code : str
        Code of one of its cells.

    Returns
    -------
    str
        The next of its parent by the scheme the city asks for, else by the shipped one all codes
        fit; without a scheme the code itself with a number. No code that was ever given.
    """
    rule = scheme_of(city.grid(plan.head).codes.tolist(), Rules.from_dict(plan.rules).scheme)
    width = rule.segments[-1].width if rule else 0
    given = city.store.plans.given(plan.id, code[: len(code) - width])
    numbered = following(code, rule, given) if rule else None
    free = (f"{code}-{number}" for number in count(2))
    return numbered or next(each for each in free if each not in given)
