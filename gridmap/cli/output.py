"""What all commands share: their common options, and how they answer.

A command reads::

    def check(cells: Cells, json: Json = None, lang: Lang = "en") -> None:
        with Output(json, lang) as out:
            ...
            out.json(result)
            out.say("check.ok", cells=n)
"""

from __future__ import annotations

import json as json_
import os
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

import typer

from gridmap.cli.advice import OPTIONS
from gridmap.cli.language import VARIABLE
from gridmap.errors import Cancelled, GridmapError
from gridmap.messages import text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from gridmap.grid.model import Grid
    from gridmap.journeys.source import Progress

EXIT_FINDINGS = 1
EXIT_INPUT = 2
EXIT_BROKEN = 3
EXIT_STOPPED = 130
BAR_AFTER = 1.0
"""Seconds after which work on a terminal gets a progress bar."""

Cells = Annotated[Path, typer.Argument(help="Cells: .gpkg .geojson .shp .zip .parquet .fgb .kml")]
Json = Annotated[
    str | None, typer.Option("--json", metavar="FILE|-", help="Write the result as JSON.")
]
Lang = Annotated[Literal["en", "zh"], typer.Option("--lang", envvar=VARIABLE, help="Language.")]
Code = Annotated[str | None, typer.Option("--code", metavar="COL", help="Column of the codes.")]
Levels = Annotated[
    str, typer.Option("--levels", metavar="COL,COL", help="Level columns, coarse to fine.")
]
CellsCrs = Annotated[
    str | None,
    typer.Option("--cells-crs", metavar="EPSG:n", help="CRS of the cells, whatever they claim."),
]
StoreUrl = Annotated[str, typer.Option("--store", envvar="GRIDMAP_STORE", help="sqlite:///PATH")]
RulesFile = Annotated[
    Path | None, typer.Option("--rules", metavar="RULES.toml", help="What the city asks of cells.")
]
Boundary = Annotated[
    Path | None, typer.Option("--boundary", help="The area the cells are to cover.")
]


class Output:
    """How a command answers: text, JSON, notices, a progress bar, the exit code.

    Used as a context: an error of gridmap becomes one sentence on stderr and exit code 2.

    Parameters
    ----------
    json : str, optional
        File for the result, ``-`` for stdout; absent means no JSON.
    lang : str
        Language of the reader.

    Attributes
    ----------
    notices : list of str
        The notices so far, for the JSON.
    """

    def __init__(self, json: str | None = None, lang: str = "en") -> None:
        self._json = json
        self.lang = lang
        self._findings = False
        self.notices: list[str] = []

    def __enter__(self) -> Self:
        if self._json not in {None, "-"}:
            from gridmap.files.replace import require_writable

            # The work may be long: say at once that its result cannot be written.
            try:
                require_writable(Path(str(self._json)))
            except GridmapError as error:
                raise typer.Exit(self._answer(error) or EXIT_INPUT) from error
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _: TracebackType | None,
    ) -> None:
        code = self._answer(error)
        if code is None:
            for line in self.notices:
                complain(line)
        if error is None and self._findings:
            raise typer.Exit(EXIT_FINDINGS)
        if code is not None:
            raise typer.Exit(code) from error

    def _answer(self, error: BaseException | None) -> int | None:
        if isinstance(error, KeyboardInterrupt | Cancelled):
            complain(text("cli.stopped", lang=self.lang))
            return EXIT_STOPPED
        if isinstance(error, GridmapError):
            complain(text(error.key, error.values, self.lang))
            return EXIT_INPUT
        if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
            values = {"path": error.filename or "", "reason": error.strerror or str(error)}
            complain(text("cli.os", values, self.lang))
            return EXIT_INPUT
        return None

    def text(self, key: str, **values: Any) -> str:
        """Return a text in the reader's language.

        Parameters
        ----------
        key : str
            Key in the catalogue.
        **values : Any
            Values of its placeholders.

        Returns
        -------
        str
            The text.
        """
        return text(key, values, self.lang)

    def say(self, key: str, **values: Any) -> None:
        """Print a line of the answer on stdout, unless stdout is the JSON.

        Parameters
        ----------
        key : str
            Key in the catalogue.
        **values : Any
            Values of its placeholders.
        """
        if self._json != "-":
            typer.echo(self.text(key, **values))

    def notice(self, key: str, **values: Any) -> str:
        """Print a notice on stderr at the end, unless the end is an error, which stands alone.

        Parameters
        ----------
        key : str
            Key in the catalogue.
        **values : Any
            Values of its placeholders.

        Returns
        -------
        str
            The text, for the JSON.
        """
        advice = f" ({OPTIONS[key]})" if key in OPTIONS else ""
        line = f"{self.text(key, **values)}{advice}"
        self.notices.append(line)
        return line

    def json(self, value: Any) -> None:
        """Write the result as JSON where ``--json`` wants it, if it does.

        Parameters
        ----------
        value : Any
            Values of JSON; numpy scalars and arrays are turned into them, NaN is refused.
        """
        if self._json is None:
            return
        body = json_.dumps(value, ensure_ascii=False, allow_nan=False, default=_plain)
        if self._json == "-":
            typer.echo(body)
            return
        from gridmap.files.replace import replacing

        with replacing(Path(self._json)) as draft:
            draft.write_text(f"{body}\n", encoding="utf-8")

    def findings(self) -> None:
        """Let the command end with exit code 1: done, with findings of severity error."""
        self._findings = True

    def read_grid(
        self,
        path: Path,
        code: str | None = None,
        levels: str = "",
        cells_crs: str | None = None,
        boundary: Path | None = None,
    ) -> Grid:
        """Read the cells a command was given; a guessed code column is said in a notice.

        Parameters
        ----------
        path : Path
            The file.
        code : str, optional
            Value of ``--code``.
        levels : str
            Value of ``--levels``.
        cells_crs : str, optional
            Value of ``--cells-crs``.
        boundary : Path, optional
            Value of ``--boundary``.

        Returns
        -------
        Grid
            The cells.
        """
        from gridmap.cli.beside import read_beside
        from gridmap.files.reader import READER

        READER.start(1 if boundary is None else 2)
        from gridmap.files.cells import read_frame
        from gridmap.grid.model import Grid, guess_code

        frame = read_frame(path, crs=cells_crs)
        chosen = code or guess_code(frame)
        if chosen is None:
            self.notice("cli.code_rows", path=path)
        elif not code and chosen.lower() != "code":
            self.notice("cli.code_guessed", path=path, column=chosen)
        names = filter(None, map(str.strip, levels.split(",")))
        return Grid.from_frame(frame, chosen, read_beside(boundary), tuple(names))

    @contextmanager
    def progress(self, key: str, **values: Any) -> Iterator[Progress]:
        """Show a bar on a terminal while work goes on for more than a second.

        Parameters
        ----------
        key : str
            Key of what is being done.
        **values : Any
            Values of its placeholders.

        Yields
        ------
        Progress
            To be called with what is done, the total and the unit of both.
        """
        if not sys.stderr.isatty():
            yield _no_bar
            return
        from gridmap.cli.bar import Bar

        bar = Bar(self.text(key, **values), self.text)
        timer = threading.Timer(BAR_AFTER, bar.start)
        timer.daemon = True
        timer.start()
        try:
            yield bar.update
        finally:
            timer.cancel()
            timer.join()
            bar.stop()


def _no_bar(done: float, total: float, unit: str = "") -> None:
    """Without a terminal nobody watches."""


def _plain(value: Any) -> Any:
    """Return a numpy value, a path or a date as JSON can hold it."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return os.fspath(value)


def complain(line: str) -> None:
    """Print a line on stderr, under the program's name.

    Parameters
    ----------
    line : str
        The line.
    """
    typer.echo(f"gridmap: {line}", err=True)
