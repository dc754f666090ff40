"""The whole path in a real terminal: answer, quit, find it recorded; write a drill wrong, then right."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from terminal import Terminal, require_tmux

from drills.catalog import find_drill

SOLUTION = find_drill("attention").solution
WRONG = SOLUTION.replace(" / np.sqrt(q.shape[-1]).astype(q.dtype)", "")


def exported(home: Path) -> list[dict[str, Any]]:
    """The log as `preptrain export json` gives it."""
    done = subprocess.run(
        [sys.executable, "-m", "tui.cli", "--home", str(home), "export", "json"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PREPTRAIN_HOME": str(home)},
    )
    entries: list[dict[str, Any]] = json.loads(done.stdout)["entries"]
    return entries


def answer_a_choice(terminal: Terminal) -> None:
    """Begin, skip to a question with one right option, choose the first option and submit."""
    terminal.wait_for("Begin")
    terminal.press("Enter")
    screen = terminal.wait_for("left")
    for _ in range(60):
        if "Choose one." in screen:
            break
        terminal.press("C-n")
        screen = _next_screen(terminal, screen)
    terminal.press("1", "Enter")
    terminal.wait_for("✓ Right", "✗ Wrong")


def _next_screen(terminal: Terminal, before: str) -> str:
    for _ in range(400):
        screen = terminal.screen()
        if screen != before and "left" in screen:
            return screen
    raise AssertionError(f"the screen did not change:\n{before}")


def test_an_answer_is_recorded_and_found_again(home: Path) -> None:
    with Terminal(home) as terminal:
        answer_a_choice(terminal)
        terminal.press("C-q")
        assert terminal.wait_for_end() == 0
    (entry,) = exported(home)
    assert entry["item"].startswith("q:")
    assert entry["detail"]["answer"] is not None
    with Terminal(home) as terminal:
        screen = terminal.wait_for("answered today")
        assert "1  answered today" in screen


def test_sigkill_right_after_an_answer_loses_nothing(home: Path) -> None:
    with Terminal(home) as terminal:
        answer_a_choice(terminal)
        terminal.kill()
    assert len(exported(home)) == 1
    with Terminal(home) as terminal:
        terminal.wait_for("1  answered today")


def test_a_drill_wrong_then_right(home: Path) -> None:
    with Terminal(home) as terminal:
        terminal.wait_for("Begin")
        terminal.press("d")
        terminal.wait_for("Scaled dot-product attention", "Search")
        terminal.press("/")
        terminal.paste("scaled dot")
        terminal.wait_for("Scaled dot-product attention")
        terminal.press("Enter")  # from the search to the list
        for _ in range(100):
            terminal.press("Enter")  # and into the drill, once the list has the focus
            if "interviewer asks" in terminal.screen():
                break
        terminal.wait_for("interviewer asks")
        write_in_editor(terminal, WRONG)
        terminal.press("C-s")
        screen = terminal.wait_for("Wrong answer")
        assert "q = float64(1, 4)" in screen  # the counterexample
        terminal.press("F4")
        write_in_editor(terminal, SOLUTION)
        terminal.press("C-s")
        terminal.wait_for("✓ Passed")
        terminal.press("C-q")
        assert terminal.wait_for_end() == 0
    assert [(entry["item"], entry["detail"]["verdict"]) for entry in exported(home)] == [
        ("d:attention", "wrong"),
        ("d:attention", "pass"),
    ]
    assert SOLUTION in (home / "workspace" / "attention.py").read_text("utf-8")


def write_in_editor(terminal: Terminal, code: str) -> None:
    """Append `code`: in Python the last definition counts."""
    terminal.press("F4")
    terminal.wait_for("import numpy")
    terminal.press(*["PageDown"] * 8, "End")
    terminal.paste(f"\n\n{code}\n# written {len(code)}\n")
    terminal.wait_for(f"# written {len(code)}")


def test_both_languages_and_a_small_terminal(home: Path) -> None:
    with Terminal(home, "--language", "zh") as terminal:
        terminal.wait_for("开始")
        terminal.press("F2")
        terminal.wait_for("Begin")
        terminal.resize(40, 10)
        terminal.press("p")
        terminal.resize(80, 24)
        terminal.wait_for("Progress")
        terminal.press("Escape")
        terminal.wait_for("Begin")
        terminal.press("C-q")
        assert terminal.wait_for_end() == 0


def test_the_need_for_tmux_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(RuntimeError, match="apt-get install tmux"):
        require_tmux()
