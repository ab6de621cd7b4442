"""Hot spots, and change between two periods, with what chance would do."""

from datetime import date
from typing import Any, Literal

import pandas as pd
from fastapi import APIRouter

from gridmap.incidents.hotspots import PERMUTATIONS, RATE
from gridmap.incidents.measure import Filter
from gridmap.journeys.incidents import significance
from gridmap.journeys.incidents.figures import Figures
from gridmap.server.deps import CityDep, Viewer
from gridmap.server.guard import StrictRoute
from gridmap.server.routes.figures import QuestionDep
from gridmap.server.schemas import Totals, Wire

router = APIRouter(prefix="/api/v1/incidents", tags=["figures"], route_class=StrictRoute)


class Spot(Wire):
    """A cell or group, and whether incidents gather around it."""

    code: str
    n: int
    value: float | None
    around: int
    z: float | None
    p: float | None
    q: float | None
    p_sim: float | None
    kind: Literal["hot", "cold", "few", ""]


class Shift(Wire):
    """A cell or group in two periods, the earlier brought to the length of the later."""

    code: str
    n: int
    n_before: int
    expected: float
    value: float
    ratio: float | None
    p: float | None
    q: float | None
    kind: Literal["more", "less", "few", ""]


class SpotsAnswer(Wire):
    """Hot spots (Gi*)."""

    plan: int
    version: int
    unit: str
    rate: float
    permutations: int
    totals: Totals
    rows: list[Spot]


class ShiftsAnswer(Wire):
    """Change between two periods."""

    plan: int
    version: int
    rate: float
    recorded_from: date | None
    totals: Totals
    totals2: Totals
    rows: list[Shift]


class Part(Wire):
    """A period and its placed incidents."""

    start: date | None
    end: date | None
    n: int


class Hit(Wire):
    """What watching some of the area would have met."""

    method: Literal["count", "density", "hotspots"]
    share: float | None
    cells: int
    hits: int
    pai: float | None
    pei: float | None


class BackTest(Wire):
    """Whether a map of hot spots would have foretold more than simply counting."""

    plan: int
    version: int
    before: Part
    after: Part
    rows: list[Hit]


@router.get("/hotspots")
def hotspots(city: CityDep, _user: Viewer, asked: QuestionDep) -> SpotsAnswer:
    """Find cells around which more, or fewer, incidents gather than chance would put there."""
    shown, found = significance.hotspots(city, asked)
    rows = [Spot(code=code, **row) for code, row in _rows(found)]
    return SpotsAnswer(unit=shown.unit, permutations=PERMUTATIONS, rows=rows, **_about(shown))


@router.get("/hotspots/backtest")
def back_test(city: CityDep, _user: Viewer, asked: QuestionDep) -> BackTest:
    """Tell how much of a later period a map of an earlier one would have foretold.

    The second period asked for foretells the first; without one the first half of the period
    foretells its second half.
    """
    found = significance.back_test(city, asked)
    plain = found.frame.astype(object).where(found.frame.notna(), None)
    return BackTest(
        plan=found.plan,
        version=found.version,
        before=_part(found.before, found.n_before),
        after=_part(found.after, found.n),
        rows=[Hit(**row) for row in plain.to_dict("records")],
    )


def _part(period: Filter, n: int) -> Part:
    start, end = (
        None if at is None else pd.Timestamp(at).date() for at in (period.start, period.end)
    )
    return Part(start=start, end=end, n=n)


@router.get("/changes")
def changes(city: CityDep, _user: Viewer, asked: QuestionDep) -> ShiftsAnswer:
    """Compare the counts of two periods cell by cell.

    Nothing is said to be more than chance if the second period has no incidents, or begins before
    the first incident there is (``recorded_from`` then tells its day).
    """
    shown, found = significance.changes(city, asked)
    rows = [Shift(code=code, **row) for code, row in _rows(found)]
    assert shown.totals2 is not None  # noqa: S101 - without a second period it was refused
    first = None if asked.other is None else significance.recorded_from(city, asked.other)
    totals2 = Totals(**shown.totals2)
    return ShiftsAnswer(totals2=totals2, recorded_from=first, rows=rows, **_about(shown))


def _about(shown: Figures) -> dict[str, Any]:
    totals = Totals(**shown.totals)
    return {"plan": shown.plan, "version": shown.version, "rate": RATE, "totals": totals}


def _rows(frame: pd.DataFrame) -> list[tuple[str, dict[str, Any]]]:
    plain = frame.astype(object).where(frame.notna(), None)
    return [
        (str(code), row) for code, row in zip(plain.index, plain.to_dict("records"), strict=True)
    ]
