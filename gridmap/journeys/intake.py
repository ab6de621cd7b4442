"""A file of incidents on its way into the store: looked at, corrected, brought in."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import numpy as np

from gridmap.errors import InputError, NotFound, ValueRefused
from gridmap.files.incidents import read_table
from gridmap.incidents.doubts import doubts
from gridmap.incidents.interpret import interpret
from gridmap.incidents.locate import place
from gridmap.incidents.mapping import Mapping
from gridmap.incidents.measure import totals
from gridmap.incidents.persons import personal_columns
from gridmap.journeys.addresses import find_by_address
from gridmap.journeys.held_back import ROW, WHY
from gridmap.journeys.imports import STEPS
from gridmap.store import Feed, Merged, Original

if TYPE_CHECKING:
    from gridmap.incidents.doubts import Notice
    from gridmap.incidents.table import Incoming, Table
    from gridmap.journeys.city import City
    from gridmap.journeys.imports import Source

FIRST_ROWS = 20
PLACE_COLUMNS = frozenset({"lon", "lat", "when", "match", "score", "reason", "error_m"})
LIKE = 0.8
"""Share of columns in common by which a file is taken to be of a feed."""


@dataclass(frozen=True)
class Look:
    """What is to be seen of a file before it is brought in.

    Parameters
    ----------
    table : Table
        The file, without the columns that look person-level.
    feed : str
        The feed it is taken to be of, or a name for a new one.
    known : bool
        The feed is known, and so is the mapping.
    mapping : Mapping
        What the columns mean: as asked, as known of the feed, or guessed.
    personal : dict of str to str
        Columns that look person-level, and what gave them away; they are never kept.
    incoming : Incoming
        The incidents as they would be.
    totals : dict or None
        How many would be placed, by reason; None without a plan.
    notices : tuple of (str, dict)
        What the user should know.
    """

    table: Table
    feed: str
    known: bool
    mapping: Mapping
    personal: dict[str, str]
    incoming: Incoming
    totals: dict[str, Any] | None
    notices: tuple[Notice, ...]

    @property
    def held_back(self) -> set[int]:
        """Numbers of the rows with faults: they stay out until they are sent again."""
        return {fault.row for fault in self.incoming.faults}


@dataclass(frozen=True)
class Taken:
    """What an import of incidents did.

    Parameters
    ----------
    look : Look
        What was seen of the file.
    merged : Merged
        How many rows were new, changed and known.
    """

    look: Look
    merged: Merged


def look(
    city: City,
    source: Source,
    mapping: Mapping | None = None,
    crs: str | None = None,
    feed: str = "",
    *,
    by_address: bool = False,
) -> Look:
    """Read a file and tell what would come of it; nothing is written.

    Parameters
    ----------
    city : City
        The city.
    source : Source
        The file.
    mapping : Mapping, optional
        What the columns mean; absent means as known of the feed, else guessed.
    crs : str, optional
        ``EPSG:n``, ``gcj02`` or ``bd09``, whatever the file or the mapping says.
    feed : str
        The feed it is of; empty means the known one whose files have the same columns.
    by_address : bool
        Find incidents without coordinates by their address, see :mod:`gridmap.journeys.addresses`.
        A file without any columns of coordinates is always treated so.

    Returns
    -------
    Look
        What is to be seen.

    Raises
    ------
    InputError
        If the file cannot be read or a column is not there.
    """
    table = read_table(source.path, source.tick, source.called)
    table = replace(table, frame=table.frame.drop(columns=[ROW, WHY], errors="ignore"))
    known = _feed(city, table, feed)
    meant = mapping or (Mapping.from_dict(known.mapping) if known else table.guess())
    meant = replace(meant, crs=crs) if crs else meant
    personal = {
        name: told
        for name, told in personal_columns(table.frame, meant.id).items()
        if name not in meant.columns
    }
    table = replace(table, frame=table.frame.drop(columns=list(personal)))
    incoming = interpret(table, meant, str(city.zone))
    source.progress(1, STEPS)
    if meant.address and (by_address or not meant.x):
        incoming = replace(incoming, frame=find_by_address(city, incoming.frame))
    notices = [*incoming.notices]
    if personal:
        notices.append(("import.personal", {"columns": ", ".join(personal)}))
    count, more = _in_cells(city, incoming)
    source.progress(STEPS - 1, STEPS)
    title = feed or (known.name if known else PurePath(source.called).name.partition(".")[0])
    return Look(
        table, title, known is not None, meant, personal, incoming, count, (*notices, *more)
    )


def _feed(city: City, table: Table, name: str) -> Feed | None:
    """Return the feed asked for if it is known, else the one whose files have these columns."""
    columns = {str(column) for column in table.frame.columns}
    for feed in city.store.feeds.all():
        mapped = set(Mapping.from_dict(feed.mapping).columns)
        if name:
            if feed.name == name and mapped <= columns:
                return feed
            continue
        common, whole = columns & set(feed.columns), columns | set(feed.columns)
        if mapped <= columns and len(common) >= LIKE * len(whole):
            return feed
    return None


def _in_cells(city: City, incoming: Incoming) -> tuple[dict[str, Any] | None, list[Notice]]:
    frame = incoming.frame
    lon, lat = frame["lon"].to_numpy(), frame["lat"].to_numpy()
    now = datetime.now(UTC)
    try:
        version = city.plan().head
    except NotFound:
        return None, doubts(lon, lat, frame["when"], now)
    grid, locator = city.grid(version), city.locator(version)
    about = [name for name in frame if name in PLACE_COLUMNS]
    placed = place(frame[about], grid, locator)
    return totals(placed), doubts(lon, lat, frame["when"], now, locator, grid.crs)


def bring_in(city: City, seen: Look, source: Source) -> Taken:
    """Bring in what was looked at: good rows are stored, rows with faults held back.

    Parameters
    ----------
    city : City
        The city.
    seen : Look
        From :func:`look`.
    source : Source
        The file.

    Returns
    -------
    Taken
        What was done. The same file again adds nothing, a changed row is updated.

    Raises
    ------
    ValueRefused
        If no column says where or when the incidents happened.
    Cancelled
        If the user stopped; nothing was written.
    """
    mapping = seen.mapping
    if not (mapping.x or mapping.address) and not mapping.when:
        columns = ", ".join(map(str, seen.table.frame.columns))
        raise ValueRefused("import.nothing_mapped", path=source.called, columns=columns)
    good = ~np.isin(seen.incoming.rows, list(seen.held_back))
    original = source.original([str(InputError(key, **values)) for key, values in seen.notices])
    if seen.personal:
        # What is dropped from the rows must not live on in the file.
        digest = hashlib.sha256(original.content).hexdigest()
        original = Original(original.name, b"", original.notices, digest)
    names = tuple(str(name) for name in seen.table.frame.columns)
    feed = Feed(seen.feed, mapping.to_dict(), names)
    rows = seen.incoming.rows[good].tolist()

    def stored(done: float, total: float) -> None:
        source.progress(STEPS - 1 + done / max(total, 1), STEPS)

    merged = city.store.feeds.merge(feed, seen.incoming.frame[good], rows, original, stored)
    return Taken(seen, merged)


def import_incidents(
    city: City,
    source: Source,
    mapping: Mapping | None = None,
    crs: str | None = None,
    feed: str = "",
    *,
    by_address: bool = False,
) -> Taken:
    """Look at a file and bring it in.

    Parameters
    ----------
    city : City
        The city.
    source : Source
        The file.
    mapping : Mapping, optional
        As in :func:`look`.
    crs : str, optional
        As in :func:`look`.
    feed : str
        As in :func:`look`.
    by_address : bool
        As in :func:`look`.

    Returns
    -------
    Taken
        What was done.

    Raises
    ------
    InputError
        If the file cannot be read or a column is not there; nothing was written.
    """
    seen = look(city, source, mapping, crs, feed, by_address=by_address)
    return bring_in(city, seen, source)


def counts(seen: Look, taken: Taken | None) -> dict[str, int]:
    """Return the figures of an import.

    Parameters
    ----------
    seen : Look
        What was seen of the file.
    taken : Taken or None
        What was done; None before it is done.

    Returns
    -------
    dict
        ``rows`` in the file and how many are ``rejected``; once it is done the others are
        ``added``, ``updated`` and ``unchanged``.
    """
    held = len(seen.held_back)
    lost = len({fault.row for fault in seen.table.faults})
    figures = {"rows": len(seen.table.rows) + lost, "rejected": held}
    if taken is None:
        return figures
    merged = taken.merged
    done = {"added": merged.added, "updated": merged.updated, "unchanged": merged.unchanged}
    return figures | done


def notices(seen: Look) -> list[Notice]:
    """Return everything the user should know of a file.

    Parameters
    ----------
    seen : Look
        From :func:`look`.

    Returns
    -------
    list of (str, dict)
        Message keys with values; each kind of fault is one of them.
    """
    kinds = Counter((fault.key, fault.column) for fault in seen.incoming.faults)
    faults = [
        ("import.fault_count", {"count": n, "column": column, "why": InputError(key, value="")})
        for (key, column), n in kinds.most_common()
    ]
    return [*seen.notices, *faults]
