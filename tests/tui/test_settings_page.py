"""The page of settings: changed in place, kept at once, in the file or in the record."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from app_support import Learner, Play

from quizbank.errors import RecordError
from quizbank.goals import Goal
from quizbank.record import Record
from quizbank.scheduling import learner_day
from tui.screens.settings import SettingsScreen
from tui.services import Services


async def test_values_are_changed_and_kept(play: Play, services: Services) -> None:
    async def scenario(learner: Learner) -> None:
        await learner.press("s")
        assert isinstance(learner.app.screen, SettingsScreen)
        await learner.press("right")
        assert learner.app.language == "zh"
        assert "设置" in learner.text()
        await learner.press("left", "down", "right")
        assert learner.app.theme == "preptrain-light"
        await learner.press("down", "right", "down", "right", "right")
        assert services.settings.new_per_day == 20
        assert services.settings.drill_share == 30
        await learner.press("backspace")
        assert services.settings.drill_share == 10
        await learner.press("down", "right")
        await learner.settle()
        assert services.record.schedule.retention == 0.92

    await play(scenario)
    kept = json.loads(services.places.settings.read_text("utf-8"))
    assert (kept["language"], kept["theme"], kept["new_per_day"]) == ("en", "preptrain-light", 20)


async def test_the_interview_is_set_moved_and_taken_back(play: Play, services: Services) -> None:
    today = learner_day(services.now())

    async def scenario(learner: Learner) -> None:
        await learner.press("s", "6", "right")
        assert Goal.from_json(services.record.setting("goal")) == Goal(today + timedelta(days=14))
        await learner.press("right", "down", "right", "right")
        assert Goal.from_json(services.record.setting("goal")) == Goal(today + timedelta(days=15), "applied")
        await learner.press("escape")
        assert "days to the interview" in learner.text()
        await learner.press("s", "6", "backspace")
        assert services.record.setting("goal") is None

    await play(scenario)


async def test_what_cannot_be_kept_is_told(
    play: Play, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise RecordError("the disk is full", "磁盘已满")

    async def scenario(learner: Learner) -> None:
        await learner.press("s", "6")
        monkeypatch.setattr(Record, "change_setting", full)
        await learner.press("right")
        assert "the disk is full" in learner.text()

    await play(scenario)
