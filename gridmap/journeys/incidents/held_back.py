"""Rows of a file that are held back for their errors, to be put right and sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridmap.messages import text

if TYPE_CHECKING:
    import pandas as pd

    from gridmap.incidents.table import Fault
    from gridmap.journeys.incidents.look import Look

ROW, WHY = "import_row", "import_why"
"""Columns added to rows sent back; they are passed over when the rows are sent again."""


def rejected(seen: Look, lang: str = "en") -> pd.DataFrame:
    """Return the rows that are held back, to be put right and sent again.

    Parameters
    ----------
    seen : Look
        From :func:`gridmap.journeys.incidents.look.look`.
    lang : str
        Language of the reader.

    Returns
    -------
    DataFrame
        As they stand in the file, with their number in it and what is wrong.
    """
    why = reasons(seen.incoming.faults, lang)
    held = np.isin(seen.table.rows, list(why))
    rows = seen.table.rows[held].tolist()
    frame = seen.table.frame[held]
    return frame.assign(**{ROW: rows, WHY: [why[row] for row in rows]})


def reasons(faults: tuple[Fault, ...], lang: str) -> dict[int, str]:
    """Return what is wrong with each row.

    Parameters
    ----------
    faults : tuple of Fault
        What cannot be read.
    lang : str
        Language of the reader.

    Returns
    -------
    dict of int to str
        Row to its faults as one text.
    """
    found: dict[int, str] = {}
    for fault in faults:
        said = text(fault.key, {"value": fault.value}, lang)
        said = f"{fault.column}: {said}" if fault.column else said
        found[fault.row] = f"{found[fault.row]}; {said}" if fault.row in found else said
    return found
