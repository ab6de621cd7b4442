"""A page of its own: everything it needs inside, nothing fetched from anywhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gridmap.errors import ValueRefused
from gridmap.layers.escape import escape_value

if TYPE_CHECKING:
    from collections.abc import Mapping

NEEDED = ("leaflet/leaflet.js", "leaflet/leaflet.css")
"""Assets a map needs, by their place among the assets."""
POLICY = (
    "default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
)
"""The browser itself refuses to fetch anything."""
STYLE = """
html, body { height: 100%; margin: 0; background: #fff; color: #1b1f24;
  font: 14px/1.4 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
.leaflet-container { background: #f4f4f2; font: inherit; }
.gm { position: fixed; z-index: 1000; background: #fff; border: 1px solid #c9ccd1;
  padding: 8px 12px; max-width: 320px; font-variant-numeric: tabular-nums; }
.gm h1 { font-size: 16px; margin: 0 0 4px; }
.gm p { margin: 4px 0 0; color: #4a5058; }
.gm-title { top: 10px; left: 56px; max-width: calc(100vw - 96px); }
.gm-legend { bottom: 64px; left: 10px; }
.gm-legend table { border-collapse: collapse; }
.gm-legend td { padding: 1px 8px 1px 0; }
.gm-legend .n { text-align: right; color: #4a5058; }
.gm-swatch { display: inline-block; width: 20px; height: 14px; border: 1px solid #9aa0a6;
  vertical-align: -2px; }
.gm-few { background-image: repeating-linear-gradient(45deg, #8a8f96 0 1px, transparent 1px 5px); }
@media print { .gm { border-color: #000; } }
"""


def standalone(map_: Any, assets: Mapping[str, str], body: str, title: str, lang: str) -> str:
    """Render a folium map as a page that needs no network.

    Parameters
    ----------
    map_ : folium.Map
        The map.
    assets : mapping of str to str
        Text of the scripts and styles in :data:`NEEDED`.
    body : str
        HTML of title and legend, made of escaped values.
    title : str
        Title of the page, not yet escaped.
    lang : str
        Language of its texts.

    Returns
    -------
    str
        The page.

    Raises
    ------
    ValueRefused
        If an asset is missing.
    """
    missing = [name for name in NEEDED if name not in assets]
    if missing:
        raise ValueRefused("layers.no_asset", names=", ".join(missing))
    map_.default_js = []
    map_.default_css = []
    page = map_.get_root().render()
    head = (
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f"<title>{escape_value(title)}</title>"
        f"<style>{_style(assets['leaflet/leaflet.css'])}{STYLE}</style>"
        f"<script>{_script(assets['leaflet/leaflet.js'])}</script>"
    )
    page = page.replace("<html>", f'<html lang="{lang}">', 1)
    page = page.replace("<head>", f"<head>{head}", 1)
    return page.replace("<body>", f"<body>{body}", 1)


def _script(code: str) -> str:
    return re.sub(r"</(script)", r"<\\/\1", code, flags=re.IGNORECASE)


def _style(code: str) -> str:
    """Pictures beside the style sheet are not there: a page of one file has none."""
    return re.sub(r"url\(\s*['\"]?(?!data:|#)[^)]*\)", "none", code).replace("</", "<\\/")
