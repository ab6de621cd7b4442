"""The app: one city, served to its page."""

from __future__ import annotations

import mimetypes
from contextlib import asynccontextmanager
from functools import lru_cache
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI, HTTPException
from fastapi.responses import FileResponse, PlainTextResponse
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from gridmap import __version__
from gridmap.files.reader import READER
from gridmap.journeys.city import City
from gridmap.server import errors, openapi
from gridmap.server.guard import Guard
from gridmap.server.jobs import Jobs
from gridmap.server.pack import packed
from gridmap.server.quiet import Noise, Quiet
from gridmap.server.stored import Sent, stored
from gridmap.server.tilecache import TileCache, Tiles
from gridmap.server.upkeep import Upkeep

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.responses import Response
    from starlette.types import Scope

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
mimetypes.add_type("text/javascript", ".mjs")


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


class _Fresh(StaticFiles):
    """Files the browser asks for again each time, answered with 304 while they are the same."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file; a text is gzipped once for everybody."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        kind = response.headers.get("content-type", "")
        if isinstance(response, FileResponse) and kind.startswith("text/"):
            return Sent(await run_in_threadpool(_stored, Path(response.path), kind.encode()))
        return response


def _stored(file: Path, kind: bytes) -> Stored:
    return _stored_as(file, kind, file.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _stored_as(file: Path, kind: bytes, _changed: int) -> Stored:
    return stored(file.read_bytes(), immutable=False, kind=kind)


def _serve_page(app: FastAPI) -> None:
    page = PACKAGE / "server" / "page"

    @app.get("/healthz", include_in_schema=False)
    def healthz() -> PlainTextResponse:
        return PlainTextResponse("ok")

    @app.get("/", include_in_schema=False)
    def index() -> Response:
        return Sent(packed(PACKAGE)["index.html"])

    @app.get("/packed/{name}", include_in_schema=False)
    def part(name: str) -> Response:
        found = packed(PACKAGE).get(name)
        if found is None:
            raise HTTPException(404)
        return Sent(found)

    @app.get("/favicon.ico", include_in_schema=False)
    def icon() -> FileResponse:
        return FileResponse(page / "icon.svg", media_type="image/svg+xml")

    app.mount("/page", _Fresh(directory=page), name="page")
    app.mount("/assets", _Fresh(directory=PACKAGE / "assets", check_dir=False), name="assets")
