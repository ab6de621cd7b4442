"""Plans, incidents, layers and patrols, kept in one file."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DatabaseError

from gridmap.errors import StoreError
from gridmap.store import schema
from gridmap.store.addresses import Address, Addresses
from gridmap.store.database import WAIT_SECONDS, Database
from gridmap.store.duties import Duties, Duty, DutyTable
from gridmap.store.feeds import Feed, Feeds, Merged
from gridmap.store.files import Files, Original
from gridmap.store.incidents import Incidents
from gridmap.store.layers import Layer, Layers
from gridmap.store.patrols import Patrols, StoredPatrol
from gridmap.store.plans import Plans
from gridmap.store.remembered import Remembered
from gridmap.store.tables import Tables
from gridmap.store.users import User, Users
from gridmap.store.versions import Plan, Version

__all__ = [
    "Address",
    "Database",
    "Duties",
    "Duty",
    "Feed",
    "Layer",
    "Merged",
    "Original",
    "Plan",
    "Store",
    "StoredPatrol",
    "User",
    "Version",
    "open_store",
]

PREFIX = "sqlite:///"


class Store:
    """Everything a city keeps.

    Parameters
    ----------
    database : Database
        The file it is kept in.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.plans = Plans(database)
        self.incidents = Incidents(database)
        self.feeds = Feeds(database)
        self.addresses = Addresses(database)
        self.layers = Layers(database)
        self.duties = DutyTable(database)
        self.patrols = Patrols(database)
        self.users = Users(database)
        self.files = Files(database)
        self.tables = Tables(database)
        self.remembered = Remembered(database)

    @property
    def path(self) -> Path:
        """The file."""
        return self.database.path

    def fact(self, name: str, default: Any = None) -> Any:
        """Return a fact about the city.

        Parameters
        ----------
        name : str
            ``city`` (its name by language), ``zone`` (its time zone)…
        default : Any
            What an unknown fact is.

        Returns
        -------
        Any
            A value JSON knows.
        """
        table = schema.facts
        rows = self.database.rows(sa.select(table.c.value).where(table.c.name == name))
        return rows[0]["value"] if rows else default

    def set_fact(self, name: str, value: Any) -> None:
        """Store a fact about the city.

        Parameters
        ----------
        name : str
            Its name.
        value : Any
            A value JSON knows.
        """
        row = insert(schema.facts).values(name=name, value=value)
        with self.database.write("facts") as connection:
            connection.execute(
                row.on_conflict_do_update(index_elements=["name"], set_={"value": value})
            )

    def faults(self) -> list[str]:
        """Return what SQLite finds wrong with the file.

        Returns
        -------
        list of str
            Empty if the file is sound and every reference leads somewhere.
        """
        try:
            with self.database.read() as connection:
                found = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check")]
                loose = list(connection.exec_driver_sql("PRAGMA foreign_key_check"))
        except DatabaseError as error:
            return [str(error.orig)]
        return [text for text in found if text != "ok"] + [
            f"{row[0]} {row[1]} → {row[2]}" for row in loose
        ]

    def backup(self, target: Path) -> None:
        """Write a copy of the store, whole and consistent, while others go on working.

        Parameters
        ----------
        target : Path
            The file to be written; replaced in one step if it is there.
        """
        part = target.with_name(f".{target.name}.part")
        part.unlink(missing_ok=True)
        source = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)
        copy = sqlite3.connect(part)
        try:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
        finally:
            copy.close()
            source.close()
        with part.open("rb") as handle:
            os.fsync(handle.fileno())
        for end in ("-wal", "-shm"):  # of what stood there before: not to be replayed over it
            target.with_name(target.name + end).unlink(missing_ok=True)
        part.replace(target)

    def restore(self, copy: Path) -> None:
        """Let the store hold what a copy of it holds, in one transaction.

        Parameters
        ----------
        copy : Path
            Made by :meth:`backup`.
        """
        source = sqlite3.connect(f"file:{copy}?mode=ro", uri=True)
        target = sqlite3.connect(self.path, timeout=WAIT_SECONDS)
        try:
            source.backup(target)
        finally:
            target.close()
            source.close()
        self.database.use_wal()

    def close(self) -> None:
        """Close the store; more than once does no harm."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


def open_store(url: str | Path, *, create: bool = True) -> Store:
    """Open a store.

    Parameters
    ----------
    url : str or Path
        ``sqlite:///PATH`` or a path.
    create : bool
        Make the store if it is not there.

    Returns
    -------
    Store
        To be closed by the caller.

    Raises
    ------
    NotFound
        If there is none and none is to be made.
    SchemaError
        If the file is no store, or one of another version.
    StoreError
        If the address is of another kind.
    """
    return Store(Database(store_path(url), create=create))


def store_path(url: str | Path) -> Path:
    """Return the file a store address names.

    Parameters
    ----------
    url : str or Path
        ``sqlite:///PATH`` or a path.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    StoreError
        If the address is of another kind.
    """
    text = str(url)
    if text.startswith(PREFIX):
        return Path(unquote(text.removeprefix(PREFIX)))
    if "://" in text or not text:
        raise StoreError("store.address", url=text)
    return Path(text)
