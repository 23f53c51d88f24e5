"""The command line, in this process, on a data folder of its own."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from facemark.cli.main import main


@dataclass(frozen=True, slots=True)
class Answer:
    """`code` is the exit code."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Terminal:
    data: Path
    patch: pytest.MonkeyPatch
    capture: pytest.CaptureFixture[str]

    def type(self, *words: str) -> Answer:
        self.patch.setattr("sys.argv", ["facemark", *words])
        self.capture.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = self.capture.readouterr()
        return Answer(int(ended.value.code or 0), said.out, said.err)


@pytest.fixture
def terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Terminal:
    monkeypatch.setenv("FACEMARK_DATA", str(tmp_path / "data"))
    return Terminal(tmp_path / "data", monkeypatch, capsys)


@pytest.fixture
def school(terminal: Terminal) -> Terminal:
    """Elm School in London with alice and bob in 4B and a school day."""
    for words in (
        ("institution", "add", "Elm School", "--zone", "Europe/London"),
        ("person", "add", "alice", "Alice Adams", "--group", "4B"),
        ("person", "add", "bob", "Bob Brown", "--group", "4B"),
        ("guardian", "add", "bob", "Dana Brown", "--phone", "+44 20 7946 0001"),
        ("session", "add", "Day", "--date", "2026-03-02", "--start", "08:00", "--end", "15:00"),
    ):
        assert terminal.type(*words).code == 0
    return terminal
