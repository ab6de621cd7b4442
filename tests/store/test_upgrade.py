"""A store written by version 0.1's first schema becomes one of today; the old one is kept.

``version_1.sql`` is the dump of a store that program made from three cells, three incidents, a
reference and a layer of places with a telephone column.
"""

from __future__ import annotations

import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from sqlalchemy import select
from typer.testing import CliRunner

from gridmap.cli import app
from gridmap.errors import NotFound, SchemaError
from gridmap.incidents.measure import Filter
from gridmap.journeys.cells.sound import faults
from gridmap.journeys.city import City
from gridmap.journeys.incidents.figures import listed
from gridmap.journeys.upgrade import upgrade
from gridmap.store import open_store, schema

DUMP = Path(__file__).parent / "version_1.sql"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "city.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(DUMP.read_text("utf-8"))
        connection.execute(f"PRAGMA application_id={schema.APPLICATION}")
        connection.execute("PRAGMA user_version=1")
        connection.execute("PRAGMA journal_mode=WAL")
    return path


def test_an_old_store_says_what_to_do(old: Path) -> None:
    with pytest.raises(SchemaError) as caught:
        open_store(old)
    assert caught.value.key == "store.older"


def test_everything_is_still_there(old: Path) -> None:
    before = old.read_bytes()
    kept = upgrade(old).kept
    assert kept.name == "city.db.version-1"
    assert len(kept.read_bytes()) == len(before)
    with open_store(old) as store:
        assert faults(store) == []
        city = City(store)
        assert str(city.zone) == "Europe/Zurich"
        plan = city.plan()
        assert (plan.name, str(plan.valid_from), plan.levels) == ("cells", "2024-01-01", ("town",))
        assert city.grid(plan.head).cells["people"].tolist() == [120, 80, 200]
        assert listed(city, Filter())["cell"].tolist() == ["", "B", "A"]
        assert [layer.kind for layer in store.layers.all()] == ["reference", "place"]
        store.plans.draft("next", plan.id, "planner")


def put_layer(old: Path, kind: str, frame: pd.DataFrame, about: dict[str, object]) -> None:
    """Put a layer into an old store as its program kept it: with the file, all columns there."""
    content = io.BytesIO()
    frame.to_parquet(content)
    with closing(sqlite3.connect(old)) as connection, connection:
        file = connection.execute(
            "INSERT INTO files (kind, name, at, sha256, content, notices)"
            " VALUES (?, 'a.csv', '', ?, X'00', '[]')",
            (kind, kind),
        ).lastrowid
        connection.execute(
            "INSERT INTO layers (kind, name, file, at, frame, about) VALUES (?, ?, ?, '', ?, ?)",
            (kind, f"old {kind}", file, content.getvalue(), json.dumps(about)),
        )


def test_layers_lose_the_columns_about_people(old: Path) -> None:
    named = {"户主姓名": ["张三"], "people": [3]}
    put_layer(old, "gazetteer", pd.DataFrame({"name": ["长安路12号"], **named}), {"rows": 1})
    blocks = gpd.GeoDataFrame(named, geometry=[shapely.box(8, 47, 8.1, 47.1)], crs=4326)
    put_layer(old, "blocks", blocks, {"rows": 1, "weight": "people"})
    bare = pd.DataFrame({"name": ["建设路"]})
    put_layer(old, "gazetteer", bare, {"rows": 1})
    done = upgrade(old)
    assert done.dropped["old gazetteer"] == done.dropped["old blocks"] == ("户主姓名",)
    with open_store(old) as store:
        first, second = store.layers.all("gazetteer")
        (counted,) = store.layers.all("blocks")
        assert list(store.layers.frame(first.id)) == ["name", "people"]
        assert store.layers.frame(second.id).equals(bare)
        assert store.layers.frame(counted.id)["people"].tolist() == [3]
        assert (counted.about["weight"], first.file, counted.file) == ("people", None, None)
        with store.database.read() as connection:
            kinds = list(connection.scalars(select(schema.files.c.kind)))
        assert (kinds.count("gazetteer"), kinds.count("blocks"), second.file is None) == (
            1,
            0,
            False,
        )


def test_places_lose_the_columns_about_people(old: Path) -> None:
    upgrade(old)
    with open_store(old) as store:
        layer = store.layers.latest("place")
        assert layer is not None
        assert list(layer.about["dropped"]) == ["phone"]
        assert "phone" not in store.layers.frame(layer.id)
        with store.database.read() as connection:
            kinds = connection.scalars(select(schema.files.c.kind)).all()
        assert "place" not in kinds


def test_only_an_older_store_is_upgraded(old: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        upgrade(tmp_path / "none.db")
    upgrade(old)
    before = old.read_bytes()
    with pytest.raises(SchemaError) as caught:
        upgrade(old)
    assert caught.value.key == "store.not_older"
    assert old.read_bytes() == before
    text = tmp_path / "text.db"
    text.write_text("no store" * 1000)
    with pytest.raises(SchemaError) as caught:
        upgrade(text)
    assert caught.value.key == "store.not_a_store"


def test_a_store_in_use_is_left_alone(old: Path) -> None:
    with closing(sqlite3.connect(old)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM plans").fetchone()
        with pytest.raises(SchemaError) as caught:
            upgrade(old)
    assert caught.value.key == "store.in_use"
    assert [path.name for path in old.parent.glob("city.db.version*")] == []


def test_by_command(old: Path) -> None:
    done = CliRunner().invoke(app, ["store", "upgrade", "--store", f"sqlite:///{old}"])
    assert done.exit_code == 0, done.output
    assert "city.db.version-1" in done.output
    assert "phone" in done.output
    done = CliRunner().invoke(app, ["store", "check", "--store", f"sqlite:///{old}"])
    assert done.exit_code == 0, done.output
