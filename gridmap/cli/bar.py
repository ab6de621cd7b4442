"""The bar a terminal shows: what is done, how much of it in a second, how long it will take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from collections.abc import Callable

MEGA = 1e6


class Bar:
    """A progress bar on stderr, gone when the work is done.

    Parameters
    ----------
    title : str
        What is being done.
    text : callable
        Returns the text of a message key with its values, in the reader's language.
    """

    def __init__(self, title: str, text: Callable[..., str]) -> None:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
        )
        self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task(title, total=None, rate="")
        self._text = text
        self._unit = ""
        self.start, self.stop = self._bar.start, self._bar.stop

    def update(self, done: float, total: float, unit: str = "") -> None:
        """Show how far the work is.

        Parameters
        ----------
        done, total : float
            In the same unit.
        unit : str
            What is counted, as in :class:`gridmap.journeys.source.Progress`; another unit is
            another piece of the work, with a rate of its own.
        """
        if unit != self._unit:
            self._unit = unit
            self._bar.reset(self._task, total=total, completed=0, rate="")
        self._bar.update(self._task, completed=done, total=total)
        self._bar.update(self._task, rate=self._rate(done, total))

    def _rate(self, done: float, total: float) -> str:
        speed = self._bar.tasks[0].speed
        if not self._unit:
            return ""
        size, digits = (MEGA, 1) if self._unit == "bytes" else (1, 0)
        shown = [f"{each / size:,.{digits}f}" for each in (done, total, speed or 0)]
        values = {"done": shown[0], "total": shown[1]}
        rate = self._text("cli.rate", rate=shown[2]) if speed else ""
        return f"{self._text(f'cli.{self._unit}', **values)} {rate}".strip()
