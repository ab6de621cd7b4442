"""The tables of the store.

A plan's versions form a tree. A version holds only what it changed (``changes``), so that saving
an edit costs the same in a village and in a city; undo and redo move ``plans.head``. Geometries
are WKB in longitude and latitude. Layers that are never edited are kept whole, as GeoParquet.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

VERSION = 3
"""Version of the schema; a store of another one is refused."""
APPLICATION = 0x67726D70
"""``application_id`` of our SQLite files: tells a store from any other database."""

metadata = MetaData()


def _key() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _ref(name: str, target: str, *, null: bool = False) -> Column[int]:
    return Column(name, Integer, ForeignKey(target), nullable=null)


facts = Table(
    "facts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", JSON),
)
revisions = Table(
    "revisions",
    metadata,
    Column("area", Text, primary_key=True),
    Column("n", Integer, nullable=False),
)
files = Table(
    "files",
    metadata,
    _key(),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("at", Text, nullable=False),
    Column("notices", JSON, nullable=False),
)
plans = Table(
    "plans",
    metadata,
    _key(),
    Column("name", Text, nullable=False),
    Column("head", Integer, nullable=False),
    Column("levels", JSON, nullable=False),
    Column("weight", Text),
    Column("boundary", LargeBinary),
    Column("created", Text, nullable=False),
    Column("valid_from", Text),
    Column("valid_to", Text),
    Column("published", Text),
    Column("reason", Text, nullable=False),
    Column("rules", JSON, nullable=False),
    Column("withdrawn", Text),
)
versions = Table(
    "versions",
    metadata,
    _key(),
    _ref("plan", "plans.id"),
    _ref("parent", "versions.id", null=True),
    Column("at", Text, nullable=False),
    Column("edit", JSON),
    Column("by", Text, nullable=False),
    Column("boundary", LargeBinary),
    Index("versions_of", "plan"),
    Index("versions_after", "parent"),
)
cells = Table(
    "cells",
    metadata,
    _key(),
    Column("code", Text, nullable=False),
    Column("shape", LargeBinary, nullable=False),
    Column("columns", JSON, nullable=False),
    Index("cells_by_code", "code"),
)
changes = Table(
    "changes",
    metadata,
    Column("version", Integer, ForeignKey("versions.id"), primary_key=True),
    Column("cell", Integer, ForeignKey("cells.id"), primary_key=True),
    Column("added", Boolean, nullable=False),
    Index("changes_of_cell", "cell"),
)
layers = Table(
    "layers",
    metadata,
    _key(),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("file", Integer, ForeignKey("files.id")),
    Column("at", Text, nullable=False),
    Column("frame", LargeBinary, nullable=False),
    Column("about", JSON, nullable=False),
    sqlite_autoincrement=True,  # what is derived from a layer is kept under its number
)
incidents = Table(
    "incidents",
    metadata,
    _key(),
    Column("file", Integer, ForeignKey("files.id")),
    Column("row", Integer),
    Column("ref", Text, nullable=False),
    Column("lon", Float),
    Column("lat", Float),
    Column("moment", BigInteger),
    Column("day_only", Boolean, nullable=False),
    Column("category", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("due", BigInteger),
    Column("closed", BigInteger),
    Column("satisfied", Float),
    Column("match", Text, nullable=False),
    Column("score", Float),
    Column("reason", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("extra", JSON, nullable=False),
    Column("feed", Text, nullable=False, server_default=""),
    Column("key", Text, nullable=False, server_default=""),
    Column("digest", Text, nullable=False, server_default=""),
    Index("incidents_by_moment", "moment"),
    Index("incidents_of_feed", "feed", "key"),
)
duties = Table(
    "duties",
    metadata,
    Column("level", Text, primary_key=True),
    Column("unit", Text, primary_key=True),
    Column("roles", JSON, nullable=False),
    Column("version", Integer, nullable=False),
)
feeds = Table(
    "feeds",
    metadata,
    Column("name", Text, primary_key=True),
    Column("mapping", JSON, nullable=False),
    Column("columns", JSON, nullable=False),
    Column("at", Text, nullable=False),
)
corrections = Table(
    "corrections",
    metadata,
    _key(),
    Column("incident", Integer, ForeignKey("incidents.id"), nullable=False, index=True),
    Column("at", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("before", JSON, nullable=False),
    Column("after", JSON, nullable=False),
)
addresses = Table(
    "addresses",
    metadata,
    _key(),
    Column("key", Text, nullable=False, unique=True),
    Column("address", Text, nullable=False),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("at", Text, nullable=False),
    Column("by", Text, nullable=False),
)
patrols = Table(
    "patrols",
    metadata,
    _key(),
    Column("name", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("document", JSON, nullable=False),
)
users = Table(
    "users",
    metadata,
    Column("name", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("secret", Text, nullable=False),
)
sessions = Table(
    "sessions",
    metadata,
    Column("token", Text, primary_key=True),
    Column("user", Text, ForeignKey("users.name", ondelete="CASCADE"), nullable=False),
    Column("until", Text, nullable=False),
)
views = Table(
    "views",
    metadata,
    _key(),
    Column("at", Text, nullable=False),
    Column("user", Text, nullable=False),
    Column("what", Text, nullable=False),
)
tables = Table(
    "tables",
    metadata,
    Column("level", Text, primary_key=True),
    Column("at", Text, nullable=False),
    Column("made_of", JSON, nullable=False),
    Column("rows", JSON, nullable=False),
)
remembered = Table(
    "remembered",
    metadata,
    Column("name", Text, primary_key=True),
    Column("at", Text, nullable=False),
    Column("made_of", JSON, nullable=False),
    Column("content", LargeBinary, nullable=False),
)
