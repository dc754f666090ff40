"""The page of settings: changed in place, kept at once, in the file or in the record."""

from __future__ import annotations

import json
import threading
from datetime import datetime, timedelta

import pytest
from app_support import Learner, Play

from quizbank.errors import RecordError
from quizbank.goals import Goal
from quizbank.record import Progress, Record, new_entry
from quizbank.scheduling import learner_day
from quizbank.tables import STALE
from tui.rescheduling import Rescheduling
from tui.screens.settings import SettingList, SettingsScreen
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


class Held(Record):
    """Goes on with the days that follow another retention only when it is let."""

    reached = threading.Event()
    let = threading.Event()

    def set_retention(
        self, retention: float, now: datetime | None = None, progress: Progress | None = None
    ) -> None:
        def held(rows: int, of: int) -> None:
            assert progress is not None
            progress(rows, of)
            self.reached.set()
            self.let.wait(60)

        super().set_retention(retention, now, held)


@pytest.fixture
def held(services: Services, monkeypatch: pytest.MonkeyPatch) -> type[Held]:
    """A record of some answers, told after each of them."""
    for day in range(4):
        for item in ("q:sample-single", "q:sample-numeric"):
            services.record.append(
                new_entry(
                    item, rev=1, score=1, rating=3, seconds=9, now=services.now() + timedelta(days=9 * day)
                )
            )
    monkeypatch.setattr("quizbank.record.REPORTED", 1)
    monkeypatch.setattr(Held, "reached", threading.Event())
    monkeypatch.setattr(Held, "let", threading.Event())
    services.own_record = lambda: Held.open(services.places.record)  # type: ignore[method-assign]
    return Held


def due_days(services: Services) -> dict[str, datetime]:
    return {item: card.due for item, card in services.record.cards().items()}


async def until(learner: Learner, text: str) -> None:
    for _ in range(200):
        if text in learner.text():
            return
        await learner.pilot.pause()
    assert text in learner.text()


async def test_how_far_the_days_follow_is_shown(play: Play, services: Services, held: type[Held]) -> None:
    before = due_days(services)

    async def scenario(learner: Learner) -> None:
        await learner.press("s", "5")
        await learner.pilot.press("right")
        await until(learner, "12% done")
        assert "leaving is safe" in learner.text()
        assert services.record.schedule.retention == 0.92  # at once; the days follow
        assert due_days(services) == before
        await learner.pilot.press("f2", "up")  # keys work meanwhile
        await until(learner, "已完成 12%")
        assert learner.app.screen.query_one(SettingList).cursor == 3
        await learner.pilot.press("escape", "s")  # so does another page; one comes back to where it is
        await until(learner, "已完成 12%")
        held.let.set()
        await learner.settle()
        assert "已完成" not in learner.text()
        assert not services.rescheduling.is_running

    await play(scenario)
    with Record.open(services.places.record) as record:
        after = {item: card.due for item, card in record.cards().items()}
        assert all(after[item] < before[item] for item in before)
        assert record.setting(STALE) is None


async def test_the_value_last_chosen_counts(play: Play, services: Services, held: type[Held]) -> None:
    async def scenario(learner: Learner) -> None:
        await learner.press("s", "5")
        await learner.pilot.press("right")
        await until(learner, "12% done")
        await learner.pilot.press("right", "left", "left", "left")
        await until(learner, "85%")
        held.let.set()
        await learner.settle()
        assert services.record.schedule.retention == 0.85

    await play(scenario)
    with Record.open(services.places.record) as record:
        kept = {item: card.due for item, card in record.cards().items()}
        record.rebuild()
        assert {item: card.due for item, card in record.cards().items()} == kept
        assert record.setting(STALE) is None


def test_closed_in_between_the_days_follow_at_the_next_opening(services: Services, held: type[Held]) -> None:
    before = due_days(services)
    services.rescheduling.change(0.97)
    assert held.reached.wait(60)
    services.rescheduling._closed = True  # as `close` begins; it waits for the thread then
    held.let.set()
    services.rescheduling.close()
    assert services.record.setting(STALE) is not None
    assert due_days(services) == before
    services.close()
    with Record.open(services.places.record) as record:
        assert record.schedule.retention == 0.97
        assert all(card.due < before[item] for item, card in record.cards().items())


def test_the_time_left_is_told_when_it_can_be_known(services: Services) -> None:
    spent = iter([0.2, 4.0, 20.0])
    work = Rescheduling(services.own_record, services.now, lambda: next(spent))
    work._passed, work._rows = 100, 1000
    assert "10% done." in work.progress().en
    assert "10% done, 36 s left." in work.progress().en
    assert "已完成 10%，还剩 3 分钟。" in work.progress().zh


@pytest.mark.parametrize("at_once", [False, True])
async def test_a_failure_is_told(
    play: Play, services: Services, monkeypatch: pytest.MonkeyPatch, at_once: bool
) -> None:
    """Also where the thread is done before the app has said anything of the change."""
    change = Rescheduling.change

    def full(*_: object) -> None:
        raise RecordError("the disk is full", "磁盘已满")

    def change_and_wait(work: Rescheduling, retention: float) -> None:
        change(work, retention)
        assert work._thread is not None
        work._thread.join(60)

    async def scenario(learner: Learner) -> None:
        await learner.press("s", "5")
        monkeypatch.setattr(Record, "set_retention", full)
        if at_once:
            monkeypatch.setattr(Rescheduling, "change", change_and_wait)
        await learner.press("right")
        assert "the disk is full" in learner.text()
        assert services.record.schedule.retention == 0.9
        assert "90%" in learner.text()

    await play(scenario)
