"""What routes are given: the city, who asks, in which language, with which filters."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import Depends, Header, Query, Request

from gridmap.errors import NotAllowed, NotFound
from gridmap.incidents.measure import Filter
from gridmap.journeys.city import City
from gridmap.messages import LANGUAGES
from gridmap.server.jobs import Jobs
from gridmap.server.problems import Problem
from gridmap.server.schemas import Day
from gridmap.settings import Settings
from gridmap.store import Plan, Store, User

COOKIE = "gridmap"
MOST_DIGITS = 15
STAFF = ("staff", "patrol", "planner", "admin")
ABILITIES: dict[str, tuple[str, ...]] = {
    "figures": STAFF,
    "points": STAFF,
    "report": ("staff", "planner", "admin"),
    "patrol": ("patrol", "planner", "admin"),
    "plan": ("planner", "admin"),
    "users": ("admin",),
}
"""Which roles may do what; geometry, codes and the public tables are for everybody."""


def get_city(request: Request) -> City:
    """Return the city the server serves."""
    return request.app.state.city


def get_store(request: Request) -> Store:
    """Return its store."""
    return request.app.state.city.store


def get_jobs(request: Request) -> Jobs:
    """Return the jobs of the server."""
    return request.app.state.jobs


def get_settings(request: Request) -> Settings:
    """Return the settings of the server."""
    return request.app.state.settings


def get_lang(
    request: Request,
    lang: Annotated[Literal["en", "zh"] | None, Query(description="Language of texts")] = None,
    accept_language: Annotated[str | None, Header()] = None,
) -> str:
    """Return the reader's language: asked for, else the browser's, else the server's."""
    if lang:
        return lang
    for part in (accept_language or "").split(","):
        name = part.split(";")[0].strip().lower()[:2]
        if name in LANGUAGES:
            return name
    return str(request.app.state.settings.lang)


def get_user(request: Request) -> User:
    """Return who asks.

    Without any user in the store everybody on this machine is its planner: there is nobody to
    keep anything from, and :command:`serve` refuses other addresses.
    """
    city: City = request.app.state.city
    token = request.cookies.get(COOKIE)
    found = city.store.users.find(token) if token else None
    if found is not None:
        return found
    key = ("users", *city.store.database.revision("users"))
    anybody = city.derived(key, lambda: bool(city.store.users.all()))
    return User("", "public" if anybody else "planner")


def may(ability: str) -> Callable[..., User]:
    """Return a dependency that lets only some roles in.

    Parameters
    ----------
    ability : str
        One of :data:`ABILITIES`.

    Returns
    -------
    callable
        Gives the user.
    """

    def check(user: Annotated[User, Depends(get_user)]) -> User:
        if user.role not in ABILITIES[ability]:
            raise NotAllowed(f"server.may_not_{ability}", role=user.title)
        return user

    return check


def seen(city: City, user: User, plan: int, version: int | None = None) -> Plan:
    """Return a plan, if the user may see it: drafts are not for the public.

    Parameters
    ----------
    city : City
        The city.
    user : User
        Who asks.
    plan : int
        Number of the plan.
    version : int, optional
        A version of it; those a published plan went through as a draft are not for the public
        either.

    Returns
    -------
    Plan
        The plan.

    Raises
    ------
    NotFound
        If there is none, as far as this user is to know.
    """
    found = city.store.plans.get(plan)
    asked = found.head if version is None else version
    if user.role not in STAFF and not is_public(found, asked):
        raise NotFound("store.no_plan", plan=plan)
    if asked != found.head and city.store.plans.version(asked).plan != plan:
        raise NotFound("store.no_version", version=asked)
    return found


def is_public(plan: Plan, version: int) -> bool:
    """Tell whether everybody may see a version of a plan, now and ever after.

    Parameters
    ----------
    plan : Plan
        The plan.
    version : int
        The version.

    Returns
    -------
    bool
        True for what was published.
    """
    return plan.valid_from is not None and version == plan.head


CityDep = Annotated[City, Depends(get_city)]
StoreDep = Annotated[Store, Depends(get_store)]
JobsDep = Annotated[Jobs, Depends(get_jobs)]
SettingsDep = Annotated[Settings, Depends(get_settings)]
LangDep = Annotated[str, Depends(get_lang)]
UserDep = Annotated[User, Depends(get_user)]
Viewer = Annotated[User, Depends(may("figures"))]
PointViewer = Annotated[User, Depends(may("points"))]
Reporter = Annotated[User, Depends(may("report"))]
PatrolLead = Annotated[User, Depends(may("patrol"))]
Planner = Annotated[User, Depends(may("plan"))]
Admin = Annotated[User, Depends(may("users"))]

Values = Annotated[list[Annotated[str, Query(max_length=200)]], Query(max_length=100)]


def get_filter(
    start: Annotated[Day | None, Query(description="First day, city time")] = None,
    end: Annotated[Day | None, Query(description="Day after the last")] = None,
    category: Values = [],  # noqa: B006 - FastAPI copies defaults
    source: Values = [],  # noqa: B006
    status: Values = [],  # noqa: B006
    weekday: Annotated[list[Annotated[int, Query(ge=0, le=6)]], Query(max_length=7)] = [],  # noqa: B006
    hour: Annotated[list[Annotated[int, Query(ge=0, le=23)]], Query(max_length=24)] = [],  # noqa: B006
) -> Filter:
    """Return which incidents are asked for."""
    return Filter(
        start, end, tuple(category), tuple(source), tuple(status), tuple(weekday), tuple(hour)
    )


FilterDep = Annotated[Filter, Depends(get_filter)]


def expected_version(if_match: str | None) -> int:
    """Return the version an If-Match header names.

    Parameters
    ----------
    if_match : str or None
        The header.

    Returns
    -------
    int
        The version.

    Raises
    ------
    Problem
        428 without the header, 412 if it names no version of ours.
    """
    if if_match is None:
        raise Problem(428, "server.no_if_match")
    text = if_match.strip().removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise Problem(412, "server.bad_if_match", given=if_match[:60])
    return int(text)


def etag(value: Any) -> str:
    """Return the ETag of a version.

    Parameters
    ----------
    value : Any
        A number that changes with the content.

    Returns
    -------
    str
        A strong ETag.
    """
    return f'"{value}"'
