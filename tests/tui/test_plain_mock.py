"""`preptrain mock --plain` after a kill: gone on with, discarded, or put aside."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from quizbank.record import Record
from tui import mock_saved
from tui.cli import main
from tui.mock_session import interviews

# --- line by line


@pytest.fixture
def plain_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home where `mock --plain` was killed at its third question."""
    home = tmp_path / "plain"
    monkeypatch.setenv("PREPTRAIN_HOME", str(home))
    command = [sys.executable, "-c", "from tui.cli import main; main()", "mock", "--plain", "--minutes", "30"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("?\n?\n")
        process.stdin.flush()
        while not process.stdout.readline().startswith("[3/"):
            assert process.poll() is None
        process.kill()
    return home


def mock_plain(*, typed: str, language: str = "en") -> Result:
    return CliRunner().invoke(
        main, ["--language", language, "mock", "--plain", "--minutes", "45"], input=typed
    )


def test_line_by_line_after_a_kill(plain_home: Path) -> None:
    with Record.open(plain_home / "record.db") as record:
        steps = json.loads(mock_saved.stored(record) or "")["steps"]
    asked = mock_plain(typed="what\n")
    assert asked.exit_code == 1
    assert asked.output.count("Go on with it?") == 2, "an answer that is none, then the end of the input"
    assert "30 min, role: any. Answered 2 of 9" in asked.output
    there = mock_plain(typed="y\n?\n", language="zh")
    assert "有一场模拟面试没做完" in there.output
    assert "[3/9" in there.output
    assert "[4/9" in there.output
    assert "已中断" in there.output
    done = mock_plain(typed="y\n" + "?\n" * 6)
    assert done.exit_code == 0, done.output
    assert "# Mock interview" in done.output
    with Record.open(plain_home / "record.db") as record:
        assert mock_saved.stored(record) is None
        (kept,) = interviews(record)
    assert kept.minutes == 30
    assert [one.item for one in kept.outcomes] == [step["item"] for step in steps]


def test_line_by_line_discarded(plain_home: Path) -> None:
    there = mock_plain(typed="n\n")
    assert "45 minutes." in there.output
    assert "[1/12" in there.output
    with Record.open(plain_home / "record.db") as record:
        state = json.loads(mock_saved.stored(record) or "")
    assert (state["minutes"], state["place"]) == (45, 0)


def test_line_by_line_what_cannot_be_read_and_what_was_typed(plain_home: Path) -> None:
    with Record.open(plain_home / "record.db") as record:
        text = mock_saved.stored(record) or ""
        state = json.loads(text)
        state.update(place=6, typed="begun in the app")
        mock_saved.keep(record, json.dumps(state))
    assert "What you had typed:\nbegun in the app\n" in mock_plain(typed="y\n").output
    with Record.open(plain_home / "record.db") as record:
        mock_saved.keep(record, text[:-3])
    there = mock_plain(typed="")
    assert "cannot be gone on with" in there.output
    assert "[1/12" in there.output
    (aside,) = plain_home.glob("mock-*.json")
    assert aside.read_text("utf-8") == text[:-3]
