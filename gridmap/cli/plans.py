"""edit, diff, crosswalk, redraw: changing cells, comparing them, drawing them anew."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from gridmap.cli.beside import read_beside
from gridmap.cli.output import Cells, CellsCrs, Code, Json, Lang, Levels, Output
from gridmap.cli.targets import require_targets

Blocks = Annotated[
    Path | None, typer.Option("--blocks", help="Small areas with people, to weigh by.")
]
LISTED = 20
"""Cells out of the band a terminal names, the furthest first."""

Weight = Annotated[
    str | None, typer.Option("--weight", metavar="COL", help="Column that counts the people.")
]


def register(app: typer.Typer) -> None:
    """Add the commands.

    Parameters
    ----------
    app : Typer
        The command line.
    """
    app.command()(edit)
    app.command()(diff)
    app.command()(crosswalk)
    app.command()(redraw)


def edit(  # noqa: PLR0913, PLR0917  # one argument an option
    cells: Cells,
    target: Annotated[Path, typer.Argument(metavar="OUT", help="Where the new cells go.")],
    edits: Annotated[Path, typer.Option("--edits", help="EDITS.json: a list of edits.")],
    count: Annotated[
        list[str] | None,
        typer.Option(help="Column that counts something and adds up; may be repeated."),
    ] = None,
    code: Code = None,
    levels: Levels = "",
    cells_crs: CellsCrs = None,
    json: Json = None,
    lang: Lang = "en",
) -> None:
    """Split, merge, move, reassign and recode cells; all edits or none."""
    with Output(json, lang) as out:
        from gridmap.files.cells import write_frame
        from gridmap.files.kinds import CELLS
        from gridmap.grid.valid import require_valid
        from gridmap.journeys.cells.edit import edit_cells, edit_json, with_code_column

        require_targets([(target, CELLS)], kept=[edits])
        require_targets([(json, ())], kept=(cells, target, edits))
        steps = _read_edits(edits)
        grid = out.read_grid(cells, code, levels, cells_crs)
        require_valid(grid)
        done = edit_cells(grid, steps, count or None, lang)
        result = done[-1].grid if done else grid
        write_frame(with_code_column(result), target)
        for each in done:
            for key, values in each.notices:
                out.notice(key, **values)
        out.json(edit_json(done, lang) | {"cells": len(result.cells)})
        touched = {cell for each in done for cell in each.touched}
        out.say("edit.done", edits=len(done), cells=len(result.cells), touched=len(touched))


def diff(
    old: Cells,
    new: Cells,
    blocks: Blocks = None,
    weight: Weight = None,
    code: Code = None,
    cells_crs: CellsCrs = None,
    json: Json = None,
    lang: Lang = "en",
) -> None:
    """Say which cells changed, and how much ground and how many people moved."""
    with Output(json, lang) as out:
        from gridmap.grid.diff import diff as compare
        from gridmap.journeys.cells.edit import diff_json

        require_targets([(json, ())], kept=(old, new, blocks))
        before = out.read_grid(old, code, cells_crs=cells_crs)
        after = out.read_grid(new, code, cells_crs=cells_crs)
        found = compare(before, after, read_beside(blocks), weight)
        out.json(diff_json(found))
        for name in ("changed", "created", "vanished", "redrawn"):
            codes = getattr(found, name)
            out.say(f"edit.diff_{name}", n=len(codes), codes=_shown(codes))
        pairs = [" → ".join(pair) for pair in found.recoded]
        out.say("edit.diff_recoded", n=len(pairs), codes=_shown(pairs))
        out.say("edit.diff_area", hectares=found.area_m2 / 10_000)
        if found.people is not None:
            out.say("edit.diff_people", n=found.people)


def crosswalk(  # noqa: PLR0913, PLR0917  # one argument an option
    old: Cells,
    new: Cells,
    target: Annotated[Path, typer.Argument(metavar="OUT.csv", help="Where the table goes.")],
    blocks: Blocks = None,
    weight: Weight = None,
    code: Code = None,
    cells_crs: CellsCrs = None,
    json: Json = None,
    lang: Lang = "en",
) -> None:
    """Write which share of each old cell lies in which new cell."""
    with Output(json, lang) as out:
        from gridmap.files.replace import replacing
        from gridmap.grid.crosswalk import crosswalk as walk_of

        require_targets([(target, (".csv", ".csv.gz")), (json, ())], kept=(old, new, blocks))
        before = out.read_grid(old, code, cells_crs=cells_crs)
        after = out.read_grid(new, code, cells_crs=cells_crs)
        walk = walk_of(before, after, read_beside(blocks), weight)
        with replacing(target) as path:
            walk.to_csv(path, index=False)
        open_m2 = float(walk.loc[walk["new"] == "", "area_m2"].sum())
        out.json({"rows": len(walk), "old": len(before.codes), "uncovered_m2": open_m2})
        out.say("edit.crosswalk_done", rows=len(walk), old=len(before.codes), area=open_m2)


def redraw(  # noqa: PLR0913, PLR0917  # one argument an option
    blocks: Annotated[Path, typer.Argument(help="Blocks with households or people.")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="Where the new cells go.")],
    weight: Annotated[str, typer.Option("--weight", metavar="COL", help="Column of the weights.")],
    aim: Annotated[float, typer.Option("--target", metavar="N", help="Weight of a cell.")],
    tolerance: Annotated[float, typer.Option(help="Share of the target a cell may be off.")] = 0.1,
    within: Annotated[
        str | None, typer.Option(metavar="COL", help="Column whose groups no cell may cross.")
    ] = None,
    barriers: Annotated[
        Path | None, typer.Option(help="Lines no cell may cross: rivers, railways, main roads.")
    ] = None,
    start: Annotated[
        Path | None, typer.Option(help="Cells as they are; only those out of the band change.")
    ] = None,
    locked: Annotated[
        list[str] | None, typer.Option(help="Code of a cell of the start that stays; repeatable.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Same seed, same cells.")] = 0,
    code: Code = None,
    cells_crs: CellsCrs = None,
    json: Json = None,
    lang: Lang = "en",
) -> None:
    """Draw balanced, contiguous, compact cells from blocks."""
    with Output(json, lang) as out:
        from gridmap.files.cells import write_frame
        from gridmap.files.kinds import CELLS
        from gridmap.grid.redraw import Aim
        from gridmap.grid.redraw import redraw as draw
        from gridmap.journeys.cells.edit import redraw_json

        require_targets([(target, CELLS), (json, ())], kept=(blocks, barriers, start))
        grid = out.read_grid(blocks, code, cells_crs=cells_crs)
        lines = read_beside(barriers)
        before = None if start is None else out.read_grid(start)
        wanted = Aim(weight, aim, tolerance, within)
        with out.progress("redraw.at_work"):
            made = draw(grid, wanted, lines, before, locked or (), seed)
        write_frame(made.grid.cells, target)
        out.json(redraw_json(made))
        low, high = made.band
        cells, inside = len(made.grid.codes), len(made.grid.codes) - len(made.left)
        counts = {"cells": cells, "blocks": len(grid.codes), "inside": inside}
        out.say("redraw.done", **counts, low=low, high=high, seed=seed)
        worst = sorted(made.left, key=lambda left: min(left.weight - low, high - left.weight))
        for left in worst[:LISTED]:
            out.notice(f"redraw.left_{left.reason}", cell=left.cell, weight=left.weight)
        if len(worst) > LISTED:
            out.notice("redraw.left_more", count=len(worst) - LISTED)


def _read_edits(path: Path) -> list[Any]:
    """Read EDITS.json; numbers that are no numbers and keys given twice are refused."""
    import json

    from gridmap.errors import FileError

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) < len(pairs):
            raise ValueError
        return dict(pairs)

    if not path.is_file():
        raise FileError("files.missing", path=str(path))
    try:
        steps = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=once)
    except (ValueError, RecursionError) as cause:
        raise FileError("edit.not_json", path=path) from cause
    if not isinstance(steps, list):
        raise FileError("edit.not_list", path=path)
    return steps


def _shown(codes: Any, most: int = 12) -> str:
    more = ", …" if len(codes) > most else ""
    return ", ".join(list(codes)[:most]) + more
