"""The OpenAPI document: FastAPI's, with the errors as they are really answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.openapi.utils import get_openapi

from gridmap.server.errors import MEDIA
from gridmap.server.schemas import ProblemDocument

if TYPE_CHECKING:
    from fastapi import FastAPI

PROBLEM = {
    "description": "A problem document (RFC 9457) in the reader's language",
    "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}},
}
FOREIGN = ("HTTPValidationError", "ValidationError")
"""Schemas of answers FastAPI would give and we do not."""


def install(app: FastAPI) -> None:
    """Let an app describe its errors truly.

    Parameters
    ----------
    app : FastAPI
        The app, with all its routes.
    """

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _document(app: FastAPI) -> dict[str, Any]:
    found = get_openapi(
        title=app.title, version=app.version, summary=app.summary, routes=app.routes
    )
    for item in found["paths"].values():
        for operation in item.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = PROBLEM
    schemas = found["components"]["schemas"]
    for name in FOREIGN:
        schemas.pop(name, None)
    schemas["ProblemDocument"] = ProblemDocument.model_json_schema()
    return found
