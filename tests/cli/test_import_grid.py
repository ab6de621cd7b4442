"""Cells into a store by the command line: groups of one name are not mixed without a word."""

import json

from gridmap import open_store

DISTRICTS = "response_districts.geojson.gz"


def brought_in(run, cambridge, store, *more):
    done = run(
        "import", "grid", cambridge / DISTRICTS, "--store", f"sqlite:///{store}",
        "--code", "CADRA", "--levels", "SECTOR,CAR_RTE", "--json", "-", *more,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


def test_groups_divided_by_a_coarser_level_are_said(run, cambridge, tmp_path):
    result, said = brought_in(run, cambridge, tmp_path / "a.db")
    assert len(result["notices"]) == 1
    assert "“CAR_RTE” lie in several groups" in result["notices"][0]
    assert result["notices"][0] in said


def test_the_city_has_a_name_in_each_language(run, cambridge, tmp_path):
    store = tmp_path / "a.db"
    brought_in(run, cambridge, store, "--city", "Cambridge")
    brought_in(run, cambridge, store, "--city", "剑桥", "--lang", "zh")
    with open_store(f"sqlite:///{store}") as kept:
        assert kept.fact("city", {}) == {"en": "Cambridge", "zh": "剑桥"}


def test_nested_groups_are_told_apart(run, cambridge, tmp_path):
    result, said = brought_in(run, cambridge, tmp_path / "a.db", "--nested")
    assert result["notices"] == []
    assert "lie in several" not in said
