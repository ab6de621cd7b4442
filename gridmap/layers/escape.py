"""Values of users on their way into a page made by folium."""

from __future__ import annotations

import html
from typing import Any

SCRIPT = str.maketrans({"\\": "&#92;", "`": "&#96;", "$": "&#36;", "{": "&#123;", "}": "&#125;"})
"""What would still be code in a JavaScript template literal or a Jinja template."""


def escape_value(value: Any) -> str:
    """Make a value harmless in HTML, in a JavaScript template literal and in a template.

    Parameters
    ----------
    value : Any
        Whatever a user's file holds: a name, a code, a column's title.

    Returns
    -------
    str
        HTML that shows the value as it is and runs nowhere.
    """
    return html.escape(str(value), quote=True).translate(SCRIPT)
