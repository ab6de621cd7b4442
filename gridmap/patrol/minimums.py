"""How far the minimums of a patrol are reached, and whether they can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gridmap.messages import text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gridmap.patrol.model import Patrol
    from gridmap.patrol.solution import Route


@dataclass(frozen=True)
class Minimum:
    """A minimum, and what there is of it.

    Parameters
    ----------
    category : str
        Whose stops count.
    wanted : int
        Stops to be visited at least.
    visited : int
        Stops that are.
    places : int
        Stops that could be.
    mode : str
        How the units move whose visits count; ``""`` for any.
    """

    category: str
    wanted: int
    visited: int
    places: int
    mode: str = ""

    @property
    def unmet(self) -> bool:
        """Whether too few are visited."""
        return self.visited < self.wanted

    @property
    def beyond(self) -> bool:
        """Whether no plan can meet it: there are not as many stops."""
        return self.places < self.wanted

    def line(self, lang: str = "en") -> str:
        """Return the sentence about an unmet minimum.

        Parameters
        ----------
        lang : str
            Language of the reader.

        Returns
        -------
        str
            What is visited and what is wanted.
        """
        return text("patrol.minimum_unmet", {**vars(self), "category": self.title(lang)}, lang)

    def title(self, lang: str = "en") -> str:
        """Return whose stops count, and by whose visits.

        Parameters
        ----------
        lang : str
            Language of the reader.

        Returns
        -------
        str
            The category, with the way of moving where only one counts.
        """
        return (
            f"{self.category} ({text(f'patrol.mode_{self.mode}', lang=lang)})"
            if self.mode
            else self.category
        )


def minimums(patrol: Patrol, routes: Iterable[Route]) -> tuple[Minimum, ...]:
    """Return the minimums of a patrol and how far routes reach them.

    Parameters
    ----------
    patrol : Patrol
        What was asked.
    routes : iterable of Route
        Routes of its units.

    Returns
    -------
    tuple of Minimum
        As they were asked; a stop counts once, however often it is visited.
    """
    mode_of = {unit.name: unit.mode for unit in patrol.units}
    visits = {(visit.stop, mode_of[route.unit]) for route in routes for visit in route.visits}
    found = []
    for mode, category, wanted in patrol.counted:
        moving = {unit for unit, how in mode_of.items() if mode in {"", how}}
        able = [stop for stop in patrol.stops if stop.category == category]
        names = {stop.name for stop in able if moving and stop.unit in {"", *moving}}
        visited = {stop for stop, how in visits if mode in {"", how}}
        found.append(Minimum(category, wanted, len(names & visited), len(names), mode))
    return tuple(found)
