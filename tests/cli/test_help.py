"""Help in both languages, and nothing of it forgotten."""

import pytest
import typer.main

from gridmap.cli import app
from gridmap.cli.language import every, summary, wanted
from gridmap.messages import catalogue

EVERY = every(typer.main.get_command(app))


def test_every_help_text_has_its_translation():
    english = {text for key, text in catalogue("en").items() if key.startswith("help.")}
    said = {summary(one.help) for one in EVERY}
    said |= {getattr(each, "help", None) for one in EVERY for each in one.params}
    missing = said - english - {"", None}
    assert missing == set(), "add these to messages/en/help.toml and zh/help.toml"
    assert english - said <= {"Show this message and exit."}


def test_every_command_says_what_it_does():
    assert [one.name for one in EVERY if not one.help] == []
    assert len(EVERY) > 20


@pytest.mark.parametrize("call", [["locate", "--lang", "zh", "--help"], ["--lang=zh"]])
def test_which_language(call):
    assert wanted(call) == "zh"


def test_chinese_help(run, monkeypatch):
    monkeypatch.setenv("GRIDMAP_LANG", "zh")
    done = run("locate", "--help")
    assert done.returncode == 0
    assert "把每件事件落入网格" in done.stdout
    assert "经度列" in done.stdout
    assert "Column of" not in done.stdout
    assert "核验网格" in run().stdout
