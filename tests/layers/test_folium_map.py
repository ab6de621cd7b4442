"""Standalone maps in a real browser: nothing is fetched, and no value of a file ever runs."""

from __future__ import annotations

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gridmap.errors import ValueRefused
from gridmap.grid.model import Grid
from gridmap.incidents.measure import Filter
from gridmap.journeys.map import MapRequest, assets, file_map
from gridmap.layers.escape import escape_value
from gridmap.layers.folium_map import folium_map
from gridmap.layers.standalone import standalone

RUN = "window.ran=(window.ran||0)+1"
HOSTILE = [
    f"<script>{RUN}</script>", f"</script><script>{RUN}</script>", f"<img src=x onerror={RUN}>",
    f"<svg onload={RUN}>", f"${{{RUN}}}", f"`+({RUN})+`", f"`;{RUN};`", f"\\`;{RUN};//",
    f"\\${{{RUN}}}", f"';{RUN};'", f'";{RUN};"', f"\\';{RUN};//", f'\\";{RUN};//',
    f'<a href="javascript:{RUN}">x</a>', f'" onmouseover="{RUN}',
    f"' onfocus='{RUN}' autofocus='",
    "{{7*7}}", "{% raw %}", "{{ this.__class__ }}", "{#", "${7*7}", "`", "\\", "$", "$$", "$&",
    f"--><script>{RUN}</script>", f"<!--<script>{RUN}", f"]]><script>{RUN}</script>",
    f"</title><script>{RUN}</script>", f"</style><script>{RUN}</script>",
    f"</textarea><script>{RUN}</script>", f'<iframe srcdoc="<script>parent.{RUN}</script>">',
    f"\u2028{RUN}\u2029", f'<math><mi xlink:href="javascript:{RUN}">', "&lt;script&gt;",
    f"&#x3C;script&#x3E;{RUN}", f"＜script＞{RUN}", "\x00\x08\x0b", f"<body onload={RUN}>",
    f"<details open ontoggle={RUN}>", f"<style>@import 'http://evil.example/{RUN}'</style>",
]  # fmt: skip


EVERY_TOOLTIP = """() => {
  const texts = [];
  for (const group of Object.values(window)) {
    if (!(group && group.eachLayer && group.getTooltip && group.getTooltip())) continue;
    group.eachLayer((layer) => {
      layer.fire("mouseover", { latlng: layer.getBounds().getCenter() }, true);
      texts.push(group.getTooltip().getElement()?.innerText);
    });
  }
  return texts;
}"""


@pytest.fixture(scope="module")
def crashes(cambridge):
    rows = pd.read_csv(cambridge / "crashes_2010_2016.csv.gz", parse_dates=["datetime"])
    return pd.DataFrame(
        {
            "lon": rows["lon"],
            "lat": rows["lat"],
            "when": rows["datetime"].dt.tz_localize("UTC"),
            "day_only": False,
            "category": rows["object_1"].fillna(""),
            "source": "",
            "status": "",
            "address": "",
        }
    )


def opened(browser, tmp_path, html):
    """Open a page from disk; answer with it, its requests and its complaints."""
    path = tmp_path / "map.html"
    path.write_text(html, encoding="utf-8")
    page = browser.new_page(viewport={"width": 1000, "height": 700})
    requests, complaints = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(path.as_uri())
    page.wait_for_function("document.querySelector('.leaflet-overlay-pane canvas')")
    page.wait_for_timeout(200)
    return page, [url for url in requests if url != path.as_uri()], complaints


@pytest.mark.browser
@pytest.mark.parametrize(
    ("kind", "per", "lang", "says"),
    [
        ("choropleth", "area", "en", "Incidents per km²"),
        ("heat", None, "zh", "每平方公里事件数"),
        ("hotspots", None, "en", "false-discovery rate"),
        ("change", None, "zh", "精确二项检验"),
    ],
)
def test_every_kind_opens_without_a_network(
    browser, tmp_path, districts, crashes, kind, per, lang, says
):
    chosen = Filter(pd.Timestamp("2013-01-01"), pd.Timestamp("2014-01-01"))
    drawn = file_map(districts, crashes, MapRequest(kind, per, None, chosen, "Crashes", lang))
    page, requests, complaints = opened(browser, tmp_path, drawn.html)
    assert [url for url in requests if not url.startswith("data:")] == []
    assert complaints == []
    legend = page.inner_text(".gm-legend")
    assert says in legend
    assert f"{drawn.totals['unplaced']:,}" in legend
    page.mouse.move(500, 350)
    page.wait_for_timeout(300)
    assert page.locator(".leaflet-tooltip").count() == 1
    assert page.evaluate("document.documentElement.lang") == lang
    assert page.title() == "Crashes"
    page.close()


@pytest.mark.browser
def test_hostile_values_are_shown_and_never_run(browser, tmp_path):
    side = 7
    cells = [
        shapely.box(
            0.01 * (n % side), 0.01 * (n // side), 0.01 * (n % side + 1), 0.01 * (n // side + 1)
        )
        for n in range(len(HOSTILE))
    ]
    frame = gpd.GeoDataFrame({"code": HOSTILE}, geometry=cells, crs=4326)
    column = HOSTILE[2]
    frame[column] = np.arange(len(frame)) + 1
    frame["level"] = HOSTILE[::-1]
    grid = Grid.from_frame(frame, "code", levels=("level",))
    for level in (None, "level"):
        for title in (HOSTILE[29], HOSTILE[16], HOSTILE[4]):
            asked = MapRequest("choropleth", column, level, title=title)
            page, requests, complaints = opened(browser, tmp_path, file_map(grid, None, asked).html)
            shown = set()
            boxes = page.evaluate(EVERY_TOOLTIP)
            shown.update(text for text in boxes if text)
            assert page.evaluate("window.ran") is None
            assert [url for url in requests if not url.startswith("data:")] == []
            assert complaints == []
            assert page.title() == " ".join(title.split())
            assert any("${7*7}" in text for text in shown)
            assert any("{{7*7}}" in text for text in shown)
            assert any("&lt;script&gt;" in text for text in shown)
            assert len(shown) == len(HOSTILE)
            page.close()


def test_escaped_values_hold_nothing_that_runs():
    for value in HOSTILE:
        assert not set(escape_value(value)) & set("<>\"'`$\\{}")


def test_nothing_in_the_page_names_another_host(districts, crashes):
    html = file_map(districts, crashes, MapRequest()).html
    code = html.replace(assets()["leaflet/leaflet.js"], "")
    assert "//cdn" not in code
    assert "src=" not in code.replace("src=\\", "")
    assert "<link" not in code


def test_a_large_city_is_simplified_not_refused():
    rng = np.random.default_rng(3)
    steps = np.linspace(0, 1, 3000)
    edges = []
    for n in range(51):
        wave = np.r_[0, np.cumsum(rng.normal(size=2998)) * 1e-5, 0] if 0 < n < 50 else 0 * steps
        edges.append(np.column_stack([steps, n / 50 + wave]))
    cells = [shapely.Polygon(np.vstack([low, high[::-1]])) for low, high in pairwise(edges)]
    frame = gpd.GeoDataFrame({"code": range(50)}, geometry=cells, crs=4326)
    html = file_map(Grid.from_frame(frame), None, MapRequest()).html
    assert len(html) < 8_000_000


def test_refusals(districts, crashes):
    with pytest.raises(ValueRefused, match="incidents"):
        file_map(districts, None, MapRequest("heat"))
    with pytest.raises(ValueRefused, match="period"):
        file_map(districts, crashes, MapRequest("change"))
    drawn = file_map(districts, None, MapRequest())
    with pytest.raises(ValueRefused, match="leaflet"):
        folium_map(districts, drawn.picture, {})
    assert callable(standalone)


@pytest.mark.browser
def test_hostile_names_in_the_sheet_to_print_and_the_spreadsheet(browser, tmp_path):
    import io

    import openpyxl

    from gridmap.files.book import titled_book
    from gridmap.layers.sheet import COLUMNS, sheet_html, sheet_table

    names = [*HOSTILE, "=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3"]
    figures = {**dict.fromkeys(COLUMNS, 1.0), "sure": "more"}
    figures.pop("unit")
    sheet = pd.DataFrame([figures] * len(names), index=names)
    path = tmp_path / "sheet.html"
    page_ = sheet_html(sheet, HOSTILE[2], HOSTILE[0], [HOSTILE[1]], "en")
    path.write_text(page_, encoding="utf-8")
    page = browser.new_page()
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(path.as_uri())
    assert page.locator("tbody tr").count() == len(names)
    assert page.evaluate("window.ran") is None
    assert requests == [path.as_uri()]
    assert page.locator("tbody td:nth-child(2)").nth(4).inner_text() == HOSTILE[4]
    page.close()
    table = sheet_table(sheet, "=1+1", "en")
    written = titled_book(table, HOSTILE[0], [HOSTILE[1]], hold=2)
    book = openpyxl.load_workbook(io.BytesIO(written))
    assert all(row[0].data_type != "f" for row in book.active.iter_rows())
    for row in book.active.iter_rows(min_row=4):
        assert row[1].data_type != "f"
        assert not (row[1].value or "").startswith(("=", "+", "-", "@"))
