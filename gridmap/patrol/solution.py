"""What a plan answers: the routes of a night, and what it does without.

Times are whole seconds since the start of the shift.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Visit:
    """A unit's stay at a stop, or its break.

    Parameters
    ----------
    stop : str
        Name of the stop; ``""`` for the break.
    arrive, leave : int
        Seconds of the shift; waiting is done before leaving.
    dwell : int
        Seconds of the stay that were asked for.
    """

    stop: str
    arrive: int
    leave: int
    dwell: int

    @property
    def wait(self) -> int:
        """Seconds stayed beyond the dwell, so as not to come too early elsewhere."""
        return self.leave - self.arrive - self.dwell


@dataclass(frozen=True)
class Route:
    """What one unit does.

    Parameters
    ----------
    unit : str
        Name of the unit.
    leave, back : int
        Seconds of the shift at which it sets out and is back.
    visits : tuple of Visit
        In order of time.
    """

    unit: str
    leave: int
    back: int
    visits: tuple[Visit, ...]


@dataclass(frozen=True)
class Unserved:
    """A visit that the plan does without, and why.

    Parameters
    ----------
    stop : str
        Name of the stop.
    missing : int
        Visits missing of those wanted.
    reason : str
        Key of the reason in the catalogue ``patrol``, without its area.
    values : mapping
        Values of its placeholders.
    """

    stop: str
    missing: int
    reason: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Solution:
    """The routes of a night.

    Parameters
    ----------
    routes : tuple of Route
        One a unit, in the order of the units.
    unserved : tuple of Unserved
        Stops that lack visits.
    seed : int
        Seed of the search.
    prize : float
        Worth of the visits to stops that are not required.
    """

    routes: tuple[Route, ...]
    unserved: tuple[Unserved, ...]
    seed: int
    prize: float
