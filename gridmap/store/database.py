"""One writer and many read-only readers on a SQLite file."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import QueuePool

from gridmap.errors import NotFound, SchemaError, StoreError
from gridmap.store import schema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

JSON = partial(json.dumps, ensure_ascii=False, allow_nan=False)
WAIT_SECONDS = 30
"""How long a writer waits for another process to finish its transaction."""


class Database:
    """A SQLite file in WAL mode, each transaction on disk before it is answered.

    Parameters
    ----------
    path : Path
        The file.
    create : bool
        Make the file and its tables if it is not there.

    Raises
    ------
    NotFound
        If there is no file and none is to be made.
    SchemaError
        If the file is no store, or one of another version.
    """

    def __init__(self, path: Path, *, create: bool) -> None:
        self.path = path
        fresh = not path.exists()
        if fresh and not create:
            raise NotFound("store.missing", path=str(path))
        if fresh:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._writer = _engine(f"file:{path}?mode=rwc", "BEGIN IMMEDIATE", 1)
        self._readers = _engine(f"file:{path}?mode=ro", "BEGIN", 8)
        try:
            self._open(fresh=fresh)
        except DatabaseError as cause:
            self.close()
            raise SchemaError("store.not_a_store", path=str(path)) from cause
        except StoreError:
            self.close()
            raise

    def _open(self, *, fresh: bool) -> None:
        if fresh:
            self.use_wal()
            with self.write() as connection:
                schema.metadata.create_all(connection)
                connection.exec_driver_sql(f"PRAGMA application_id={schema.APPLICATION}")
                connection.exec_driver_sql(f"PRAGMA user_version={schema.VERSION}")
        with self.read() as connection:
            application = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
            version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        if application != schema.APPLICATION:
            raise SchemaError("store.not_a_store", path=str(self.path))
        if version != schema.VERSION:
            key = "store.older" if version < schema.VERSION else "store.newer"
            values = {"path": str(self.path), "found": version, "needed": schema.VERSION}
            raise SchemaError(key, **values)
        self.use_wal()

    def use_wal(self) -> None:
        """Let writers not wait for readers; a restored copy of a store does not say so itself."""
        with self._writer.connect() as connection:
            raw = connection.connection.dbapi_connection
            raw.execute("PRAGMA journal_mode=WAL")  # type: ignore[union-attr]

    @contextmanager
    def write(self, *areas: str) -> Iterator[sa.Connection]:
        """Run one transaction; others wait for it.

        Parameters
        ----------
        *areas : str
            What is changed; their revisions are counted up in the same transaction.

        Yields
        ------
        Connection
            Committed when the block ends, rolled back when it raises.
        """
        with self._lock, self._writer.begin() as connection:
            yield connection
            for area in areas:
                row = insert(schema.revisions).values(area=area, n=1)
                counted = row.on_conflict_do_update(
                    index_elements=["area"], set_={"n": schema.revisions.c.n + 1}
                )
                connection.execute(counted)

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Read one consistent state of the store.

        Yields
        ------
        Connection
            A connection that cannot write.
        """
        with self._readers.connect() as connection:
            yield connection

    def rows(self, statement: sa.Executable) -> list[sa.RowMapping]:
        """Return the rows of a statement.

        Parameters
        ----------
        statement : Executable
            A select.

        Returns
        -------
        list of RowMapping
            Values by column name.
        """
        with self.read() as connection:
            return list(connection.execute(statement).mappings())

    def revision(self, *areas: str) -> tuple[int, ...]:
        """Return how often areas of the store have changed: a key for whatever is derived.

        Parameters
        ----------
        *areas : str
            ``plans``, ``incidents``, ``layers``, ``patrols`` or ``facts``.

        Returns
        -------
        tuple of int
            One number an area.
        """
        table = schema.revisions
        rows = self.rows(sa.select(table.c.area, table.c.n).where(table.c.area.in_(areas)))
        counts = {row["area"]: row["n"] for row in rows}
        return tuple(counts.get(area, 0) for area in areas)

    def close(self) -> None:
        """Close all connections; more than once does no harm."""
        self._readers.dispose()
        self._writer.dispose()


def _engine(path: str, begin: str, size: int) -> sa.Engine:
    engine = sa.create_engine(
        f"sqlite+pysqlite:///{path}&uri=true",
        poolclass=QueuePool,
        pool_size=size,
        json_serializer=JSON,
        connect_args={"timeout": WAIT_SECONDS, "check_same_thread": False},
    )

    @sa.event.listens_for(engine, "connect")
    def _prepare(raw: Any, _record: Any) -> None:
        raw.isolation_level = None  # the driver's own BEGIN comes too late to be IMMEDIATE
        raw.execute("PRAGMA synchronous=FULL")
        raw.execute("PRAGMA foreign_keys=ON")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def now() -> str:
    """Return the present moment as text.

    Returns
    -------
    str
        ISO 8601 in UTC, to the second.
    """
    return datetime.now(UTC).isoformat(timespec="seconds")


def inserted(result: sa.CursorResult[Any]) -> int:
    """Return the number under which a row was inserted.

    Parameters
    ----------
    result : CursorResult
        What inserting one row answered.

    Returns
    -------
    int
        The integer key of the row.
    """
    key = result.inserted_primary_key
    assert key is not None  # noqa: S101 - every table inserted into has an integer key
    return int(key[0])
