"""scale: the same journeys over many files and machines."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  # typer looks at the types
from typing import Annotated

import typer

from gridmap.cli.output import CellsCrs, Code, Json, Lang, Levels, Output


def register(app: typer.Typer) -> None:
    """Add the commands.

    Parameters
    ----------
    app : Typer
        The command line.
    """
    scale = typer.Typer(help="The same work over many files and machines.", no_args_is_help=True)
    scale.command()(locate)
    app.add_typer(scale, name="scale")


def locate(  # noqa: PLR0913  # each is an option of the command
    dataset: Annotated[Path, typer.Argument(help="A folder of Parquet files, or one file.")],
    out: Annotated[Path, typer.Argument(help="Folder for the result; must not be there yet.")],
    *,
    grid: Annotated[Path, typer.Option(help="The cells.")],
    workers: Annotated[int, typer.Option(min=1, help="Worker processes on this machine.")] = 1,
    scheduler: Annotated[
        str, typer.Option(metavar="ADDR", help="Address of a Dask scheduler to use instead.")
    ] = "",
    x: Annotated[str, typer.Option(metavar="COL", help="Column of the longitude.")] = "",
    y: Annotated[str, typer.Option(metavar="COL", help="Column of the latitude.")] = "",
    crs: Annotated[
        str, typer.Option(metavar="EPSG:n|gcj02|bd09", help="What the coordinates are in.")
    ] = "EPSG:4326",
    code: Code = None,
    levels: Levels = "",
    cells_crs: CellsCrs = None,
    json: Json = None,
    lang: Lang = "en",
) -> None:
    """Place every row of a partitioned dataset in its cell, by coordinates; addresses: locate."""
    with Output(json, lang) as output:
        import time
        from importlib.util import find_spec

        from gridmap.errors import ValueRefused

        if find_spec("distributed") is None:
            raise ValueRefused("scale.extra")
        from gridmap.incidents.mapping import Mapping
        from gridmap.scale import locate as scale_locate

        cells = output.read_grid(grid, code, levels, cells_crs)
        began = time.perf_counter()
        columns = Mapping(x=x, y=y, crs=crs)
        with output.progress("scale.placing", path=dataset) as progress:

            def placed(done: int, total: int) -> None:
                progress(done, total, "rows")

            figures = scale_locate(dataset, out, cells, columns, workers, scheduler, placed)
        seconds = round(time.perf_counter() - began, 3)
        output.say("import.placed", **figures, out=out)
        without = figures["reasons"].get("no-coordinates", 0)
        if without:
            output.notice("scale.no_addresses", count=without)
        output.json({**figures, "seconds": seconds, "notices": output.notices})
