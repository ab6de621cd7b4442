"""Boston's requests of a year, from the file into the store."""

import resource
import time

import pytest

from gridmap import open_store
from gridmap.files.reader import READER
from gridmap.incidents.doubts import on_default
from gridmap.journeys.cells.imports import Reading, import_cells
from gridmap.journeys.city import City
from gridmap.journeys.incidents import intake
from gridmap.journeys.incidents import look as looks
from gridmap.journeys.source import Source
from tests.incidents import boston

CELLS = "police_districts.epsg2249.geojson.gz"
MEBI = 1024


def spent():
    """Processor seconds of this process and its children."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


@pytest.mark.proof
def test_boston_end_to_end(shared_data, tmp_path, record):
    folder = shared_data / "boston"
    with open_store(tmp_path / "boston.db") as store:
        store.set_fact("zone", "America/New_York")
        import_cells(
            store, Source(folder / CELLS, CELLS, "police"), Reading("DISTRICT", crs="EPSG:2249")
        )
        city = City(store)
        source = Source(folder / "requests_311_2015.csv.gz", "requests.csv.gz", "311")
        began = spent()
        seen = looks.look(city, source)
        looked = spent()
        taken = intake.bring_in(city, seen, source)
        brought = spent()
        again = intake.import_incidents(city, source)
        ended = spent()
        assert intake.counts(seen, taken)["added"] == 120_974
        assert again.merged.unchanged == 120_974
        assert again.merged.added == again.merged.updated == 0
        frame = seen.incoming.frame
        pile = on_default(frame["lon"].to_numpy(), frame["lat"].to_numpy())
        police, _ = boston.police(folder, frame, seen.table.frame, pile)
        precinct, _ = boston.precincts(folder, frame, seen.table.frame, pile)
        READER.stop()
        figures = {
            "rows": 120_974,
            "on the default coordinate": int(pile.sum()),
            "police district agrees": round(police, 4),
            "precinct within 10 m": round(precinct, 4),
            "read and look, CPU s": round(looked - began, 1),
            "store, CPU s": round(brought - looked, 1),
            "again, CPU s": round(ended - brought, 1),
            "this process, MiB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEBI),
        }
        record("Import of Boston's requests", figures)
        assert police >= 0.993
        assert precinct >= 0.977
        assert looked - began < 30
