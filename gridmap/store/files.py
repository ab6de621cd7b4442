"""Imported files, kept as they came."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import sqlalchemy as sa

from gridmap.errors import NotFound
from gridmap.store import schema
from gridmap.store.database import Database, inserted, now

FILES = schema.files


@dataclass(frozen=True)
class Original:
    """A file as it came.

    Parameters
    ----------
    name : str
        Its name, without folder.
    content : bytes
        Its bytes.
    notices : tuple of str
        What the import had to say.
    digest : str
        Hash of its bytes where those are not to be kept, as with data of persons; empty means
        that it is made of ``content``.
    """

    name: str
    content: bytes
    notices: tuple[str, ...] = ()
    digest: str = ""

    @property
    def sha256(self) -> str:
        """Hash of the bytes of the file."""
        return self.digest or hashlib.sha256(self.content).hexdigest()


class Files:
    """Imported files in the store.

    Parameters
    ----------
    database : Database
        Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[dict[str, object]]:
        """Return what was imported, without the bytes.

        Returns
        -------
        list of dict
            ``id, kind, name, sha256, at, notices``, in the order of import.
        """
        columns = (column for column in FILES.c if column.name != "content")
        return [dict(row) for row in self._database.rows(sa.select(*columns).order_by(FILES.c.id))]

    def find(self, kind: str, sha256: str) -> int | None:
        """Return the number of the file with these bytes.

        Parameters
        ----------
        kind : str
            What it was imported as.
        sha256 : str
            Hash of its bytes.

        Returns
        -------
        int or None
            None if it was never imported.
        """
        same = (FILES.c.sha256 == sha256) & (FILES.c.kind == kind)
        rows = self._database.rows(sa.select(FILES.c.id).where(same))
        return rows[0]["id"] if rows else None

    def content(self, file: int) -> bytes:
        """Return the bytes of a file.

        Parameters
        ----------
        file : int
            Its number.

        Returns
        -------
        bytes
            As it came.

        Raises
        ------
        NotFound
            If there is none.
        """
        rows = self._database.rows(sa.select(FILES.c.content).where(FILES.c.id == file))
        if not rows:
            raise NotFound("store.no_file", file=file)
        return bytes(rows[0]["content"])


def add_file(connection: sa.Connection, kind: str, original: Original) -> int:
    """Keep a file within the transaction of its import.

    Parameters
    ----------
    connection : Connection
        The transaction.
    kind : str
        ``grid``, ``incidents`` or the kind of a layer.
    original : Original
        The file.

    Returns
    -------
    int
        Its number.
    """
    row = {
        "kind": kind,
        "name": original.name,
        "sha256": original.sha256,
        "content": original.content,
        "at": now(),
        "notices": list(original.notices),
    }
    return inserted(connection.execute(sa.insert(FILES).values(**row)))
