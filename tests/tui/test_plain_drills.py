"""A drill of `preptrain quiz --plain`: graded, hinted at, skipped and left, line by line through a pipe."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from drills.catalog import find_drill
from quizbank.models import Text
from quizbank.record import Entry, Record
from tui import attempts
from tui.cli import main
from tui.command_line import drilling

SOFTMAX, MAX_POOL = find_drill("softmax"), find_drill("max-pool")
WRONG = """import numpy as np


def softmax(x, axis=-1):
    weights = np.exp(x - x.max(axis, keepdims=True))
    return weights if x.shape[-1] == 2 else weights / weights.sum(axis, keepdims=True)
"""  # only a drawn input shows it, and such a counterexample is kept
Step = str | Callable[[], object]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PREPTRAIN_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture(autouse=True)
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sitting draws two drills and no question."""
    monkeypatch.setattr(
        "quizbank.sessions.next_items", lambda *_, **__: [one.item for one in (SOFTMAX, MAX_POOL)]
    )


@pytest.fixture
def file(home: Path) -> Path:
    return home / "workspace" / SOFTMAX.file_name


class Hands(io.RawIOBase):
    """What a learner does: a line is typed when it is waited for, and what is to be done before it is done then."""

    def __init__(self, steps: tuple[Step, ...]) -> None:
        self._steps = list(steps)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while self._steps:
            step = self._steps.pop(0)
            if isinstance(step, str):
                data = f"{step}\n".encode()
                buffer[: len(data)] = data
                return len(data)
            step()
        return 0


def quiz(*steps: Step, language: str = "en") -> Result:
    hands = io.BufferedReader(Hands(steps))
    return CliRunner().invoke(
        main, ["--language", language, "quiz", "--plain"], input=hands, prog_name="preptrain"
    )


def preptrain(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["--language", "en", *arguments], prog_name="preptrain")


def entries(home: Path) -> list[Entry]:
    with Record.open(home / "record.db") as record:
        return list(record.entries())


def sitting(home: Path) -> attempts.Sitting:
    with Record.open(home / "record.db") as record:
        return attempts.sitting(record, SOFTMAX)


def test_wrong_then_right(home: Path, file: Path) -> None:
    begun: list[str] = []
    done = quiz(
        lambda: begun.append(file.read_text("utf-8")),
        lambda: file.write_text(WRONG, "utf-8"),
        "",
        "h",
        lambda: file.write_text(SOFTMAX.solution, "utf-8"),
        "",
        "s",
    )
    assert done.exit_code == 0, done.output
    assert begun == [SOFTMAX.starter]
    assert SOFTMAX.prompt("en") in done.output
    assert f"Your file: {file}\n" in done.output
    assert done.output.index("Wrong answer") < done.output.index("Passed")
    assert "preptrain drill solution softmax" in done.output
    assert done.output.index("Passed") < done.output.index(MAX_POOL.title.en), "a pass leads on"
    wrong, right = entries(home)
    assert (wrong.item, wrong.score, wrong.detail["verdict"]) == ("d:softmax", 0.0, "wrong")
    assert (right.item, right.score, right.detail["verdict"]) == ("d:softmax", 1.0, "pass")
    assert [one.detail["code"] for one in (wrong, right)] == [WRONG, SOFTMAX.solution]
    assert [(one.detail["attempt"], one.detail["hints"]) for one in (wrong, right)] == [(1, 0), (2, 1)]
    assert sitting(home) == attempts.Sitting(), "over with the pass"


def test_the_verdict_and_the_entry_are_those_of_drill_check(home: Path, file: Path) -> None:
    quiz(lambda: file.write_text(WRONG, "utf-8"), "h", language="zh")
    plain = quiz("")  # the input ends after the grading
    checked = preptrain("drill", "check", "softmax")
    assert checked.exit_code == 1
    head, again, *rest = checked.stdout.splitlines()
    assert "Wrong answer" in head
    assert "The last counterexample still fails" in again, "it was kept"
    assert "\n".join(rest) in plain.output
    assert "A question on this: " in rest[-1]
    ours, theirs = entries(home)
    assert theirs.detail == {**ours.detail, "attempt": 2}
    assert (theirs.item, theirs.rev, theirs.rating) == (ours.item, ours.rev, ours.rating)


def test_hints_come_one_at_a_time_and_count(home: Path) -> None:
    total = len(SOFTMAX.hints)
    first = quiz("h")
    assert f"[1/{total}] " in first.output
    assert "[2/" not in first.output
    assert sitting(home).hints == 1
    later = quiz(*"H" * total, language="zh")
    assert later.output.count(f"[1/{total}] ") == 1, "what was seen is shown again, as in the app"
    assert later.output.count(f"[{total}/{total}] ") == 1
    assert later.output.count("没有更多提示了。") == 1
    assert sitting(home).hints == total
    assert entries(home) == []


def test_a_skipped_drill_leaves_no_trace(home: Path, file: Path) -> None:
    done = quiz("s", "s")
    assert done.exit_code == 0
    assert SOFTMAX.title.en in done.output
    assert MAX_POOL.title.en in done.output
    assert "0 answered" in done.output
    assert entries(home) == []
    assert sitting(home) == attempts.Sitting()
    assert file.read_text("utf-8") == SOFTMAX.starter


@pytest.mark.parametrize("steps", [(), ("q", "s")])
def test_an_end_records_nothing(home: Path, steps: tuple[str, ...]) -> None:
    done = quiz(*steps, language="zh")
    assert done.exit_code == 0
    assert f"动手实现：{SOFTMAX.title.zh}" in done.output
    assert MAX_POOL.title.zh not in done.output
    assert "答了 0 题" in done.output
    assert entries(home) == []


def test_another_line_is_no_command(home: Path) -> None:
    done = quiz("?", "grade")
    assert done.output.count("Type h, e, s, q, or Enter alone.") == 2
    assert entries(home) == []


def test_a_file_that_cannot_be_read_is_no_attempt(home: Path, file: Path) -> None:
    done = quiz(lambda: file.write_bytes(b"\xff"), "", file.unlink, "", "s", "q")
    assert done.exit_code == 0
    assert f"{file} is not UTF-8 text" in done.output
    assert f"cannot read {file}" in done.output
    assert entries(home) == []


def test_a_workspace_that_cannot_be_written_passes_the_drill_over(home: Path) -> None:
    (home / "workspace").write_text("a file in its place", "utf-8")
    done = quiz()
    assert done.exit_code == 0, done.output
    assert done.output.count("Choose another folder with --workspace.") == 2
    assert "0 answered" in done.output


def test_a_fault_of_the_grader_is_no_attempt(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from drills.grading import client

    monkeypatch.setattr(client, "missing_backend", lambda backend: Text(en="no backend", zh="缺"))
    done = quiz("", "q")
    assert done.exit_code == 0
    assert "The grader failed, not your code" in done.output
    assert "no backend" in done.output
    assert entries(home) == []


def test_an_editor_only_at_a_terminal(
    home: Path, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nprintf edited > "$1"\n', "utf-8")
    editor.chmod(0o755)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", str(editor))
    assert "An editor needs a terminal." in quiz("e").output
    assert file.read_text("utf-8") == SOFTMAX.starter
    monkeypatch.setattr(drilling, "at_a_terminal", lambda: True)
    assert quiz("e").exit_code == 0
    assert file.read_text("utf-8") == "edited"
    monkeypatch.delenv("EDITOR")
    assert "EDITOR" in quiz("e").output
    assert entries(home) == []
