"""Stores of earlier versions: a new file is filled from the old one, which is kept beside it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from gridmap.errors import NotFound, SchemaError
from gridmap.store import schema
from gridmap.store.database import Database

if TYPE_CHECKING:
    from pathlib import Path

ADDED = {("plans", "rules"): "'{}'"}
"""What columns that came later, and may not be empty, hold in rows from before."""


def upgrade(path: Path) -> Path:
    """Bring a store of an earlier version to the present one; nobody else may have it open.

    Parameters
    ----------
    path : Path
        The store. It is replaced in one step, when everything is copied.

    Returns
    -------
    Path
        Where the old store is kept: ``PATH.version-N``.

    Raises
    ------
    NotFound
        If there is no file.
    SchemaError
        If the file is no store of an earlier version, or is in use or damaged; nothing was
        changed.
    """
    if not path.exists():
        raise NotFound("store.missing", path=str(path))
    try:
        version = _settled(path)
    except sqlite3.OperationalError as cause:
        raise SchemaError("store.in_use", path=str(path)) from cause
    except sqlite3.DatabaseError as cause:
        raise SchemaError("store.not_a_store", path=str(path)) from cause
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    Database(part, create=True).close()
    with closing(sqlite3.connect(part, isolation_level=None)) as target:
        _fill(target, path)
        target.execute("PRAGMA journal_mode=DELETE")
    with part.open("rb") as handle:
        os.fsync(handle.fileno())
    kept = path.with_name(f"{path.name}.version-{version}")
    kept.unlink(missing_ok=True)
    kept.hardlink_to(path)
    part.replace(path)
    return kept


def _settled(path: Path) -> int:
    """Bring everything of an old store into its one file; return its version."""
    with closing(sqlite3.connect(f"file:{path}?mode=rw", uri=True)) as old:
        application = old.execute("PRAGMA application_id").fetchone()[0]
        version: int = old.execute("PRAGMA user_version").fetchone()[0]
        if application != schema.APPLICATION:
            raise SchemaError("store.not_a_store", path=str(path))
        if version >= schema.VERSION:
            raise SchemaError("store.not_older", path=str(path), version=version)
        old.execute("PRAGMA journal_mode=DELETE")
    return version


def _fill(target: sqlite3.Connection, path: Path) -> None:
    target.execute("PRAGMA foreign_keys=OFF")
    target.execute("ATTACH ? AS old", [str(path)])
    target.execute("BEGIN")
    for table in schema.metadata.sorted_tables:
        theirs = {row[1] for row in target.execute(f"PRAGMA old.table_info({table.name})")}
        added = {name: value for (of, name), value in ADDED.items() if of == table.name}
        columns = [each.name for each in table.columns if each.name in theirs]
        later = [name for name in added if name not in theirs]
        if theirs:
            names = ", ".join(f'"{name}"' for name in columns + later)
            values = ", ".join([f'"{name}"' for name in columns] + [added[name] for name in later])
            # names come from the schema, not from a user
            target.execute(f"INSERT INTO main.{table.name} ({names}) SELECT {values} FROM old.{table.name}")  # noqa: S608, E501  # fmt: skip
    target.execute("COMMIT")
    if target.execute("PRAGMA main.foreign_key_check").fetchall():
        raise SchemaError("store.not_a_store", path=str(path))
    target.execute("DETACH old")
