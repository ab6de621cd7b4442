"""Errors as problem+json (RFC 9457): the only table from error classes to HTTP."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from gridmap import errors
from gridmap.messages import catalogue, text
from gridmap.server.deps import get_lang
from gridmap.server.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI, Request

log = logging.getLogger("gridmap.server")
MEDIA = "application/problem+json"
STATUS: dict[type[errors.GridmapError], int] = {
    errors.InputError: 422,
    errors.EditRefused: 422,
    errors.NotFound: 404,
    errors.Stale: 412,
    errors.Conflict: 409,
    errors.SchemaError: 503,
    errors.StoreError: 503,
    errors.NotAllowed: 403,
    errors.Cancelled: 409,
    errors.GridmapError: 500,
}
"""Status of each class; the nearest class of an error decides."""
SERVER_ERROR = 500


def status_of(error: errors.GridmapError) -> int:
    """Return the status code of an error.

    Parameters
    ----------
    error : GridmapError
        The error.

    Returns
    -------
    int
        Of its nearest class in the table.
    """
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def problem(status: int, key: str, values: Mapping[str, Any], lang: str) -> Response:
    """Return a problem document.

    Parameters
    ----------
    status : int
        Status code.
    key : str
        Key of the message.
    values : mapping
        Values of its placeholders, and others a program may want.
    lang : str
        Language of the reader.

    Returns
    -------
    Response
        ``type, title, status, detail, key, values``.
    """
    title = f"server.status_{status}"
    known = catalogue(lang)
    body = {
        "type": f"urn:gridmap:{key}",
        "title": known.get(title, known["server.status_other"]),
        "status": status,
        "detail": text(key, values, lang),
        "key": key,
        "values": {name: _plain(value) for name, value in values.items()},
    }
    content = json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    headers = {"Cache-Control": "no-store"}
    return Response(content, status, media_type=MEDIA, headers=headers)


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, float) and not abs(value) < float("inf"):
        return None
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _lang(request: Request) -> str:
    asked = request.query_params.get("lang")
    wanted: Any = asked if asked in {"en", "zh"} else None
    return get_lang(request, wanted, request.headers.get("accept-language"))


def install(app: FastAPI) -> None:
    """Let an app answer every error with a problem document.

    Parameters
    ----------
    app : FastAPI
        The app.
    """

    @app.exception_handler(errors.GridmapError)
    async def _ours(request: Request, error: errors.GridmapError) -> Response:
        status = status_of(error)
        if status >= SERVER_ERROR:
            log.error("%s %s: %s", request.method, request.url.path, error)
        return problem(status, error.key, error.values, _lang(request))

    @app.exception_handler(Problem)
    async def _http(request: Request, error: Problem) -> Response:
        return problem(error.status_code, error.key, error.values, _lang(request))

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> Response:
        where = [".".join(map(str, found["loc"])) for found in error.errors()]
        why = [f"{at}: {found['msg']}" for at, found in zip(where, error.errors(), strict=True)]
        values = {"why": "; ".join(why[:5]), "fields": where[:20]}
        return problem(422, "server.invalid", values, _lang(request))

    @app.exception_handler(HTTPException)
    async def _plain_http(request: Request, error: HTTPException) -> Response:
        key = {404: "server.no_page", 405: "server.no_method"}.get(error.status_code)
        values = {"path": request.url.path, "method": request.method}
        values |= {"why": str(error.detail)}
        answer = problem(error.status_code, key or "server.bad_request", values, _lang(request))
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(Exception)
    async def _fault(request: Request, error: Exception) -> Response:
        log.error("%s %s failed", request.method, request.url.path, exc_info=error)
        return problem(SERVER_ERROR, "server.internal", {}, _lang(request))
