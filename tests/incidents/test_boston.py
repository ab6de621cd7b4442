"""120,974 requests: the default coordinate among them, and the codes the city recorded."""

from gridmap.files.incidents import read_table
from gridmap.incidents.doubts import doubts, on_default
from gridmap.incidents.interpret import interpret
from tests.incidents import boston


def test_boston_agrees_with_its_own_codes(shared_data):
    folder = shared_data / "boston"
    table = read_table(folder / "requests_311_2015.csv.gz")
    incidents = interpret(table, table.guess(), "America/New_York").frame
    lon, lat = incidents["lon"].to_numpy(), incidents["lat"].to_numpy()
    notices = doubts(lon, lat)
    assert [key for key, _ in notices] == ["import.pile"]
    pile = on_default(lon, lat)
    assert pile.sum() == 16_903
    share, count = boston.police(folder, incidents, table.frame, pile)
    assert count > 104_000
    assert share >= 0.993
    share, count = boston.precincts(folder, incidents, table.frame, pile)
    assert count > 103_800
    assert share >= 0.977
