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


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (["chek"], "没有“chek”这个命令，是否指 'check'"),
        (["check"], "缺少参数 'cells'"),
        (["check", "--boundry", "x"], "没有 --boundry 这个选项 （可用的选项：--boundary）"),
        (["check", "a", "b"], "多出了参数（b）"),
        (["check", "a", "--gap-width", "-1"], "'--gap-width' 的值不对：不能小于 0"),
        (["check", "a", "--gap-width", "x"], "'--gap-width' 的值不对：应是一个数"),
        (
            ["repair", "a", "b", "--prefer", "z"],
            "'z' 不在以下各项之中：'longest-border', 'largest'",
        ),
        (["redraw", "a", "b", "--weight"], "选项 '--weight' 后面要有一个值"),
        (["redraw", "a", "b"], "缺少选项 '--weight'"),
    ],
)
def test_a_wrong_call_is_said_in_chinese(run, monkeypatch, call, said):
    monkeypatch.setenv("GRIDMAP_LANG", "zh")
    done = run(*call)
    assert done.returncode == 2
    assert said in done.stderr


def test_chinese_help_has_no_english_headings(run, monkeypatch):
    monkeypatch.setenv("GRIDMAP_LANG", "zh")
    page = run("redraw", "--help").stdout
    assert page.startswith("用法：")
    assert "redraw [选项]" in page
    assert "[默认：0.1]" in page
    assert "[必填]" in page
    assert "[环境变量：GRIDMAP_LANG；默认：en]" in page
    left = [word for word in ("Usage", "Options", "Arguments", "default", "env") if word in page]
    assert left == []
