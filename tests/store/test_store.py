"""The file itself: kinds of address, schema, readers, backup; layers, incidents, users."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa
from shapely.geometry import Polygon

from gridmap import open_store
from gridmap.errors import Conflict, NotAllowed, NotFound, SchemaError, Stale, StoreError
from gridmap.incidents.model import conform
from gridmap.store import Original, schema
from tests.store.towns import as_bytes, town

if TYPE_CHECKING:
    from pathlib import Path

    from gridmap.store import Store

ZONE = "Asia/Shanghai"


def incidents() -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "id": ["a", "b", "c"],
            "lon": [100.005, np.nan, np.inf],
            "lat": [30.005, np.nan, 1.0],
            "when": ["2020-01-01T00:00:00.123456Z", None, "1969-12-31T23:59:59Z"],
            "day_only": [False, False, True],
            "category": ["=1+1", "", "垃圾"],
            "note": ["x", None, 3],
        }
    )
    frame["when"] = pd.to_datetime(frame["when"], utc=True, format="ISO8601").dt.tz_convert(ZONE)
    return conform(frame, ZONE)


def test_address(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/a b.db") as store:
        assert store.path.name == "a b.db"
    with pytest.raises(StoreError, match="sqlite:///PATH"):
        open_store("postgresql://localhost/x")
    with pytest.raises(NotFound, match="gridmap import grid"):
        open_store(tmp_path / "none.db", create=False)
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 100])
def test_a_file_that_is_no_store_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.db"
    path.write_bytes(content)
    with pytest.raises(SchemaError, match="not a gridmap store"):
        open_store(path)
    assert path.read_bytes() == content


def test_another_schema_version_is_refused(store: Store) -> None:
    store.close()
    raw = sqlite3.connect(store.path)
    raw.execute(f"PRAGMA user_version={schema.VERSION + 1}")
    raw.close()
    with pytest.raises(SchemaError, match=f"schema version {schema.VERSION + 1}"):
        open_store(store.path)


def test_every_answer_is_on_disk_and_readers_cannot_write(store: Store) -> None:
    with store.database.write() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
    with (
        store.database.read() as connection,
        pytest.raises(sa.exc.OperationalError, match="readonly"),
    ):
        connection.exec_driver_sql("DELETE FROM plans")


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    before = store.database.revision("plans")

    def fail() -> None:
        with store.database.write("plans") as connection:
            connection.execute(sa.insert(schema.facts).values(name="x", value=1))
            raise ValueError

    with pytest.raises(ValueError):
        fail()
    assert store.fact("x") is None
    assert store.database.revision("plans") == before


def test_backup_and_restore(store: Store, tmp_path: Path) -> None:
    plan = store.plans.add("town", town())
    store.backup(tmp_path / "copy.db")
    store.plans.draft("later", plan.id)
    with open_store(tmp_path / "copy.db", create=False) as copy:
        assert [each.name for each in copy.plans.all()] == ["town"]
        assert as_bytes(copy.plans.grid(plan.head)) == as_bytes(town())
    store.restore(tmp_path / "copy.db")
    assert [each.name for each in store.plans.all()] == ["town"]
    assert store.faults() == []
    store.plans.draft("after", plan.id)


def test_close_twice_does_no_harm(store: Store) -> None:
    store.close()
    store.close()


def test_a_layer_keeps_its_bytes_its_crs_and_its_defects(store: Store) -> None:
    bow = Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    frame = gpd.GeoDataFrame({"a": [1, None], "名称": ["x", "y"]}, geometry=[bow, None], crs=2249)
    layer = store.layers.add("reference", "bow", frame, {"code": "a"})
    back = store.layers.frame(layer.id)
    assert back.geometry[0].wkb == bow.wkb
    assert back.geometry[1] is None
    assert back.crs == frame.crs
    assert layer.about == {"rows": 2, "code": "a"}
    store.layers.remove(layer.id)
    with pytest.raises(NotFound):
        store.layers.get(layer.id)


def test_a_plain_table_is_a_layer_too(store: Store) -> None:
    table = pd.DataFrame({"name": ["甲村", "乙村"], "lon": [1.0, 2.0]})
    layer = store.layers.add("gazetteer", "villages", table)
    pd.testing.assert_frame_equal(store.layers.frame(layer.id), table)
    latest = store.layers.latest("gazetteer")
    assert latest is not None
    assert latest.id == layer.id


def test_incidents_come_back_as_they_went_in(store: Store) -> None:
    given = incidents()
    store.incidents.add(given, Original("a.csv", b"bytes"), [2, 3, 5])
    back = store.incidents.frame(ZONE)
    assert back["ref"].tolist() == ["a", "b", "c"]
    np.testing.assert_array_equal(back["lon"], given["lon"])
    assert back["when"].tolist()[0] == given["when"].tolist()[0]
    assert back["when"].isna().tolist() == [False, True, False]
    assert back["when"].dt.tz.key == ZONE
    assert back["day_only"].tolist() == [False, False, True]
    one = store.incidents.get(3)
    assert one["extra"] == {"note": 3}
    assert one["row"] == 5
    assert store.files.content(one["file"]) == b"bytes"


def test_the_same_file_is_imported_once(store: Store) -> None:
    store.incidents.add(incidents(), Original("a.csv", b"bytes"))
    with pytest.raises(Conflict, match="imported before"):
        store.incidents.add(incidents(), Original("renamed.csv", b"bytes"))
    assert len(store.incidents.frame(ZONE)) == 3
    assert len(store.files.all()) == 1


def test_a_correction_keeps_what_stood_there(store: Store) -> None:
    store.incidents.add(incidents())
    changed = store.incidents.correct(1, 1, {"status": "closed"}, "desk 4")
    assert changed["status"] == "closed"
    assert changed["version"] == 2
    assert changed["history"][0]["before"] == {"status": ""}
    with pytest.raises(Stale):
        store.incidents.correct(1, 1, {"status": "open"})
    with pytest.raises(NotFound):
        store.incidents.correct(99, 1, {"status": "open"})


def test_patrols_are_versioned_documents(store: Store) -> None:
    patrol = store.patrols.add("tonight", {"units": [1, 2]})
    saved = store.patrols.save(patrol.id, 1, {"units": []})
    assert (saved.version, saved.document) == (2, {"units": []})
    with pytest.raises(Stale):
        store.patrols.save(patrol.id, 1, {})
    store.patrols.remove(patrol.id)
    assert store.patrols.all() == []


def test_users_sign_in_and_out(store: Store) -> None:
    store.users.put("desk 4", "staff", "long enough 1")
    with pytest.raises(NotAllowed):
        store.users.sign_in("desk 4", "wrong")
    with pytest.raises(NotAllowed):
        store.users.sign_in("nobody", "long enough 1")
    token = store.users.sign_in("desk 4", "long enough 1")
    found = store.users.find(token)
    assert found is not None
    assert found.role == "staff"
    raw = sqlite3.connect(store.path).execute("SELECT * FROM users, sessions").fetchall()
    assert "long enough 1" not in str(raw)
    assert token not in str(raw)
    store.users.sign_out(token)
    assert store.users.find(token) is None
    token = store.users.sign_in("desk 4", "long enough 1")
    store.users.put("desk 4", "public", "long enough 2")
    assert store.users.find(token) is None


def test_revisions_count_what_changed(store: Store) -> None:
    before = store.database.revision("plans", "incidents")
    store.plans.add("town", town())
    after = store.database.revision("plans", "incidents")
    assert (after[0] - before[0], after[1] - before[1]) == (1, 0)


def test_what_is_new_or_changed_is_read_alone_and_fits_what_was_known(store: Store) -> None:
    known = store.incidents.known()
    assert len(known.frame(ZONE)) == 0
    for n in range(4):
        given = incidents().assign(category=[f"kind {n}", "", "b"])
        store.incidents.add(given)
        if n:
            changed = {"status": f"status {n}", "lon": 1.5, "lat": 2.5}
            store.incidents.correct(n, 1, changed)
        if n == 2:
            store.incidents.correct(3 * n + 1, 1, {"closed": 0})
        known = store.incidents.known(known)
        pd.testing.assert_frame_equal(
            known.frame(ZONE).astype(object), store.incidents.frame(ZONE).astype(object)
        )
    assert known.frame(ZONE)["status"].tolist()[:3] == ["status 1", "status 2", "status 3"]
    again = store.incidents.known(known)
    assert again.table.equals(known.table)
