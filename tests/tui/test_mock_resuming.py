"""A mock interview outlives the app: killed anywhere, it is offered, gone on with or discarded; nothing is told early."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from app_support import FakeGrader, Learner, a_report
from conftest import MORNING
from mock_support import (
    TYPED,
    all_asked,
    begun,
    go_on,
    in_the_field,
    killed,
    page,
    run_of,
    saved,
    to,
    type_something,
)

from quizbank.collection import Bank
from quizbank.errors import RecordError
from quizbank.record import Record
from tui import mock_saved
from tui.mock_resuming import take_up
from tui.mock_session import MockRun, interviews
from tui.screens.dialog import Dialog
from tui.screens.quiz import QuizScreen
from tui.screens.today import TodayScreen
from tui.services import Services


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.screens.mock.KEEP_AFTER", 0.001)


@pytest.fixture
def services(services: Services, sample_bank: Bank) -> Services:
    all_asked(services, sample_bank)
    return services


@pytest.mark.slow
async def test_killed_at_every_step_nothing_is_lost(services: Services, grader: FakeGrader) -> None:
    grader.reports = [a_report("max-pool", passed=True)]
    kept: list[Any] = []
    steps = 0

    async def first(learner: Learner) -> None:
        nonlocal steps
        await begun(learner)
        steps = len(run_of(learner).steps)
        await type_something(learner)
        kept.append(in_the_field(learner))

    async def later(learner: Learner) -> None:
        await go_on(learner)
        assert run_of(learner).place == min(len(kept) - 1, steps)
        assert in_the_field(learner) == kept[-1] is not None
        if run_of(learner).step is not None and run_of(learner).step.kind == "quick":  # type: ignore[union-attr]
            await learner.press("f8")
        else:
            await learner.press("ctrl+s")
        if page(learner).stage != "report":
            await type_something(learner)
            kept.append(in_the_field(learner))

    services = await killed(services, first)
    while mock_saved.stored(services.record) is not None:
        assert list(services.record.entries()) == [], "nothing is graded or written before the end"
        services = await killed(services, later)
    assert steps == len(TYPED) + 2, "each kind, with the follow-up and the drill"
    assert len(kept) == steps + 2, "every step, and two answers in words to tick"
    (done,) = interviews(services.record)
    assert len(done.outcomes) == steps
    deep = next(one for one in done.outcomes if one.kind == "deep")
    assert deep.answer == {"text": "qk\ns", "ticked": [0]}
    assert next(one for one in done.outcomes if one.kind == "drill").score == 1.0
    assert len({entry.item for entry in services.record.entries()}) == len(list(services.record.entries()))
    services.close()


async def test_the_plan_is_the_same_and_the_time_away_does_not_count(services: Services) -> None:
    async def a_while(learner: Learner) -> None:
        await begun(learner)
        services.now = lambda: MORNING + timedelta(minutes=2)
        await learner.press("f8")
        services.now = lambda: MORNING + timedelta(minutes=5)
        page(learner)._tick_clock()

    services = await killed(services, a_while)
    state = saved(services)
    assert (state["minutes"], state["role"], state["place"]) == (45, None, 1)
    assert (state["elapsed"], state["spent"]) == (300, 180)
    assert state["given"][0] == {"answer": None, "seconds": 120, "ticked": None}
    services.now = lambda: MORNING + timedelta(hours=8)

    async def back(learner: Learner) -> None:
        (notice,) = learner.app._notifications
        assert notice.message.startswith("A mock interview is unfinished: M to go on")
        await learner.press("m")
        text = learner.text()
        assert "Begun 2026-11-23 09:30, 45 min, role: any." in text
        assert f"Answered 1 of {len(state['steps'])}, 40:00 left." in " ".join(text.split())
        assert "✓" not in text
        assert "✗" not in text
        await learner.press("f2")
        assert f"已答 1/{len(state['steps'])}，剩余 40:00" in "".join(learner.text().split("\n")).replace(
            "  ", ""
        )
        services.now = lambda: MORNING + timedelta(hours=9)
        await learner.press("enter")
        assert json.loads(run_of(learner).to_text())["steps"] == state["steps"]
        assert "40:00" in learner.text()
        services.now = lambda: MORNING + timedelta(hours=9, minutes=1)
        await learner.press("f8")
        assert run_of(learner).given[1].seconds == 240
        page(learner)._show_clock()
        assert "39:00" in learner.text()

    services = await killed(services, back)
    services.close()


async def test_what_is_typed_is_kept_by_a_pause_not_by_each_key(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.screens.mock.KEEP_AFTER", 60)
    written: list[str] = []
    keep = mock_saved.keep

    def counted(record: Record, text: str) -> None:
        written.append(text)
        keep(record, text)

    monkeypatch.setattr(mock_saved, "keep", counted)

    async def scenario(learner: Learner) -> None:
        await begun(learner)
        await to("deep", learner)
        before = len(written)
        assert saved(learner.app.services)["place"] == run_of(learner).place == 8, "an answer is kept at once"
        await learner.type("a long answer")
        assert len(written) == before
        page(learner).keep()
        assert saved(learner.app.services)["typed"] == "a long answer"

    services = await killed(services, scenario)
    services.close()


async def test_escape_keeps_it_and_discarding_leaves_nothing(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.screens.mock.KEEP_AFTER", 60)

    async def scenario(learner: Learner) -> None:
        await begun(learner)
        await to("deep", learner)
        await learner.type("half")
        await learner.press("escape", "y")
        assert isinstance(learner.app.screen, TodayScreen)
        await learner.press("m")
        assert page(learner).stage == "offering"
        await learner.press("2", "enter", "n")
        assert page(learner).stage == "offering"
        await learner.press("1", "enter")
        assert in_the_field(learner) == "half"
        await learner.press("escape", "y", "m", "2", "enter", "y")
        assert page(learner).stage == "choosing"
        await learner.press("escape", "m")
        assert page(learner).stage == "choosing"

    services = await killed(services, scenario)
    assert mock_saved.stored(services.record) is None
    assert list(services.record.entries()) == []
    assert {path.name for path in services.places.home.glob("mock-*")} == set()
    services.close()


async def test_a_page_opened_over_it_loses_nothing(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.screens.mock.KEEP_AFTER", 60)

    async def scenario(learner: Learner) -> None:
        await begun(learner)
        await to("drill", learner)
        await learner.press("x")
        learner.app.action_goto("quiz")
        await learner.settle()
        assert isinstance(learner.app.screen, QuizScreen)
        await learner.press("escape")
        await go_on(learner)
        assert str(in_the_field(learner)).startswith("x")

    (await killed(services, scenario)).close()


# --- the end


def finished(services: Services, run: MockRun) -> MockRun:
    """Everything answered and settled."""
    for minute in range(1, len(run.steps) + 1):
        services.now = lambda minute=minute: MORNING + timedelta(minutes=minute)  # type: ignore[misc]
        assert run.step is not None
        run.answer(None if run.step.kind == "quick" else "some words that are long enough for a good answer")
    for index in run.to_tick():
        run.tick(index, [0])
    coding = run.coding()
    assert coding is not None
    run.settle(coding[0], a_report("max-pool", passed=True))
    return run


async def test_one_that_was_finished_is_not_offered_again(services: Services) -> None:
    run = finished(services, MockRun.planned(services, minutes=45, role=None))
    text = run.to_text()
    run.finish(services.record)
    mock_saved.keep(services.record, text)

    async def scenario(learner: Learner) -> None:
        await learner.press("m")
        assert page(learner).stage == "choosing"

    services = await killed(services, scenario)
    assert mock_saved.stored(services.record) is None
    services.close()


@pytest.mark.parametrize("writes", range(1, 13))
def test_killed_while_it_is_written_nothing_is_written_twice(
    writes: int, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = finished(services, MockRun.planned(services, minutes=45, role=None))
    services.now = lambda: MORNING + timedelta(minutes=30)
    run.keep(services.record)
    left = writes
    for name in ("append", "keep_report", "save_draft"):
        write = getattr(Record, name)

        def counted(*arguments: Any, write: Any = write) -> Any:
            nonlocal left
            left -= 1
            if left == 0:
                raise RecordError("killed", "已终止")
            return write(*arguments)

        monkeypatch.setattr(Record, name, counted)
    try:
        run.finish(services.record)
    except RecordError:
        found = take_up(services, mock_saved.stored(services.record) or "")
        assert found.run is not None
        services.now = lambda: MORNING + timedelta(days=1)
        coding = found.run.coding()
        assert coding is not None
        found.run.settle(coding[0], a_report("max-pool", passed=True))
        found.run.finish(services.record)
    assert mock_saved.stored(services.record) is None
    items = [entry.item for entry in services.record.entries()]
    assert len(items) == len(set(items)) == len(run.steps)  # a follow-up has no entry, the report has one
    assert len(interviews(services.record)) == 1


async def test_a_record_that_cannot_be_written_is_told_once(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise RecordError("the disk is full", "磁盘已满")

    told: list[object] = []

    async def scenario(learner: Learner) -> None:
        await begun(learner)
        monkeypatch.setattr(learner.app, "report", lambda error, phrase: told.append(phrase))
        with monkeypatch.context() as patched:
            patched.setattr(mock_saved, "keep", full)
            await learner.press("f8", "f8")
            assert len(told) == 1
        await learner.press("f8")
        assert saved(learner.app.services)["place"] == 3, "all is kept once it can be"

    (await killed(services, scenario)).close()


# --- what is said


async def test_no_notice_where_nothing_is_unfinished(services: Services) -> None:
    async def scenario(learner: Learner) -> None:
        assert not list(learner.app._notifications)
        await learner.press("m")
        assert not isinstance(learner.app.screen, Dialog)
        assert page(learner).stage == "choosing"

    (await killed(services, scenario)).close()
