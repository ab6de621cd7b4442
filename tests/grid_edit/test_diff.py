"""Plans of a large city compared."""

from gridmap.grid.diff import diff
from gridmap.grid.model import Grid
from tests.layers.synthetic import synthetic_city


def test_a_cell_of_many_is_recoded_and_nothing_else():
    old = synthetic_city(110, points=2)
    cells = old.cells.rename(index={old.codes[7]: "new"})
    new = Grid.from_frame(cells.reset_index(drop=True).assign(code=list(cells.index)), "code")
    found = diff(old, new)
    assert found.recoded == ((old.codes[7], "new"),)
    assert (found.changed, found.created, found.vanished, found.redrawn) == ((), (), (), ())
