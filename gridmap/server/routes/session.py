"""Who asks, in which language, and what there is to see."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from gridmap import __version__
from gridmap.errors import NotFound
from gridmap.journeys.cells import plans as plans_
from gridmap.journeys.incidents.service import available
from gridmap.messages import catalogue
from gridmap.server.deps import (
    ABILITIES,
    COOKIE,
    STAFF,
    CityDep,
    LangDep,
    StoreDep,
    UserDep,
    is_public,
)
from gridmap.server.guard import StrictRoute
from gridmap.server.routes.plans import plan_info
from gridmap.server.schemas import LevelInfo, Measure, Session, SignIn
from gridmap.store.users import SESSION_HOURS

router = APIRouter(prefix="/api/v1", tags=["session"], route_class=StrictRoute)

AREAS = ("plans", "incidents", "layers", "facts")
"""Parts of the store whose changes the page asks for again."""
PAGE_AREAS = ("cli.",)
"""Areas of messages the page has no use for."""


@router.get("/session")
def session(city: CityDep, user: UserDep, lang: LangDep) -> Session:
    """Tell who asks, and what there is to see."""
    try:
        plan = city.plan()
    except NotFound:
        plan = None
    if plan is not None and user.role not in STAFF and not is_public(plan, plan.head):
        plan = None  # before anything is published the public sees no draft
    can = [ability for ability, roles in ABILITIES.items() if user.role in roles]
    always = {"count": "count", "area": "per_km2", "share": "percent"}
    measures = [Measure(per=per, unit=unit) for per, unit in always.items()]
    if plan is not None and plan.weight:
        measures.insert(1, Measure(per="people", unit="per_1000"))
    measures += [Measure(per=per, unit=unit) for per, unit in available(city).items()]
    figures = "figures" in can  # nobody else is told that incidents arrive, nor what they answer
    bounds = None if plan is None else city.bounds()
    store = city.store
    return Session(
        role=user.role,
        user=user.name,
        can=can,
        lang=lang,
        zone=str(city.zone),
        today=city.today(),
        city=named(store.fact("city", {}), lang, "gridmap"),
        bounds=None if bounds is None else list(bounds),
        plan=None if plan is None else plan_info(city, plan),
        levels=_levels(city, () if plan is None else plan.levels, lang),
        measures=measures if figures else [],
        period=plans_.period(city) if figures else None,
        streets=store.layers.latest("streets") is not None,
        revision=sum(store.database.revision(*AREAS)) if figures else 0,
        version=__version__,
    )


def named(names: dict[str, str], lang: str, default: str) -> str:
    """Return a name in the reader's language, else in any, else a default."""
    return names.get(lang) or next(iter(names.values()), default)


def _levels(city: Any, levels: tuple[str, ...], lang: str) -> list[LevelInfo]:
    titles = city.store.fact("levels", {})
    return [LevelInfo(name=name, title=named(titles.get(name, {}), lang, name)) for name in levels]


@router.post("/session", status_code=204, response_class=Response)
def sign_in(store: StoreDep, body: SignIn, request: Request, response: Response) -> None:
    """Open a session; the cookie is for this server's pages only."""
    token = store.users.sign_in(body.name, body.password)
    age = SESSION_HOURS * 3600
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, token, max_age=age, httponly=True, samesite="strict", secure=secure)


@router.delete("/session", status_code=204, response_class=Response)
def sign_out(store: StoreDep, request: Request, response: Response) -> None:
    """Close the session."""
    store.users.sign_out(request.cookies.get(COOKIE, ""))
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")


@router.get("/messages/{lang}")
def messages(lang: Annotated[str, Path(pattern="^(en|zh)$")]) -> dict[str, str]:
    """Return every text of a language, by key."""
    texts = catalogue(lang).items()
    return {key: text for key, text in texts if not key.startswith(PAGE_AREAS)}
