"""Street files: read in the limited child, whatever they are."""

from __future__ import annotations

import bz2
import gzip
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from gridmap.errors import GridmapError
from gridmap.files.streets import read_streets

if TYPE_CHECKING:
    from pathlib import Path

OSM = """<?xml version="1.0"?><osm version="0.6">
<node id="1" lat="1.0" lon="2.0" version="1"/><node id="2" lat="1.0" lon="2.1" version="1"/>
<node id="3" lat="1.0" lon="2.2" version="1"/><node id="4" lat="1.1" lon="2.1" version="1"/>
<way id="9" version="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/>
 <tag k="highway" v="residential"/><tag k="name" v="长安路"/><tag k="oneway" v="yes"/></way>
<way id="10" version="1"><nd ref="2"/><nd ref="4"/><tag k="highway" v="footway"/></way>
<way id="11" version="1"><nd ref="1"/><nd ref="4"/><tag k="building" v="yes"/></way>
<way id="12" version="1"><nd ref="3"/><nd ref="4"/><tag k="highway" v="service"/>
 <tag k="access" v="private"/></way></osm>"""
LAUGHS = """<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>"""


@pytest.mark.parametrize("suffix", [".osm", ".osm.gz", ".osm.bz2"])
def test_ways_are_cut_where_others_touch_them(tmp_path: Path, suffix: str) -> None:
    pack = {".osm": bytes, ".osm.gz": gzip.compress, ".osm.bz2": bz2.compress}[suffix]
    path = tmp_path / f"town{suffix}"
    path.write_bytes(pack(OSM.encode()))
    streets = read_streets(path)
    assert streets["name"].tolist() == ["长安路", "长安路", ""]
    assert streets["class"].tolist() == ["residential", "residential", "footway"]
    assert streets[["forward", "backward", "foot"]].to_numpy().tolist() == [
        [True, False, True],
        [True, False, True],
        [False, False, True],
    ]
    ends = [(line.coords[0], line.coords[-1]) for line in streets.geometry]
    assert ends[0] == ((2.0, 1.0), (2.1, 1.0))


def test_an_extract_and_a_graph(shared_data: Path) -> None:
    roads = shared_data / "roads"
    assert len(read_streets(roads / "harrisburg_valhalla.osm.pbf")) == 6_494
    streets = read_streets(roads / "shenzhen_futian.graphml.gz")
    assert len(streets) == 4_009
    assert "深南大道" in set(streets["name"])


def test_nothing_of_it_is_parsed_in_this_process(shared_data: Path) -> None:
    path = shared_data / "roads" / "harrisburg_valhalla.osm.pbf"
    code = (
        f"import sys; from gridmap.files.streets import read_streets; read_streets({str(path)!r})"
    )
    subprocess.run(
        [sys.executable, "-c", f"{code}; assert 'osmium' not in sys.modules"], check=True
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("noise.osm.pbf", b"\0\0\0\x0d" + bytes(range(256)) * 40),
        ("text.osm.pbf", b"not a pbf"),
        ("empty.osm", b"<osm/>"),
        ("laughs.osm", (LAUGHS + "<osm version='0.6'>&b;</osm>").encode()),
        ("laughs.graphml", (LAUGHS + "<graphml>&b;</graphml>").encode()),
        ("other.graphml", b"<html/>"),
        ("lame.graphml", b"<graphml xmlns='http://graphml.graphdrawing.org/xmlns'><edge/></graphml>"),
        ("zeros.osm.gz", gzip.compress(b"<osm>" + bytes(200 << 20), 9)),
        ("vrt.osm", b"<OGRVRTDataSource><OGRVRTLayer/></OGRVRTDataSource>"),
    ],
)  # fmt: skip
def test_hostile_streets_are_refused(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    began = time.monotonic()
    with pytest.raises(GridmapError) as refused:
        read_streets(path)
    assert str(refused.value)
    assert time.monotonic() - began < 15
