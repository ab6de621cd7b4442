"""What a comparison costs in a large city."""

import time

from gridmap.grid.diff import diff
from gridmap.grid.model import Grid
from tests.layers.synthetic import synthetic_city


def test_two_cells_of_many_are_compared_at_once():
    old = synthetic_city(110, points=2)
    cells = old.cells.rename(index={old.codes[7]: "new"})
    new = Grid.from_frame(cells.reset_index(drop=True).assign(code=list(cells.index)), "code")
    start = time.process_time()
    found = diff(old, new)
    assert time.process_time() - start < 0.5  # eight times that when sets were made for each cell
    assert found.recoded == ((old.codes[7], "new"),)
    assert (found.changed, found.created, found.vanished, found.redrawn) == ((), (), (), ())
