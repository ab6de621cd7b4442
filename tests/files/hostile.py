"""Files made to do harm, one function a kind; each is written under a harmless name."""

import itertools
import json
import random
import stat
import struct
import zipfile
import zlib
from pathlib import Path

VRT = """<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>{target}</SrcDataSource>
<SrcLayer>secret</SrcLayer></OGRVRTLayer></OGRVRTDataSource>"""
WFS = """<OGRWFSDataSource><URL>{url}</URL></OGRWFSDataSource>"""
ENTITY = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "{laugh}">{more}]>
<{root}><Document><name>&z;</name></Document></{root}>"""


def gdalg(target):
    """A GDAL pipeline that reads another file."""
    line = f"gdal vector pipeline ! read {target}"
    return json.dumps({"type": "gdal_streamed_alg", "command_line": line})


def laughs(root):
    """Entities that grow tenfold a step."""
    steps = "abcdefghijklmnopqrstuvwxyz"
    more = "".join(
        f'<!ENTITY {after} "{f"&{before};" * 10}">' for before, after in itertools.pairwise(steps)
    )
    return ENTITY.format(laugh="ha" * 10, more=more, root=root)


def xlsx_of_corners(path):
    """A sheet of a kilobyte that says its cells are A1 and XFD1048576."""
    from openpyxl import Workbook

    book = Workbook()
    book.active["A1"] = "lon"
    book.active["XFD1048576"] = "1"
    book.save(path)


def xlsx_of_corners_undeclared(path, folder):
    """The same, without the declared dimension that would give it away."""
    whole = folder / "whole.xlsx"
    xlsx_of_corners(whole)
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w", 8) as sink:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename.endswith("sheet1.xml"):
                at = content.index(b"<dimension")
                content = content[:at] + content[content.index(b"/>", at) + 2 :]
            sink.writestr(entry.filename, content)
    whole.unlink()


def zip_of(path, entries):
    """A zip of named contents."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)


def zip_with_link(path, target):
    """A zip whose shapefile is a link to another file."""
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("a.shp", "a.shx", "a.dbf"):
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(entry, str(target))


def zip_bomb(path, name, size):
    """A zip of zeros that unpacks a thousandfold."""
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(name, "w") as out,
    ):
        for _ in range(size >> 20):
            out.write(bytes(1 << 20))


def gzip_bomb(path, size):
    """The same as gzip, written without holding it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    with path.open("wb") as sink:
        sink.write(packer.compress(b'{"type":"FeatureCollection","features":['))
        for _ in range(size >> 20):
            sink.write(packer.compress(b" " * (1 << 20)))
        sink.write(packer.flush())


def gpkg_of_another(path, target):
    """A GeoPackage whose layer is a virtual table on another file."""
    import sqlite3

    import geopandas as gpd
    import shapely

    gpd.GeoDataFrame({"code": ["a"]}, geometry=[shapely.box(0, 0, 1, 1)], crs=4326).to_file(path)
    with sqlite3.connect(path) as base:
        base.execute("pragma writable_schema = on")
        base.execute(
            "insert into sqlite_master values ('table', 'stolen', 'stolen', 0, ?)",
            (f"CREATE VIRTUAL TABLE stolen USING VirtualOGR('{target}')",),
        )
    base.close()


def shape_of_billions(folder):
    """A shapefile whose header says it holds billions of points."""
    record = struct.pack(">ii", 1, 500_000_000)
    body = struct.pack("<i4d2i", 5, 0, 0, 1, 1, 1_000_000_000, 2_000_000_000)
    size = (100 + len(record) + len(body)) // 2
    head = struct.pack(">7i", 9994, 0, 0, 0, 0, 0, size) + struct.pack("<2i8d", 1000, 5, *[0.0] * 8)
    (folder / "big.shp").write_bytes(head + record + body)
    return folder / "big.shp"


def star(corners):
    """GeoJSON of one ring that crosses itself everywhere."""
    rng = random.Random(4)  # noqa: S311  # no secret
    ring = [[rng.random(), rng.random()] for _ in range(corners)]
    shape = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    feature = {"type": "Feature", "properties": {"code": "a"}, "geometry": shape}
    return json.dumps({"type": "FeatureCollection", "features": [feature]})


def write_all(folder: Path, target: Path, url: str) -> list[Path]:
    """Write every hostile file that must be refused.

    ``target`` is a layer nobody may get to see, ``url`` a server nobody may call.
    """
    vrt, wfs = VRT.format(target=target), WFS.format(url=url)
    texts = {
        "vrt.geojson": vrt, "vrt.gpkg": vrt, "vrt.kml": vrt, "vrt.fgb": vrt, "vrt.shp": vrt,
        "vrt.parquet": vrt, "vrt.json": vrt,
        "pipeline.geojson": gdalg(target), "pipeline.json": gdalg(target),
        "wfs.kml": wfs, "wfs.geojson": wfs,
        "network.kml": f"<kml><NetworkLink><Link><href>{url}</href></Link></NetworkLink></kml>",
        "service.geojson": json.dumps({"links": [{"rel": "data", "href": url}]}),
        "laughs.kml": laughs("kml"), "laughs.xml": laughs("service_requests"),
        "file.xml": f'<!DOCTYPE x [<!ENTITY a SYSTEM "file://{target}">]>'
        "<service_requests><request><id>&a;</id></request></service_requests>",
        "deep.geojson": '{"type":"FeatureCollection","features":' + "[" * 100_000 + "]" * 100_000,
        "deep.json": "[" * 100_000 + "]" * 100_000,
        "digits.json": '[{"lat": ' + "9" * 5_000 + "}]",
        "twice.json": '[{"lat": "1", "lat": "2"}]',
        "quotes.csv": 'lon,lat\n"' + "1" * 300_000,
        "nul.gpkg": "SQLite format 3\0" + "\0" * 4096,
    }  # fmt: skip
    paths = []
    for name, content in texts.items():
        (folder / name).write_text(content)
        paths.append(folder / name)
    zip_of(folder / "vrt.zip", {"a.shp": vrt, "a.vrt": vrt})
    zip_of(folder / "slip.zip", {"../../a.shp": "x"})
    zip_of(folder / "absolute.zip", {"/tmp/a.shp": "x"})  # noqa: S108  # a name only
    zip_of(folder / "drive.zip", {"C:\\a.shp": "x"})
    zip_with_link(folder / "link.zip", target)
    zip_bomb(folder / "bomb.zip", "a.shp", 1 << 30)
    zip_bomb(folder / "bomb.xlsx", "xl/worksheets/sheet1.xml", 1 << 30)
    gzip_bomb(folder / "bomb.geojson.gz", 1 << 30)
    gzip_bomb(folder / "bomb.csv.gz", 1 << 30)
    xlsx_of_corners(folder / "corners.xlsx")
    xlsx_of_corners_undeclared(folder / "corners2.xlsx", folder)
    gpkg_of_another(folder / "virtual.gpkg", target)
    paths += sorted(folder.glob("*.zip")) + sorted(folder.glob("*.xlsx"))
    return [
        *paths,
        *sorted(folder.glob("*.gz")),
        folder / "virtual.gpkg",
        shape_of_billions(folder),
    ]
