"""Where ``serve`` listens and what it says: by call, environment or file."""

from contextlib import nullcontext

import pytest

from gridmap.cli import serve as serving
from gridmap.settings import Settings
from gridmap.store import open_store


@pytest.fixture
def folder(monkeypatch, tmp_path):
    """The folder of a server, with a store."""
    open_store(f"sqlite:///{tmp_path / 'gridmap.db'}").close()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def settled(run, monkeypatch):
    """Call a command that serves, and tell with which settings it would."""
    seen = []
    monkeypatch.setattr(serving, "run", lambda settings, _: seen.append(settings))

    def call(*arguments):
        done = run(*arguments)
        assert done.returncode == 0, done.stderr
        return seen.pop()

    return call


def test_the_call_counts_before_the_environment_before_the_file(settled, monkeypatch, folder):
    assert settled("serve") == Settings()
    lines = ["GRIDMAP_PORT=8011", "GRIDMAP_HOST=::1", "GRIDMAP_LANG=zh", "GRIDMAP_NAMES=a.cn, b.cn"]
    (folder / ".gridmap.env").write_text("\n".join(lines), "utf-8")
    found = settled("serve")
    assert (found.port, found.host, found.lang) == (8011, "::1", "zh")
    assert found.names == ("a.cn", "b.cn")
    monkeypatch.setenv("GRIDMAP_PORT", "8012")
    monkeypatch.setenv("GRIDMAP_HOST", "localhost")
    found = settled("serve")
    assert (found.port, found.host, found.lang) == (8012, "localhost", "zh")
    found = settled("serve", "--port", "0", "--name", "c.cn", "--lang", "en")
    assert (found.port, found.host, found.lang, found.names) == (0, "localhost", "en", ("c.cn",))


@pytest.mark.usefixtures("folder")
def test_the_network_needs_a_user_however_the_address_is_given(run, monkeypatch):
    monkeypatch.setenv("GRIDMAP_HOST", "192.0.2.1")
    done = run("serve")
    assert done.returncode == 2
    assert "192.0.2.1 is not loopback" in done.stderr


def test_the_demo_stays_on_this_machine(settled, monkeypatch, tmp_path):
    monkeypatch.setattr("gridmap.journeys.demo.demo_store", lambda _: nullcontext())
    monkeypatch.setenv("GRIDMAP_HOST", "192.0.2.1")
    assert settled("demo", "--store", tmp_path / "demo.db").host == "127.0.0.1"


@pytest.mark.parametrize(
    ("line", "said"),
    [("GRIDMAP_PORT=eighty", "GRIDMAP_PORT"), ("GRIDMAP_LEAST=0", "“0” cannot be GRIDMAP_LEAST")],
)
def test_a_setting_that_cannot_be_is_named(run, folder, line, said):
    (folder / ".gridmap.env").write_text(line, "utf-8")
    done = run("serve")
    assert done.returncode == 2
    assert said in done.stderr
    assert ".gridmap.env" in done.stderr


def test_serve_finds_the_store_as_the_other_commands_do(run, monkeypatch, tmp_path):
    monkeypatch.setenv("GRIDMAP_STORE", f"sqlite:///{tmp_path / 'none.db'}")
    done = run("serve")
    assert done.returncode == 2
    assert "none.db" in done.stderr
