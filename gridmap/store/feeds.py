"""Feeds: where incidents come from again and again.

A feed remembers what the columns of its files mean, and by which key each of its rows is known:
the same file again adds nothing, a row that was corrected at its source is updated here.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from gridmap.store import schema
from gridmap.store.database import Database, now
from gridmap.store.files import Original, add_file
from gridmap.store.incidents import BOOKKEEPING, noted
from gridmap.store.rows import stored_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

FEEDS, INCIDENTS, CORRECTIONS = schema.feeds, schema.incidents, schema.corrections
KIND = "incidents"
"""Kind under which the files of feeds are kept."""
CHUNK = 5_000
"""Rows written between two reports of progress."""


@dataclass(frozen=True)
class Feed:
    """A feed.

    Parameters
    ----------
    name : str
        What staff call it.
    mapping : dict
        What the columns mean, as :meth:`gridmap.incidents.mapping.Mapping.to_dict`.
    columns : tuple of str
        Columns its last file had.
    """

    name: str
    mapping: dict[str, Any]
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Merged:
    """What bringing in the rows of a feed did.

    Parameters
    ----------
    added, updated, unchanged : int
        Rows that were new, that had changed, and that were known as they are.
    """

    added: int
    updated: int
    unchanged: int


class Feeds:
    """Feeds in the store.

    Parameters
    ----------
    database : Database
        Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Feed]:
        """Return all feeds.

        Returns
        -------
        list of Feed
            The one used last first.
        """
        rows = self._database.rows(sa.select(FEEDS).order_by(FEEDS.c.at.desc(), FEEDS.c.name))
        return [Feed(row["name"], row["mapping"], tuple(row["columns"])) for row in rows]

    def of_file(self, digest: str) -> set[str]:
        """Return the feeds that hold incidents of a file.

        Parameters
        ----------
        digest : str
            Hash of the bytes of the file.

        Returns
        -------
        set of str
            Their names.
        """
        files = schema.files
        same = sa.select(files.c.id).where((files.c.sha256 == digest) & (files.c.kind == KIND))
        found = sa.select(INCIDENTS.c.feed).where(INCIDENTS.c.file.in_(same)).distinct()
        return {row["feed"] for row in self._database.rows(found)}

    def merge(
        self,
        feed: Feed,
        frame: pd.DataFrame,
        numbers: Sequence[int],
        original: Original,
        progress: Callable[[float, float], None],
    ) -> Merged:
        """Bring in rows, in one transaction.

        Parameters
        ----------
        feed : Feed
            Where they come from; kept as it is given.
        frame : DataFrame
            An incident frame. Rows are known by their ``id``, those without by all their values.
        numbers : sequence of int
            Number of each row in the file.
        original : Original
            The file.
        progress : callable
            Is told rows done and their total; may raise, and then nothing was written.

        Returns
        -------
        Merged
            How many rows were new, changed and known.
        """
        with self._database.write("incidents") as connection:
            known = _known(connection, feed.name)
            done = _Merge(connection, feed, original, known, {})
            for start in range(0, len(frame), CHUNK):
                progress(start, len(frame))
                end = start + CHUNK
                done.take(frame.iloc[start:end], numbers[start:end])
            progress(len(frame), len(frame))
            _keep(connection, feed)
        return Merged(done.added, done.updated, len(frame) - done.added - done.updated)


@dataclass
class _Merge:
    """A merge on its way, chunk by chunk."""

    connection: sa.Connection
    feed: Feed
    original: Original
    known: dict[str, tuple[int, str]]
    seen: dict[str, int]
    file: int | None = None
    added: int = 0
    updated: int = 0

    def take(self, frame: pd.DataFrame, numbers: Sequence[int]) -> None:
        """Bring in some rows."""
        fresh: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        for row, number in zip(stored_rows(frame, 1, None, None), numbers, strict=True):
            digest = _digest(row)
            key = self._key(row["ref"] or digest)
            row.update(feed=self.feed.name, row=int(number), key=key, digest=digest)
            if key not in self.known:
                fresh.append(row)
            elif self.known[key][1] != digest:
                changed.append(row)
        if not fresh and not changed:
            return
        if self.file is None:
            self.file = add_file(self.connection, KIND, self.original)
        for row in (*fresh, *changed):
            row["file"] = self.file
        _insert(self.connection, fresh)
        by = f"{self.feed.name}: {self.original.name}"
        for row in changed:
            _update(self.connection, self.known[row["key"]][0], row, by)
        self.added += len(fresh)
        self.updated += len(changed)

    def _key(self, name: str) -> str:
        """Tell rows of the same name apart by their order in the file."""
        self.seen[name] = self.seen.get(name, 0) + 1
        return name if self.seen[name] == 1 else f"{name}#{self.seen[name]}"


def _digest(row: Mapping[str, Any]) -> str:
    own = {
        name: value for name, value in row.items() if name not in {"id", "version", "row", "file"}
    }
    text = json.dumps(own, sort_keys=True, ensure_ascii=False)
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def _known(connection: sa.Connection, feed: str) -> dict[str, tuple[int, str]]:
    columns = INCIDENTS.c.key, INCIDENTS.c.id, INCIDENTS.c.digest
    found = connection.execute(sa.select(*columns).where(INCIDENTS.c.feed == feed))
    return {key: (number, digest) for key, number, digest in found}


def _insert(connection: sa.Connection, rows: list[dict[str, Any]]) -> None:
    last = connection.scalar(sa.select(sa.func.coalesce(sa.func.max(INCIDENTS.c.id), 0))) or 0
    for number, row in enumerate(rows, start=last + 1):
        row["id"] = number
    if rows:
        connection.execute(sa.insert(INCIDENTS), rows)


def _update(connection: sa.Connection, incident: int, row: dict[str, Any], by: str) -> None:
    """Take over what changed at the source, but for what somebody corrected here."""
    mine = INCIDENTS.c.id == incident
    before = dict(connection.execute(sa.select(INCIDENTS).where(mine)).mappings().one())
    corrections = connection.execute(
        sa.select(CORRECTIONS.c.after).where(CORRECTIONS.c.incident == incident)
    )
    by_hand = {name for (after,) in corrections if not after.get("feed") for name in after}
    values = {
        name: value
        for name, value in row.items()
        if name not in by_hand | {"id", "version"} and before[name] != value
    }
    told = {name: value for name, value in values.items() if name not in BOOKKEEPING - {"extra"}}
    change = sa.update(INCIDENTS).where(mine).values(**values, version=before["version"] + 1)
    connection.execute(change)
    if told:
        was = {name: noted(before[name]) for name in told}
        note = {"incident": incident, "at": now(), "by": by, "before": was}
        after = {**{name: noted(value) for name, value in told.items()}, "feed": row["feed"]}
        connection.execute(sa.insert(CORRECTIONS).values(**note, after=after))


def _keep(connection: sa.Connection, feed: Feed) -> None:
    values = {"mapping": feed.mapping, "columns": list(feed.columns), "at": now()}
    row = insert(FEEDS).values(name=feed.name, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["name"], set_=values))
