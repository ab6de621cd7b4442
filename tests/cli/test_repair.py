"""What repair tells: every error that is left, whatever was done."""

import json


def test_what_is_left_is_listed_beside_what_was_done(run, cambridge, tmp_path):
    layer, out = cambridge / "blockgroups2020.geojson.gz", tmp_path / "out.gpkg"
    done = run("repair", layer, out, "--json", tmp_path / "done.json")
    result = json.loads((tmp_path / "done.json").read_text("utf-8"))
    assert done.returncode == 1
    assert len(result["changes"]) > 20
    said = done.stdout.splitlines()
    assert sum(" Left: " in line for line in said) == len(result["left"])
