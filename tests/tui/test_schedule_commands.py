"""`preptrain goal`, `schedule` and `record`: what they print, change, and how they fail."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from quizbank.record import Record, new_entry
from quizbank.scheduling import learner_day
from tui.cli import main

NOW = datetime.now().astimezone()


def preptrain(*arguments: str, language: str = "en") -> Result:
    return CliRunner().invoke(main, ["--language", language, *arguments], prog_name="preptrain")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PREPTRAIN_HOME", str(tmp_path))
    with Record.open(tmp_path / "record.db") as record:
        for item, days, rating in (("q:lora-merge", 9, 3), ("q:lora-merge", 2, 1), ("d:attention", 1, 4)):
            record.append(
                new_entry(
                    item, rev=1, score=rating > 1, rating=rating, seconds=20, now=NOW - timedelta(days=days)
                )
            )
    return tmp_path


def test_a_goal_is_set_shown_and_forgotten(home: Path) -> None:
    assert "No goal" in preptrain("goal").output
    day = learner_day(NOW) + timedelta(days=21)
    result = preptrain("goal", "--date", day.isoformat(), "--role", "applied")
    assert result.exit_code == 0, result.output
    assert f"Interview on {day} · applied: 21 days left" in result.output
    shown = json.loads(preptrain("goal", "--json").output)
    assert (shown["day"], shown["role"], shown["days_left"]) == (day.isoformat(), "applied", 21)
    assert all(
        0 <= row["if_stopped"] <= row["if_kept"] + 1e-9 <= 1 + 1e-9 for row in shown["tracks"].values()
    )
    assert sum(row["new"] for row in shown["tracks"].values()) > 300
    assert "还有 21 天" in preptrain("goal", language="zh").output
    assert preptrain("goal", "--clear").exit_code == 0
    assert "No goal" in preptrain("goal").output


@pytest.mark.parametrize("day", ["soon", "2026-13-01", "2020-01-01"])
def test_a_day_that_is_none_changes_nothing(home: Path, day: str) -> None:
    result = preptrain("goal", "--date", day)
    assert result.exit_code == 2
    assert day in result.output
    assert "No goal" in preptrain("goal").output


def test_the_retention_moves_due_days(home: Path) -> None:
    with Record.open(home / "record.db") as record:
        before = record.card("d:attention")
    assert preptrain("schedule", "retention", "0.97").exit_code == 0
    with Record.open(home / "record.db") as record:
        after = record.card("d:attention")
    assert before is not None
    assert after is not None
    assert after.due < before.due
    assert "97%" in preptrain("schedule", "show").output
    assert preptrain("schedule", "retention", "1").exit_code == 2


def test_too_little_to_fit(home: Path) -> None:
    result = preptrain("schedule", "optimise")
    assert result.exit_code == 2
    assert "400 reviews" in result.output
    assert preptrain("schedule", "restore").exit_code == 1
    assert preptrain("schedule", "resume", "q:lora-merge").exit_code == 1


def test_undo_redo_rebuild_backup(home: Path) -> None:
    assert "Undone: d:attention" in preptrain("record", "undo").output
    assert "Redone: d:attention" in preptrain("record", "redo").output
    assert preptrain("record", "redo").exit_code == 1
    assert "2 cards" in preptrain("record", "rebuild").output
    listed = preptrain("record", "backup").output.splitlines()
    assert len(listed) == 1, "once a day"
    assert Path(listed[0]).is_file()


def test_merging_a_laptop(home: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    laptop = tmp_path_factory.mktemp("laptop") / "record.db"
    with Record.open(laptop) as record:
        record.append(new_entry("q:other", rev=1, score=1, rating=3, seconds=9, now=NOW))
    assert "1 new entries" in preptrain("record", "merge", str(laptop)).output
    assert "0 new entries" in preptrain("record", "merge", str(laptop)).output
    assert preptrain("record", "merge", str(laptop) + "x").exit_code == 2
