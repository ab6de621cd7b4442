"""Calls of the command line, in this process."""

from dataclasses import dataclass

import pytest

from gridmap.cli import main


@dataclass
class Done:
    """How a call ended."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run(monkeypatch, capfd):
    """Call gridmap with arguments."""

    def call(*arguments):
        monkeypatch.setattr("sys.argv", ["gridmap", *map(str, arguments)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capfd.readouterr()
        return Done(int(ended.value.code or 0), out, err)

    return call
