"""Content that is made once and sent often: gzipped, with its ETag and headers ready."""

from __future__ import annotations

import gzip
import hashlib
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa
from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Receive, Scope, Send

MVT = b"application/vnd.mapbox-vector-tile"
IMMUTABLE = b"private, max-age=31536000, immutable"
REVALIDATE = b"private, no-cache"


class Stored(NamedTuple):
    """Content as it goes over the wire: gzipped once, with the headers of both answers."""

    body: bytes
    etag: bytes
    headers: list[tuple[bytes, bytes]]
    same: list[tuple[bytes, bytes]]

    @classmethod
    def of(cls, body: bytes, etag: bytes, *, immutable: bool, kind: bytes = MVT) -> Stored:
        """Make what is compressed ready to be sent.

        Parameters
        ----------
        body : bytes
            Gzip, or nothing.
        etag : bytes
            Of the content, with its quotes.
        immutable : bool
            Whether the address names a version, so that a browser need not ask again.
        kind : bytes
            Media type.

        Returns
        -------
        Stored
            With the headers of both answers.
        """
        same = [
            (b"etag", etag),
            (b"cache-control", IMMUTABLE if immutable else REVALIDATE),
            (b"vary", b"accept-encoding"),
        ]
        headers = [*same, (b"content-type", kind), (b"content-length", str(len(body)).encode())]
        return cls(body, etag, [*headers, (b"content-encoding", b"gzip")] if body else same, same)


def stored(content: bytes, *, immutable: bool, kind: bytes = MVT) -> Stored:
    """Make content ready to be sent.

    Parameters
    ----------
    content : bytes
        A tile, a file or an answer, not compressed.
    immutable : bool
        Whether the address names a version, so that a browser need not ask again.
    kind : bytes
        Media type.

    Returns
    -------
    Stored
        With a strong ETag of the content.
    """
    body = gzip.compress(content, 6, mtime=0) if content else b""
    etag = b'"' + hashlib.blake2b(content, digest_size=12).hexdigest().encode() + b'"'
    return Stored.of(body, etag, immutable=immutable, kind=kind)


async def send_stored(content: Stored, scope: Scope, send: Send) -> None:
    """Answer with content, or with 304 where the asker has it, or 204 where there is nothing.

    Parameters
    ----------
    content : Stored
        What is sent.
    scope : Scope
        The request.
    send : Send
        Where the answer goes.
    """
    known = encodings = b""
    for name, value in scope["headers"]:
        if name == b"if-none-match":
            known = value
        elif name == b"accept-encoding":
            encodings = value
    status, headers, body = 200, content.headers, content.body
    if known and (content.etag in known or known == b"*"):
        status, headers, body = 304, content.same, b""
    elif not body:
        status = 204
    elif b"gzip" not in encodings:
        body = gzip.decompress(body)
        size = (b"content-length", str(len(body)).encode())
        kind = next(pair for pair in content.headers if pair[0] == b"content-type")
        headers = [*content.same, kind, size]
    if scope["method"] == "HEAD":
        body = b""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def to_bytes(contents: Mapping[str, Stored]) -> bytes:
    """Write contents for the store.

    Parameters
    ----------
    contents : mapping of str to Stored
        By name.

    Returns
    -------
    bytes
        Arrow.
    """
    columns = {
        "name": pa.array(list(contents), pa.string()),
        "body": pa.array([each.body for each in contents.values()], pa.binary()),
        "etag": pa.array([each.etag for each in contents.values()], pa.binary()),
    }
    sink, rows = pa.BufferOutputStream(), pa.table(columns)
    with pa.ipc.new_stream(sink, rows.schema) as to:
        to.write_table(rows)
    return sink.getvalue().to_pybytes()


def from_bytes(content: bytes) -> dict[str, tuple[bytes, bytes]]:
    """Read what :func:`to_bytes` wrote.

    Parameters
    ----------
    content : bytes
        Arrow.

    Returns
    -------
    dict of str to (bytes, bytes)
        Body and ETag by name, for :meth:`Stored.of`.
    """
    rows = pa.ipc.open_stream(content).read_all()
    names, bodies, etags = (column.to_pylist() for column in rows.columns)
    return dict(zip(names, zip(bodies, etags, strict=True), strict=True))


class Sent(Response):
    """Content that is ready to be sent.

    Parameters
    ----------
    content : Stored
        What is sent.
    """

    def __init__(self, content: Stored) -> None:
        super().__init__()
        self._content = content

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Answer."""
        await send_stored(self._content, scope, send)
