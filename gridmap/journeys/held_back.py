"""Rows of a file that are held back for their errors, to be put right and sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridmap.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from gridmap.incidents.table import Fault
    from gridmap.journeys.look import Look

ROW, WHY = "import_row", "import_why"
"""Columns added to rows sent back; they are passed over when the rows are sent again."""


def rejected(seen: Look) -> pd.DataFrame:
    """Return the rows that are held back, to be put right and sent again.

    Parameters
    ----------
    seen : Look
        From :func:`gridmap.journeys.look.look`.

    Returns
    -------
    DataFrame
        As they stand in the file, with their number in it and what is wrong.
    """
    why = reasons(seen.incoming.faults)
    held = np.isin(seen.table.rows, list(why))
    rows = seen.table.rows[held].tolist()
    frame = seen.table.frame[held]
    return frame.assign(**{ROW: rows, WHY: [why[row] for row in rows]})


def reasons(faults: tuple[Fault, ...]) -> dict[int, str]:
    """Return what is wrong with each row.

    Parameters
    ----------
    faults : tuple of Fault
        What cannot be read.

    Returns
    -------
    dict of int to str
        Row to its faults as one text.
    """
    found: dict[int, str] = {}
    for fault in faults:
        said = f"{fault.column}: {InputError(fault.key, value=fault.value)}".lstrip(": ")
        found[fault.row] = f"{found[fault.row]}; {said}" if fault.row in found else said
    return found
