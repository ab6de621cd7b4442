"""What a file says never runs: hostile strings as category, address and note of incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.page.test_incidents import words

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.page.conftest import Watched

pytestmark = pytest.mark.browser

RUN = "window.ran=(window.ran||0)+1"
HOSTILE = [
    f"<script>{RUN}</script>",
    f"<img src=x onerror='{RUN}'>",
    f"<svg onload='{RUN}'>",
    f"</script><script>{RUN}</script>",
    f"${{{RUN}}}",
    f"`;{RUN};`",
    f"\\`;{RUN};//",
    f"';{RUN};'",
    f'";{RUN};"',
    f"{{{{{RUN}}}}}",
    f"{{%{RUN}%}}",
    f"javascript:{RUN}",
    f"<a href='javascript:{RUN}'>a</a>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'>",
    f"<style onload='{RUN}'></style>",
    f"<details open ontoggle='{RUN}'>",
    f"<input autofocus onfocus='{RUN}'>",
    f"]]><script>{RUN}</script>",
    f"--><script>{RUN}</script><!--",
    f"</title><script>{RUN}</script>",
    f"</textarea><script>{RUN}</script>",
    f"</style><script>{RUN}</script>",
    f"\u2028{RUN}\u2029",
    f"\x00<script>{RUN}</script>".replace("\x00", ""),
    f"&lt;script&gt;{RUN}&lt;/script&gt;",
    f"&#60;script&#62;{RUN}&#60;/script&#62;",
    f"%3Cscript%3E{RUN}%3C/script%3E",
    f"=cmd|' /C calc'!A0 {RUN}",
    f"+{RUN}",
    f"-{RUN}",
    f"@{RUN}",
    f"\\u003cscript\\u003e{RUN}",
    f"\\x3cscript\\x3e{RUN}",
    f"<math><mtext><script>{RUN}</script>",
    f"<template><script>{RUN}</script></template>",
    f"<object data='javascript:{RUN}'>",
    f"<embed src='javascript:{RUN}'>",
    f"<base href='//evil.example/'><script>{RUN}</script>",
    f"<meta http-equiv=refresh content='0;javascript:{RUN}'>",
    f"constructor.constructor('{RUN}')()",
]


def test_forty_hostile_strings(visit: Callable[..., Watched], tmp_path: Path) -> None:
    assert len(HOSTILE) == 40
    watched = visit()
    page = watched.page
    url = watched.server + "/api/v1/incidents"
    numbers = []
    for n, text in enumerate(HOSTILE):
        place = {} if n % 2 else {"lon": -71.1, "lat": 42.37}
        body = {"when": "2021-05-05T12:00:00", "category": text, "address": text, "note": text}
        answer = page.request.post(url, data=body | place, headers={"Origin": watched.server})
        assert answer.status == 201, answer.text()
        numbers.append(answer.json()["id"])
    watched.open("/?start=2021-01-01&end=2022-01-01")
    page.click("[data-key=more-category]")
    shown = page.inner_text("#left")
    assert all(" ".join(text.split()) in " ".join(shown.split()) for text in HOSTILE)
    page.click(".totals button")
    page.wait_for_selector("dialog table")
    page.keyboard.press("Escape")
    for number in (numbers[0], numbers[5], numbers[17]):
        watched.open(f"/?sel=incident:{number}")
        page.wait_for_selector("#right dl")
    cell = page.request.get(f"{url}/{numbers[0]}").json()["cell"]
    watched.open(f"/?sel=cell:{cell}&start=2021-01-01&end=2022-01-01")
    page.wait_for_selector("#right li")
    assert HOSTILE[0] in words(page, "#right")
    assert page.evaluate("() => window.ran") is None
    handed = page.request.get(
        watched.server + "/api/v1/export?format=html", params={"category": HOSTILE[0]}
    )
    file = tmp_path / "handed.html"
    file.write_bytes(handed.body())
    page.goto(file.as_uri())
    page.wait_for_timeout(500)
    assert page.evaluate("() => window.ran") is None
    watched.foreign = [one for one in watched.foreign if not one.startswith("file:")]
