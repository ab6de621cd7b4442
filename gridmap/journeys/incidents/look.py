"""What is to be seen of a file of incidents before it is brought in."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from gridmap.errors import InputError, NotFound
from gridmap.files.incidents import read_table
from gridmap.incidents.doubts import doubts, untimely
from gridmap.incidents.interpret import interpret
from gridmap.incidents.locate import place
from gridmap.incidents.mapping import Mapping
from gridmap.incidents.measure import totals
from gridmap.incidents.persons import personal_columns
from gridmap.journeys.incidents.addresses import can_find, find_by_address, finder, matches, moved
from gridmap.journeys.incidents.held_back import ROW, WHY
from gridmap.journeys.incidents.locate import near_border

if TYPE_CHECKING:
    import pandas as pd

    from gridmap.incidents.doubts import Notice
    from gridmap.incidents.table import Incoming, Table
    from gridmap.journeys.city import City
    from gridmap.journeys.source import Source
    from gridmap.store import Feed

FIRST_ROWS = 20
LIKE = 0.8
"""Share of columns in common by which a file is taken to be of a feed."""
PLACE_COLUMNS = frozenset({"lon", "lat", "when", "match", "score", "reason", "error_m"})


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
    def found(self) -> dict[str, int]:
        """Incidents found by address: level of the match to their count."""
        return matches(self.incoming.frame)

    @property
    def held_back(self) -> set[int]:
        """Numbers of the rows with faults: they stay out until they are sent again."""
        return {fault.row for fault in self.incoming.faults}


def look(
    city: City,
    source: Source,
    mapping: Mapping | None = None,
    crs: str | None = None,
    feed: str = "",
    *,
    by_address: bool | None = None,
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
    by_address : bool, optional
        Find incidents without coordinates by their address, whatever the mapping says; a guessed
        mapping says so if the city has anything to find addresses in. A file without any columns
        of coordinates is always treated so.

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
    known, others = _feed(city, table, source, feed)
    meant = _meant(city, table, mapping, known)
    meant = replace(meant, crs=crs or meant.crs)
    if by_address is not None:
        meant = replace(meant, by_address=by_address)
    personal = {
        name: told
        for name, told in personal_columns(table.frame, meant.id).items()
        if name not in meant.columns
    }
    table = replace(table, frame=table.frame.drop(columns=list(personal)))
    incoming = interpret(table, meant, str(city.zone))
    given, notices = incoming.frame, [*incoming.notices]
    if meant.address and (meant.by_address or not meant.x):
        found = find_by_address(given, finder(city), source.progress)
        incoming = replace(incoming, frame=found)
        notices += moved(given, found)
    if others:
        values = {"feed": known.name if known else "", "others": ", ".join(others)}
        notices.append(("import.feed_of_many", values))
    if personal:
        notices.append(("import.personal", {"columns": ", ".join(personal)}))
    count, more = _in_cells(city, incoming.frame, given)
    title = feed or (known.name if known else _title(source))
    return Look(
        table, title, known is not None, meant, personal, incoming, count, (*notices, *more)
    )


def _meant(city: City, table: Table, mapping: Mapping | None, known: Feed | None) -> Mapping:
    """Return what the columns mean: as asked, as known of the feed, or guessed."""
    if mapping is not None:
        return mapping
    if known is not None:
        return Mapping.from_dict(known.mapping)
    return replace(table.guess(), by_address=can_find(city))


def _feed(city: City, table: Table, source: Source, name: str) -> tuple[Feed | None, list[str]]:
    """Return the feed asked for if it is known, else the one whose files have these columns.

    Of several it is the one this very file came from before, else the one called like the file,
    else the one used last; the names of the others are returned, too.
    """
    columns = {str(column) for column in table.frame.columns}

    @cache
    def kept(number: str) -> set[str]:
        """Columns a feed would remember: without the person-level ones."""
        return columns - set(personal_columns(table.frame, number))

    fitting: list[Feed] = []
    for feed in city.store.feeds.all():
        mapping = Mapping.from_dict(feed.mapping)
        mapped = set(mapping.columns)
        if name:
            if feed.name == name and mapped <= columns:
                return feed, []
            continue
        if not mapped <= columns:
            continue
        mine, its = kept(mapping.id) | mapped, set(feed.columns)
        if len(mine & its) >= LIKE * len(mine | its):
            fitting.append(feed)
    if not fitting:
        return None, []
    came = city.store.feeds.of_file(source.digest) if len(fitting) > 1 else set()
    title = _title(source)
    best = max(fitting, key=lambda feed: (feed.name in came, feed.name == title))
    sure = best.name in came or best.name == title
    return best, [] if sure else [feed.name for feed in fitting if feed != best]


def _title(source: Source) -> str:
    return PurePath(source.called).name.partition(".")[0]


def _in_cells(
    city: City, incidents: pd.DataFrame, given: pd.DataFrame
) -> tuple[dict[str, Any] | None, list[Notice]]:
    """Place the incidents, and doubt the coordinates the file gives."""
    lon, lat = given["lon"].to_numpy(), given["lat"].to_numpy()
    late = untimely(incidents["when"], datetime.now(UTC))
    try:
        version = city.plan().head
    except NotFound:
        return None, [*doubts(lon, lat), *late]
    grid, locator = city.grid(version), city.locator(version)
    about = [name for name in incidents if name in PLACE_COLUMNS]
    placed = place(incidents[about], grid, locator)
    told = doubts(lon, lat, locator, grid.crs)
    return totals(placed), [*told, *late, *near_border(placed)]


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
