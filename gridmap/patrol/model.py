"""What a patrol lead asks for.

Inside the core all times are whole seconds since the start of the shift.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np

from gridmap.streets.engines import NEVER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from gridmap.streets.network import Mode
    from gridmap.streets.travel import Path

Window = tuple[int, int]
"""First and last second of a stay, since the start of the shift."""


class Ways(Protocol):
    """Travel between all places of a patrol; :class:`gridmap.streets.travel.Travel` is one."""

    @property
    def millis(self) -> NDArray[np.int64]:
        """Milliseconds from place to place."""

    def path(self, source: int, target: int) -> Path:
        """Return the drawn way between two places.

        Parameters
        ----------
        source, target : int
            Positions among the places.
        """


@dataclass(frozen=True)
class Shift:
    """The time in which units are out; it may pass midnight and a change of the clock.

    Parameters
    ----------
    start, end : datetime
        With their time zone.
    """

    start: datetime
    end: datetime

    @property
    def seconds(self) -> int:
        """Length in seconds that pass, whatever the clock shows."""
        return self.second(self.end)

    def second(self, when: datetime) -> int:
        """Return the second of the shift at a time.

        Parameters
        ----------
        when : datetime
            With its time zone.

        Returns
        -------
        int
            Seconds since the start, rounded.
        """
        return round((when.astimezone(UTC) - self.start.astimezone(UTC)).total_seconds())

    def at(self, second: float) -> datetime:
        """Return the time at a second of the shift.

        Parameters
        ----------
        second : float
            Seconds since the start.

        Returns
        -------
        datetime
            In the time zone of the shift.
        """
        moment = self.start.astimezone(UTC) + timedelta(seconds=second)
        return moment.astimezone(self.start.tzinfo)


@dataclass(frozen=True)
class Break:
    """A break of a unit, taken wherever it is.

    Parameters
    ----------
    seconds : int
        How long.
    window : tuple of int
        It lies wholly within.
    """

    seconds: int
    window: Window


@dataclass(frozen=True)
class Unit:
    """Who goes out together.

    Parameters
    ----------
    name : str
        Unique among the units.
    mode : {"car", "foot"}
        How it moves.
    start, end : tuple of float
        Longitude and latitude where it sets out and comes back.
    rest : Break, optional
        Its break; absent means none.
    """

    name: str
    mode: Mode
    start: tuple[float, float]
    end: tuple[float, float]
    rest: Break | None = None


@dataclass(frozen=True)
class Stop:
    """A place to be visited.

    Parameters
    ----------
    name : str
        Unique among the stops.
    at : tuple of float
        Longitude and latitude.
    dwell : int
        Seconds to stay.
    windows : tuple of Window
        A stay lies wholly within one of them, in order and apart; empty means any time.
    required : bool
        Whether a plan without it is a finding.
    prize : float
        Worth of each visit of a stop that is not required.
    category : str
        For the minimums; ``""`` for none.
    visits : int
        How many visits are wanted.
    spacing : int
        Seconds between the end of one visit and the start of another.
    unit : str
        The only unit that may come; ``""`` for any.
    why : str
        Why it is a stop, for people.
    """

    name: str
    at: tuple[float, float]
    dwell: int = 600
    windows: tuple[Window, ...] = ()
    required: bool = False
    prize: float = 1.0
    category: str = ""
    visits: int = 1
    spacing: int = 0
    unit: str = ""
    why: str = ""


@dataclass(frozen=True, eq=False)
class Patrol:
    """All that is asked of a night.

    Parameters
    ----------
    shift : Shift
        When.
    units : tuple of Unit
        Who.
    stops : tuple of Stop
        Where.
    minimums : mapping of str to int
        Stops of a category to be visited at least.
    ways : mapping of str to Ways
        Travel by mode between the places in the order of :attr:`places`.
    mode_minimums : mapping of str to mapping
        By mode, as ``minimums``: only visits of units that move so count.
    """

    shift: Shift
    units: tuple[Unit, ...]
    stops: tuple[Stop, ...]
    minimums: Mapping[str, int] = field(default_factory=dict)
    ways: Mapping[str, Ways] = field(default_factory=dict)
    mode_minimums: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def counted(self) -> list[tuple[str, str, int]]:
        """Every minimum: the mode whose visits count (``""``: any), the category, the number."""
        by_mode = {"": self.minimums, **self.mode_minimums}
        return [(mode, name, count) for mode in by_mode for name, count in by_mode[mode].items()]

    @property
    def places(self) -> NDArray[np.float64]:
        """Longitude and latitude of the starts, then the ends, then the stops; shape (n, 2)."""
        spots = [unit.start for unit in self.units] + [unit.end for unit in self.units]
        return np.array(spots + [stop.at for stop in self.stops], dtype=float).reshape(-1, 2)

    def start_place(self, unit: int) -> int:
        """Return the position among the places of where a unit sets out.

        Parameters
        ----------
        unit : int
            Position of the unit.
        """
        return unit

    def end_place(self, unit: int) -> int:
        """Return the position among the places of where a unit comes back.

        Parameters
        ----------
        unit : int
            Position of the unit.
        """
        return len(self.units) + unit

    def stop_place(self, stop: int) -> int:
        """Return the position among the places of a stop.

        Parameters
        ----------
        stop : int
            Position of the stop.
        """
        return 2 * len(self.units) + stop

    @cached_property
    def seconds(self) -> dict[str, NDArray[np.int64]]:
        """Whole seconds from place to place by mode, rounded up; NEVER stays NEVER."""
        return {
            mode: np.where(ways.millis >= NEVER, NEVER, -(-ways.millis // 1000))
            for mode, ways in self.ways.items()
        }
