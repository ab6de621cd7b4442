"""Both languages say the same things."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest

from gridmap.messages import catalogue, text

PACKAGE = Path(__file__).parents[1] / "gridmap"


def fields(template: str) -> set[str]:
    return {
        name.split(".")[0].split("[")[0]
        for _, name, _, _ in string.Formatter().parse(template)
        if name is not None
    }


def test_same_keys() -> None:
    assert set(catalogue("en")) == set(catalogue("zh"))


@pytest.mark.parametrize("key", sorted(catalogue("en")))
def test_same_placeholders(key: str) -> None:
    assert fields(catalogue("en")[key]) == fields(catalogue("zh")[key])


def test_every_raised_key_exists() -> None:
    missing = []
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)):
                continue
            first = node.exc.args[0] if node.exc.args else None
            if (
                isinstance(first, ast.Constant)
                and isinstance(first.value, str)
                and isinstance(node.exc.func, ast.Name)
                and node.exc.func.id in _errors()
                and first.value not in catalogue("en")
            ):
                missing.append(f"{path.name}:{node.lineno} {first.value}")
    assert not missing


def _errors() -> set[str]:
    from gridmap import errors

    return {name for name in dir(errors) if isinstance(getattr(errors, name), type)}


def test_chinese_uses_its_own_punctuation() -> None:
    wrong = {
        key: template
        for key, template in catalogue("zh").items()
        if re.search(r"[\u4e00-\u9fff”][,;:!?](?=[\u4e00-\u9fff“])", template)
    }
    assert not {key: template for key, template in wrong.items() if key != "server.bbox"}


def test_unknown_language_is_english() -> None:
    assert catalogue("xx") == catalogue("en")
    assert text("crs.unknown", {"value": "7"}) != text("crs.unknown", {"value": "7"}, "zh")
