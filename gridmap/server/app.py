"""The app: one city, served to its page."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import lru_cache
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI, HTTPException
from fastapi.responses import FileResponse, PlainTextResponse
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from gridmap import __version__
from gridmap.files.reader import READER
from gridmap.journeys.city import City
from gridmap.server import errors, openapi
from gridmap.server.guard import Guard
from gridmap.server.jobs import Jobs
from gridmap.server.quiet import Noise, Quiet
from gridmap.server.stored import Sent, stored
from gridmap.server.tilecache import TileCache, Tiles
from gridmap.server.upkeep import Upkeep

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.responses import Response

    from gridmap.server.stored import Stored
    from gridmap.settings import Settings
    from gridmap.store import Store

ROUTES = (
    "session",
    "search",
    "addresses",
    "plans",
    "labels",
    "edits",
    "references",
    "redraws",
    "repairs",
    "places",
    "duties",
    "figures",
    "significance",
    "service",
    "incidents",
    "news",
    "exports",
    "imports",
    "jobs",
    "public",
    "users",
    "tiles",
    "patrol",
    "ogc",
)
PACKAGE = Path(str(files("gridmap")))
PAGE = PACKAGE / "assets" / "page"
"""What ``build_page.py`` has made of the modules and styles of the page."""
INDEX = "index.html"
KINDS = {
    ".css": b"text/css; charset=utf-8",
    ".html": b"text/html; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".map": b"application/json",
    ".txt": b"text/plain; charset=utf-8",
}


def create_app(settings: Settings, store: Store) -> FastAPI:
    """Make the app of a city.

    Parameters
    ----------
    settings : Settings
        Names, limits and the language of the server.
    store : Store
        What the city keeps; the caller closes it.

    Returns
    -------
    FastAPI
        The app; everything it holds hangs on ``app.state``.
    """
    city = City(store)
    jobs = Jobs()
    tiles = Tiles()
    quiet = Quiet()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        READER.keep_warm = True
        READER.start()
        upkeep = Upkeep(city, jobs, tiles, quiet, settings)
        upkeep.start()
        yield
        jobs.close()
        upkeep.stop()
        READER.stop()

    app = FastAPI(
        title="gridmap",
        version=__version__,
        summary="Cells of a city, its incidents and its patrols.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        middleware=[
            Middleware(Noise, quiet=quiet),
            Middleware(Guard, settings=settings),
            Middleware(TileCache, tiles=tiles),
            Middleware(GZipMiddleware, minimum_size=1024, compresslevel=5),
        ],
    )
    app.state.settings = settings
    app.state.city = city
    app.state.jobs = jobs
    app.state.tiles = tiles
    errors.install(app)
    for name in ROUTES:
        app.include_router(import_module(f"gridmap.server.routes.{name}").router)
    openapi.install(app)
    _serve_page(app)
    return app


def _serve_page(app: FastAPI) -> None:
    @app.get("/healthz", include_in_schema=False)
    def healthz() -> PlainTextResponse:
        return PlainTextResponse("ok")

    @app.get("/", include_in_schema=False)
    def index() -> Response:
        return Sent(_built(PAGE / INDEX))

    @app.get("/page/{name}", include_in_schema=False)
    def part(name: str) -> Response:
        file = PAGE / name
        if name == INDEX or not file.is_file():
            raise HTTPException(404)
        return Sent(_built(file))

    @app.get("/favicon.ico", include_in_schema=False)
    def icon() -> FileResponse:
        return FileResponse(PACKAGE / "server" / "icon.svg", media_type="image/svg+xml")


def _built(file: Path) -> Stored:
    return _stored(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _stored(file: Path, _changed: int) -> Stored:
    """Return a file, compressed once; all but the first are named by their content."""
    return stored(file.read_bytes(), immutable=file.name != INDEX, kind=KINDS[file.suffix])
