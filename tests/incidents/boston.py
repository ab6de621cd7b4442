"""Boston's requests against the codes the city itself recorded."""

import geopandas as gpd
import numpy as np
import shapely

from gridmap.files.cells import read_frame
from gridmap.grid.model import Grid
from gridmap.incidents.locate import place

FEET, METRES = "EPSG:2249", 26986
NEAR = 10.0


def police(folder, incidents, own, without):
    """Share of requests placed in the police district the city recorded, and their number."""
    path = folder / "police_districts.epsg2249.geojson.gz"
    grid = Grid.from_frame(read_frame(path, FEET), "DISTRICT")
    recorded = own["police_district"].str.replace("-", "")
    known = ~without & recorded.isin(grid.codes).to_numpy()
    cells = place(incidents[known], grid)["cell"]
    return float((cells == recorded[known]).mean()), int(known.sum())


def precincts(folder, incidents, own, without):
    """Share of requests within ten metres of the precinct the city recorded, and their number."""
    frame = read_frame(folder / "precincts.epsg2249.geojson.gz", FEET)
    # Two precincts cross themselves: mended here, for the distance only.
    shapes = frame.geometry.make_valid().to_crs(METRES).to_numpy()
    position = {code: n for n, code in enumerate(frame["WARD_PRECINCT"])}
    recorded = own["precinct"].str.replace(".0", "").str.zfill(4).map(position)
    known = ~without & recorded.notna().to_numpy()
    lon, lat = incidents["lon"][known], incidents["lat"][known]
    points = gpd.points_from_xy(lon, lat, crs=4326).to_crs(METRES)
    theirs = shapes[recorded[known].to_numpy(dtype=int)]
    distance = shapely.distance(np.asarray(points), theirs)
    return float((distance <= NEAR).mean()), int(known.sum())
