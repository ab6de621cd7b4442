"""Cells that are meant to partition an area: model, check, repair, edit, redraw, crosswalk."""
