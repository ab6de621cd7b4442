"""What goes over the wire."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

FIRST_YEAR, LAST_YEAR = 1900, 2199
Dated = TypeVar("Dated", bound=date)


def _of_our_time(moment: Dated) -> Dated:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"the year must be {FIRST_YEAR} to {LAST_YEAR}")
    return moment


Lon = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Lat = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Moment = Annotated[datetime, AfterValidator(_of_our_time)]
Day = Annotated[date, AfterValidator(_of_our_time)]
"""A day a city can ask for: reckoning with others leads out of the calendar."""
Id = Annotated[int, Field(ge=1, le=2**53)]
Word = Annotated[str, Field(max_length=200)]
Note = Annotated[str, Field(max_length=2000)]
State = Literal["draft", "published", "retired", "withdrawn"]


class Wire(BaseModel):
    """Base of everything on the wire: unknown fields are refused, numbers are numbers."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class ProblemDocument(Wire):
    """RFC 9457 problem."""

    type: str
    title: str
    status: int
    detail: str
    key: str
    values: dict[str, Any]


class LevelInfo(Wire):
    """A level of the plan in force."""

    name: str
    title: str


class Measure(Wire):
    """One way figures can be related."""

    per: str
    unit: str


class AllowedHole(Wire):
    """A hole that is meant to be there."""

    point: list[float]
    who: str
    why: str


class PlanInfo(Wire):
    """A plan."""

    id: int
    name: str
    state: State
    version: int
    levels: list[str]
    weight: str | None
    counts: Literal["people", "households"]
    valid_from: date | None
    valid_to: date | None
    reason: str
    created: datetime
    published: datetime | None
    cells: int
    can_undo: bool
    can_redo: bool
    locked: list[str]
    allowed: list[AllowedHole]
    withdrawn: datetime | None


class Session(Wire):
    """Who asks, and what there is to see."""

    role: str
    user: str
    can: list[str]
    lang: str
    zone: str
    today: date
    city: str
    bounds: list[float] | None
    plan: PlanInfo | None
    levels: list[LevelInfo]
    measures: list[Measure]
    period: list[date] | None
    streets: bool
    revision: int
    version: str


class SignIn(Wire):
    """Name and password."""

    name: Word
    password: Annotated[str, Field(max_length=1000)]


class Totals(Wire):
    """Every incident accounted for."""

    placed: int
    unplaced: int
    total: int
    reasons: dict[str, int]
    untimed: int


class FigureRow(Wire):
    """Figures of one cell or group."""

    code: str
    n: int
    cells: int
    area_km2: float
    people: float | None = None
    value: float | None
    n2: int | None = None
    value2: float | None = None
    change: float | None = None


class FiguresAnswer(Wire):
    """Figures of all cells or groups."""

    plan: int
    version: int
    level: str | None
    per: str
    unit: str
    n: int
    breaks: list[float]
    rows: list[FigureRow]
    totals: Totals
    totals2: Totals | None


class Bar(Wire):
    """One step of a histogram."""

    start: date
    n: int


class Histogram(Wire):
    """Incidents over time."""

    step: Literal["day", "week", "month"]
    bars: list[Bar]


class Clock(Wire):
    """Incidents by weekday (Monday first) and hour."""

    counts: list[list[int]]


class Facets(Wire):
    """Incidents by category, source and status."""

    category: dict[str, int]
    source: dict[str, int]
    status: dict[str, int]


class IncidentRow(Wire):
    """An incident in a list."""

    id: int
    lon: float | None
    lat: float | None
    when: datetime | None
    day_only: bool
    due: datetime | None
    category: str
    kind: str
    source: str
    status: str
    address: str
    cell: str
    reason: str
    match: str
    score: float | None


class IncidentPage(Wire):
    """A page of a list."""

    incidents: list[IncidentRow]
    total: int
    offset: int


class Correction(Wire):
    """What was changed."""

    at: datetime
    by: str
    before: dict[str, Any]
    after: dict[str, Any]


class Incident(IncidentRow):
    """An incident with everything that is known of it."""

    version: int
    ref: str
    file: int | None
    row: int | None
    closed: datetime | None
    satisfied: float | None
    near: list[str]
    also: int = 0
    extra: dict[str, Any]
    history: list[Correction]


class Report(Wire):
    """An incident entered by hand."""

    lon: Lon | None = None
    lat: Lat | None = None
    when: Moment
    day_only: bool = False
    category: Annotated[str, Field(min_length=1, max_length=200)]
    kind: Word = ""
    source: Word = "page"
    status: Word = "open"
    address: Word = ""
    due: Moment | None = None
    note: Note = ""


class Change(Wire):
    """New values of an incident; what is not given stays."""

    lon: Lon | None = None
    lat: Lat | None = None
    category: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    status: Word | None = None
    closed: Moment | None = None
    satisfied: Annotated[float, Field(ge=0, le=1)] | None = None
    why: Note = ""
    remember: bool = True


class JobInfo(Wire):
    """Long work."""

    id: int
    kind: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    done: float
    total: float
    unit: str
    rate: float | None
    seconds_left: float | None
    result: Any
    error: ProblemDocument | None
