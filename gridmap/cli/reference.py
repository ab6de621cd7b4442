"""import reference: a layer somebody sent, to be checked and repaired."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path  # noqa: TC003  # typer looks at the types
from typing import Annotated

import typer

from gridmap.cli.opening import DEFAULT, opened, source_of
from gridmap.cli.output import Boundary, CellsCrs, Code, Json, Lang, Output, StoreUrl


def import_reference(
    file: Annotated[Path, typer.Argument(help="The file.")],
    *,
    store: StoreUrl = DEFAULT,
    name: Annotated[
        str, typer.Option("--name", help="What it is to be called; absent: the file.")
    ] = "",
    code: Code = None,
    boundary: Boundary = None,
    cells_crs: CellsCrs = None,
    json: Json = None,
    lang: Lang = "en",
) -> None:
    """Bring in a layer: reference."""
    with Output(json, lang) as output:
        from gridmap.journeys import layers

        source = source_of(file, name)
        area = None if boundary is None else source_of(boundary)
        with opened(store) as kept, output.progress("server.importing", path=file) as progress:
            told = replace(source, progress=progress)
            layer = layers.import_reference(kept, told, code, cells_crs, area)
        if dropped := layer.about["dropped"]:
            output.notice("import.personal", columns=", ".join(dropped))
        rows = layer.about["rows"]
        output.json({"layer": layer.id, "rows": rows, "notices": output.notices})
        output.say("server.imported_layer", layer=layer.id, rows=rows)
