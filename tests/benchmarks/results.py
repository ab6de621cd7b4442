"""Figures of `make proof`: kept as JSON, shown as tables in RESULTS.md."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

TITLE = """# Results

Written by `make proof`: full-size runs and benchmarks, each beside its peer in the same run.
CPU seconds unless a column says otherwise.
"""


class Results:
    """Figures by section; a section recorded anew replaces its older rows."""

    def __init__(self, folder: Path) -> None:
        self.json = folder / "results.json"
        self.page = folder / "RESULTS.md"
        self.fresh: dict[str, list[dict[str, Any]]] = {}

    def add(self, section: str, row: dict[str, Any]) -> None:
        self.fresh.setdefault(section, []).append(row)

    def write(self) -> None:
        if not self.fresh:
            return
        known = json.loads(self.json.read_text("utf-8")) if self.json.exists() else {}
        day = dt.datetime.now(dt.UTC).date().isoformat()
        machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
        for section, rows in self.fresh.items():
            known[section] = {"when": day, "machine": machine, "rows": rows}
        known = dict(sorted(known.items()))
        text = json.dumps(known, indent=1, ensure_ascii=False, default=_plain)
        self.json.write_text(text + "\n", "utf-8")
        self.page.write_text(TITLE + "".join(map(_table, known.items())), "utf-8")


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else str(value)


def _table(item: tuple[str, dict[str, Any]]) -> str:
    section, entry = item
    columns = list(dict.fromkeys(name for row in entry["rows"] for name in row))
    lines = [
        f"\n## {section}\n",
        f"{entry['when']}, {entry['machine']}\n",
        "| " + " | ".join(columns) + " |",
        "|" + "---|" * len(columns),
        *(
            "| " + " | ".join(_cell(row.get(name)) for name in columns) + " |"
            for row in entry["rows"]
        ),
    ]
    return "\n".join(lines) + "\n"


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return "" if value is None else str(value).replace("|", "\\|")
