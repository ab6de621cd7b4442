"""gridmap import incidents: look, put right, bring in."""

import csv
import json

import pytest

BODY = [
    ["nr", "tag", "经度", "纬度", "姓名"],
    ["01", "2016-05-01 08:30", "-71.1097", "42.3736", "张三"],
    ["02", "soon", "-71.1050", "42.3720", "李四"],
]


@pytest.fixture
def hotline(tmp_path):
    path = tmp_path / "hotline.csv"
    with path.open("w", newline="", encoding="gbk") as sink:
        csv.writer(sink).writerows(BODY)
    return path


def test_look_then_bring_in_then_again(run, hotline, tmp_path):
    store = f"sqlite:///{tmp_path / 'town.db'}"
    meant = ["--column", "id=nr", "--column", "when=tag"]
    looked = run("import", "incidents", hotline, "--store", store, "--look", *meant)
    assert looked.returncode == 0, looked.stderr
    assert "Date and time (when) ← tag" in looked.stdout
    assert "Longitude or x (x) ← 经度" in looked.stdout
    assert "姓名" in looked.stderr
    assert "row 3, tag “soon” is not a date or time" in looked.stderr

    rejected = tmp_path / "rejected.csv"
    done = run(
        "import", "incidents", hotline, "--store", store, *meant, "--rejected", rejected,
        "--json", "-",
    )  # fmt: skip
    result = json.loads(done.stdout)
    assert (result["added"], result["rejected"], result["feed"]) == (1, 1, "hotline")
    assert result["faults"][0]["row"] == 3
    assert "张三" not in rejected.read_text()

    again = run("import", "incidents", hotline, "--store", store, "--json", "-")
    result = json.loads(again.stdout)
    assert (result["added"], result["unchanged"]) == (0, 1)
    assert result["mapping"]["when"] == "tag"

    fixed = rejected.read_text().replace("soon", "2016-05-02")
    rejected.write_text(fixed)
    sent = run("import", "incidents", rejected, "--store", store, "--json", "-")
    result = json.loads(sent.stdout)
    assert (result["added"], result["feed"]) == (1, "hotline")


def test_everything_is_said_in_chinese(run, hotline, tmp_path):
    store = f"sqlite:///{tmp_path / 'town.db'}"
    rejected = tmp_path / "rejected.csv"
    meant = ["--column", "id=nr", "--column", "when=tag", "--by-address", "--lang", "zh"]
    call = "import", "incidents", hotline, "--store", store, *meant
    looked = run(*call, "--look", "--rejected", rejected)
    assert "日期时间（when）← tag" in looked.stdout
    assert "没有坐标的行按地址定位（by_address）" in looked.stdout
    assert "tag: 不是日期或时间" in rejected.read_text()


@pytest.mark.parametrize(
    ("more", "word"),
    [
        (["--column", "when"], "when"),
        (["--column", "wann=tag"], "wann"),
        (["--column", "when=jahr"], "jahr"),
        (["--crs", "EPSG:2433"], "control points"),
        (["--mapping", "no.json"], "no.json"),
    ],
)
def test_bad_calls_leave_no_store_behind(run, hotline, tmp_path, more, word):
    store = tmp_path / "town.db"
    done = run("import", "incidents", hotline, "--store", f"sqlite:///{store}", *more)
    assert done.returncode == 2, done.stderr
    assert word in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert [entry.name for entry in tmp_path.iterdir()] == ["hotline.csv"]
