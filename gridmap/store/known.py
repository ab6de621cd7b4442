"""All incidents in memory, brought up to date by what is new or changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from gridmap.store import schema

if TYPE_CHECKING:
    import pandas as pd

INCIDENTS, CORRECTIONS = schema.incidents, schema.corrections
WORD = pa.dictionary(pa.int32(), pa.string())
MOMENT = pa.timestamp("us", tz="UTC")
FIELDS = {
    "id": pa.int64(),
    "ref": pa.string(),
    "lon": pa.float64(),
    "lat": pa.float64(),
    "moment": MOMENT,
    "day_only": pa.bool_(),
    "category": WORD,
    "kind": WORD,
    "source": WORD,
    "status": WORD,
    "address": pa.string(),
    "due": MOMENT,
    "closed": MOMENT,
    "satisfied": pa.float64(),
    "match": WORD,
    "score": pa.float64(),
    "reason": WORD,
    "version": pa.int64(),
}
"""Columns every question about many incidents needs, and how they are held."""
CHUNK = 50_000
PACKING = pa.ipc.IpcWriteOptions(compression="lz4")


@dataclass(frozen=True)
class Known:
    """All incidents of a store at a moment.

    Parameters
    ----------
    table : Table
        One row an incident, ordered by number.
    last : int
        Number of the last incident.
    corrected : int
        Number of the last correction.
    """

    table: pa.Table
    last: int
    corrected: int

    def frame(self, zone: str) -> pd.DataFrame:
        """Return the incident frame.

        Parameters
        ----------
        zone : str
            The city's time zone.

        Returns
        -------
        DataFrame
            Ordered by number; ``id`` is the number as text.
        """
        table = self.table.set_column(0, "id", pc.cast(self.table["id"], pa.string()))
        frame = table.rename_columns({"moment": "when"}).to_pandas()
        for name in ("when", "due", "closed"):
            frame[name] = frame[name].dt.tz_convert(zone)
        return frame

    def packed(self) -> bytes:
        """Return what :meth:`unpacked` reads.

        Returns
        -------
        bytes
            An Arrow stream.
        """
        about = {"last": str(self.last), "corrected": str(self.corrected)}
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, self.table.schema.with_metadata(about), options=PACKING) as to:
            to.write_table(self.table)
        return sink.getvalue().to_pybytes()

    @classmethod
    def unpacked(cls, content: bytes) -> Known:
        """Read what :meth:`packed` wrote.

        Parameters
        ----------
        content : bytes
            An Arrow stream.

        Returns
        -------
        Known
            As it was.
        """
        table = pa.ipc.open_stream(content).read_all()
        about = table.schema.metadata
        return cls(
            table.replace_schema_metadata(None), int(about[b"last"]), int(about[b"corrected"])
        )


def read_known(connection: sa.Connection, before: Known | None) -> Known:
    """Read all incidents, or what came since.

    Parameters
    ----------
    connection : Connection
        One consistent state of the store.
    before : Known or None
        What was known earlier.

    Returns
    -------
    Known
        All incidents.
    """
    corrected = connection.scalar(sa.select(sa.func.max(CORRECTIONS.c.id))) or 0
    if before is None:
        table = _table(connection, sa.true())
        return Known(table, _last(table, 0), corrected)
    since = CORRECTIONS.c.id > before.corrected
    old = since & (CORRECTIONS.c.incident <= before.last)
    changed = sa.select(CORRECTIONS.c.incident).where(old)
    fresh = (INCIDENTS.c.id > before.last) | INCIDENTS.c.id.in_(changed)
    read = _table(connection, fresh)
    kept = before.table.filter(pc.invert(pc.is_in(before.table["id"], read["id"])))
    table = pa.concat_tables([kept, read]).unify_dictionaries().sort_by("id")
    return Known(table, _last(read, before.last), corrected)


def _last(table: pa.Table, before: int) -> int:
    highest = pc.max(table["id"]).as_py()
    return before if highest is None else max(before, highest)


def _table(connection: sa.Connection, which: sa.ColumnElement[bool]) -> pa.Table:
    columns = [INCIDENTS.c[name] for name in FIELDS]
    query = sa.select(*columns).where(which).order_by(INCIDENTS.c.id)
    found = connection.execution_options(yield_per=CHUNK).execute(query)
    parts = [pa.table([[] for _ in FIELDS], schema=pa.schema(FIELDS.items()))]
    for rows in found.partitions(CHUNK):
        values = zip(*rows, strict=True)
        arrays = [_array(each, kind) for each, kind in zip(values, FIELDS.values(), strict=True)]
        parts.append(pa.table(arrays, names=list(FIELDS)))
    return pa.concat_tables(parts).unify_dictionaries()


def _array(values: tuple[object, ...], kind: pa.DataType) -> pa.Array:
    if kind == WORD:
        return pa.array(values, pa.string()).dictionary_encode()
    return pa.array(values, kind)
