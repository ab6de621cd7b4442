"""Feeds: where incidents come from again and again.

A feed remembers what the columns of its files mean, and by which key each of its rows is known:
the same file again adds nothing, a row that was corrected at its source is updated here.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from gridmap.errors import NotFound
from gridmap.store import schema
from gridmap.store.database import Database, now
from gridmap.store.files import Original, add_file
from gridmap.store.incidents import BOOKKEEPING, stored_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

FEEDS, INCIDENTS, CORRECTIONS = schema.feeds, schema.incidents, schema.corrections
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

    def get(self, name: str) -> Feed:
        """Return a feed.

        Parameters
        ----------
        name : str
            Its name.

        Returns
        -------
        Feed
            The feed.

        Raises
        ------
        NotFound
            If there is none of that name.
        """
        for feed in self.all():
            if feed.name == name:
                return feed
        raise NotFound("import.no_feed", feed=name)

    def forget(self, name: str) -> None:
        """Forget what the columns of a feed mean; its incidents stay.

        Parameters
        ----------
        name : str
            Its name.
        """
        with self._database.write("incidents") as connection:
            connection.execute(sa.delete(FEEDS).where(FEEDS.c.name == name))

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
        rows = stored_rows(frame, 1, None, None)
        digests = [_digest(row) for row in rows]
        keys = _keys(row["ref"] or digest for row, digest in zip(rows, digests, strict=True))
        with self._database.write("incidents") as connection:
            known = _known(connection, feed.name)
            fresh = [at for at, key in enumerate(keys) if key not in known]
            changed = [
                at for at, key in enumerate(keys) if key in known and known[key][1] != digests[at]
            ]
            file = add_file(connection, "incidents", original) if fresh or changed else None
            book = {"file": file, "feed": feed.name}
            for at, row in enumerate(rows):
                own = {"row": int(numbers[at]), "key": keys[at], "digest": digests[at]}
                row.update(book | own)
            _insert(connection, [rows[at] for at in fresh], len(rows), progress)
            for at in changed:
                _update(connection, known[keys[at]][0], rows[at], f"{feed.name}: {original.name}")
            progress(len(rows), len(rows))
            _keep(connection, feed)
        return Merged(len(fresh), len(changed), len(rows) - len(fresh) - len(changed))


def _digest(row: Mapping[str, Any]) -> str:
    own = {
        name: value for name, value in row.items() if name not in {"id", "version", "row", "file"}
    }
    text = json.dumps(own, sort_keys=True, ensure_ascii=False)
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def _keys(names: Any) -> list[str]:
    """Tell rows of the same name apart by their order."""
    seen: Counter[str] = Counter()
    keys = []
    for name in names:
        seen[name] += 1
        keys.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return keys


def _known(connection: sa.Connection, feed: str) -> dict[str, tuple[int, str]]:
    columns = INCIDENTS.c.key, INCIDENTS.c.id, INCIDENTS.c.digest
    found = connection.execute(sa.select(*columns).where(INCIDENTS.c.feed == feed))
    return {key: (number, digest) for key, number, digest in found}


def _insert(
    connection: sa.Connection,
    rows: list[dict[str, Any]],
    total: int,
    progress: Callable[[float, float], None],
) -> None:
    last = connection.scalar(sa.select(sa.func.coalesce(sa.func.max(INCIDENTS.c.id), 0))) or 0
    for number, row in enumerate(rows, start=last + 1):
        row["id"] = number
    for start in range(0, len(rows), CHUNK):
        progress(start, total)
        connection.execute(sa.insert(INCIDENTS), rows[start : start + CHUNK])


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
        was = {name: before[name] for name in told}
        note = {"incident": incident, "at": now(), "by": by, "before": was}
        after = {**told, "feed": row["feed"]}
        connection.execute(sa.insert(CORRECTIONS).values(**note, after=after))


def _keep(connection: sa.Connection, feed: Feed) -> None:
    values = {"mapping": feed.mapping, "columns": list(feed.columns), "at": now()}
    row = insert(FEEDS).values(name=feed.name, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["name"], set_=values))
