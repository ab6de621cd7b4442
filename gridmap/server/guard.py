"""What stands before every route: host, origin, size of requests; headers of answers."""

from __future__ import annotations

import ipaddress
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.routing import APIRoute

from gridmap.server.errors import problem
from gridmap.server.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from gridmap.settings import Settings


DIRECTIVES = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "connect-src 'self'",
    "worker-src 'self' blob:",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)
HEADERS = {
    b"content-security-policy": "; ".join(DIRECTIVES).encode(),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"geolocation=(self), camera=(), microphone=()",
}
PRINTED = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""Of a sheet to print: one file with its own style, which runs nothing."""
PRIVATE = {b"cache-control": b"private, no-cache"}
"""What a role may see is kept from caches that others share, and asked for again each time."""
SAFE = {"GET", "HEAD", "OPTIONS"}
JSON_BYTES = 20_000_000
"""Largest body that is not an upload."""
DEEPEST = 200
"""Deepest nesting of JSON: more is an attack, not a geometry."""


class Guard:
    """Middleware that refuses foreign hosts and origins, and sets the headers of every answer.

    A page of another site can make the browser send requests here, and by rebinding its name to
    this address it can even read the answers. So the Host must be ours, and whatever changes
    something must come from a page of the same origin.

    Parameters
    ----------
    app : ASGI app
        What stands behind.
    settings : Settings
        Names of this server, and the largest upload.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        refused = self._refused(request)
        answer = _with_headers(send, scope["path"])
        if request.method == "HEAD":
            scope, answer = {**scope, "method": "GET"}, _without_body(answer)
        if refused is not None:
            lang = "zh" if request.query_params.get("lang") == "zh" else "en"
            response = problem(refused.status_code, refused.key, refused.values, lang)
            await response(scope, receive, answer)
            return
        await self._app(scope, _limited(receive, self._most(request)), answer)

    def _refused(self, request: Request) -> Problem | None:
        host = request.headers.get("host", "")
        if not self._is_ours(host):
            return Problem(421, "server.host", host=host)
        if request.method not in SAFE and not _same_origin(request, host):
            return Problem(403, "server.origin", origin=request.headers.get("origin", ""))
        length = request.headers.get("content-length", "0")
        most = self._most(request)
        if length.isdigit() and int(length) > most:
            return Problem(413, "server.too_large", most=most)
        return None

    def _most(self, request: Request) -> int:
        kind = request.headers.get("content-type", "")
        upload = kind.startswith("multipart/form-data")
        return self._settings.upload_bytes + 1_000_000 if upload else JSON_BYTES

    def _is_ours(self, host: str) -> bool:
        name = urlsplit(f"//{host}").hostname or ""
        if name in {"localhost", *self._settings.names}:
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        # A name that rebinds always shows as a name; any literal address was typed by somebody.
        return address.is_loopback or self._settings.host not in {"127.0.0.1", "localhost", "::1"}


def _same_origin(request: Request, host: str) -> bool:
    origin = request.headers.get("origin")
    if origin is not None:
        return urlsplit(origin).netloc == host
    return request.headers.get("sec-fetch-site", "none") in {"same-origin", "none"}


def _with_headers(send: Send, path: str) -> Send:
    headers = HEADERS | PRIVATE if path.startswith(("/api/", "/ogc", "/tiles/")) else HEADERS

    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = {name.lower() for name, _ in message["headers"]}
            extra = [pair for pair in headers.items() if pair[0] not in given]
            message["headers"] = [*message["headers"], *extra]
        await send(message)

    return answer


def _without_body(send: Send) -> Send:
    """Answer HEAD wherever GET is answered, with the same headers."""

    async def answer(message: Message) -> None:
        is_body = message["type"] == "http.response.body"
        await send({**message, "body": b""} if is_body else message)

    return answer


def _limited(receive: Receive, most: int) -> Receive:
    seen = 0

    async def limited() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise Problem(413, "server.too_large", most=most)
        return message

    return limited


class StrictRequest(Request):
    """A request whose JSON is JSON: no NaN, no Infinity, no key twice, no bottomless nesting."""

    async def json(self) -> Any:
        """Return the body."""
        body = await self.body()
        try:
            value = json.loads(body, parse_constant=_refuse, object_pairs_hook=_unique)
        except RecursionError as cause:
            raise Problem(422, "server.json", why="nested too deep") from cause
        except json.JSONDecodeError:
            raise
        except ValueError as cause:
            raise Problem(422, "server.json", why=str(cause)[:200]) from cause
        _require_shallow(value)
        return value


class StrictRoute(APIRoute):
    """A route whose requests are strict."""

    def get_route_handler(self) -> Callable[[Request], Any]:
        """Return the handler of the route."""
        handler = super().get_route_handler()

        async def strict(request: Request) -> Any:
            return await handler(StrictRequest(request.scope, request.receive))

        return strict


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _require_shallow(value: Any) -> None:
    layer, depth = [value], 0
    while layer:
        depth += 1
        if depth > DEEPEST:
            raise Problem(422, "server.json", why="nested too deep")
        inner = (item.values() if isinstance(item, dict) else item for item in layer)
        layer = [part for group in inner for part in group if isinstance(part, dict | list)]


def strict_json(value: Any) -> bytes:
    """Return a value as JSON, numbers JSON does not know refused.

    Parameters
    ----------
    value : Any
        Values of JSON.

    Returns
    -------
    bytes
        UTF-8.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode()
