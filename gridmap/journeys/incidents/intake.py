"""A file of incidents on its way into the store: looked at, corrected, brought in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gridmap.errors import InputError, ValueRefused
from gridmap.journeys.incidents.look import look
from gridmap.store import Feed, Merged, Original

if TYPE_CHECKING:
    from gridmap.incidents.mapping import Mapping
    from gridmap.journeys.city import City
    from gridmap.journeys.incidents.look import Look
    from gridmap.journeys.source import Source


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


def bring_in(city: City, seen: Look, source: Source) -> Taken:
    """Bring in what was looked at: good rows are stored, rows with faults held back.

    Parameters
    ----------
    city : City
        The city.
    seen : Look
        From :func:`gridmap.journeys.incidents.look.look`.
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
        source.progress(done, total, "rows")

    merged = city.store.feeds.merge(feed, seen.incoming.frame[good], rows, original, stored)
    return Taken(seen, merged)


def import_incidents(
    city: City,
    source: Source,
    mapping: Mapping | None = None,
    crs: str | None = None,
    feed: str = "",
    *,
    by_address: bool | None = None,
) -> Taken:
    """Look at a file and bring it in.

    Parameters
    ----------
    city : City
        The city.
    source : Source
        The file.
    mapping : Mapping, optional
        As in :func:`gridmap.journeys.incidents.look.look`.
    crs : str, optional
        As in :func:`gridmap.journeys.incidents.look.look`.
    feed : str
        As in :func:`gridmap.journeys.incidents.look.look`.
    by_address : bool
        As in :func:`gridmap.journeys.incidents.look.look`.

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
