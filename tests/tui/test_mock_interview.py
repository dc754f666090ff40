"""The mock interview: nothing told before the end, then a report that is kept."""

from __future__ import annotations

import pytest
from app_support import FakeGrader, Learner, Play, a_report

from quizbank.entries import Entry
from quizbank.record import Record
from tui.mock_session import interviews
from tui.screens.dialog import Dialog
from tui.screens.mock import MockScreen
from tui.services import Services


async def through(learner: Learner, grader: FakeGrader) -> MockScreen:
    """Answers nothing but the deep question and the drill, up to the report."""
    await learner.press("m", "enter")
    screen = learner.app.screen
    assert isinstance(screen, MockScreen)
    while screen.stage != "report":
        assert screen.run is not None
        if screen.stage == "ticking":
            await learner.press("1", "enter")
        elif screen.run.step is None:
            await learner.settle()
        elif screen.run.step.kind == "quick":
            await learner.press("f8")
        else:
            await learner.press("x", "y", "ctrl+s")
    return screen


async def test_from_the_first_question_to_the_report(
    play: Play, services: Services, grader: FakeGrader
) -> None:
    grader.reports = [a_report("max-pool", passed=True)]

    async def scenario(learner: Learner) -> None:
        screen = await through(learner, grader)
        text = learner.text()
        assert "Mock interview" in text
        assert "Missing or wrong this time" in text
        assert screen.done is not None
        assert [outcome.answer for outcome in screen.done.outcomes if outcome.kind == "quick"] == [None] * (
            len(screen.done.outcomes) - sum(o.kind != "quick" for o in screen.done.outcomes)
        )
        await learner.press("f2")
        assert "模拟面试" in learner.text()
        await learner.press("escape", "m")
        assert "Earlier interviews" in learner.text() or "以往的模拟面试" in learner.text()

    await play(scenario)
    (kept,) = interviews(services.record)
    assert kept.part("drill") in (None, 1.0)
    answered = [entry.item for entry in services.record.entries()]
    assert answered[-1] == f"m:{kept.id}"
    assert {item[:2] for item in answered[:-1]} <= {"q:", "d:"}
    assert services.record.card(f"m:{kept.id}") is None


async def test_nothing_is_told_or_kept_before_the_end(play: Play, services: Services) -> None:
    async def scenario(learner: Learner) -> None:
        await learner.press("m", "enter", "f8")
        assert "✗" not in learner.text()
        assert "Wrong" not in learner.text()
        await learner.press("escape")
        assert isinstance(learner.app.screen, Dialog)
        await learner.press("n")
        assert isinstance(learner.app.screen, MockScreen)
        await learner.press("escape", "y")
        assert not isinstance(learner.app.screen, MockScreen)

    await play(scenario)
    assert list(services.record.entries()) == []


async def test_a_grader_that_fails_costs_the_drill_not_the_interview(
    play: Play, services: Services, grader: FakeGrader
) -> None:
    grader.reports = [RuntimeError("no grader")]

    async def scenario(learner: Learner) -> None:
        screen = await through(learner, grader)
        assert screen.done is not None

    await play(scenario)
    assert len(interviews(services.record)) == 1


def test_a_report_is_no_answer(services: Services) -> None:
    from datetime import UTC, datetime

    from quizbank.record import new_entry

    now = datetime.now(UTC)
    entry: Entry = new_entry("m:1", rev=1, score=0.5, rating=1, seconds=9, now=now, detail={"a": 1})
    record: Record = services.record
    with pytest.raises(ValueError, match="answers"):
        record.append(entry)
    record.keep_report(entry)
    assert record.cards() == {}
    assert record.days() == []
    assert record.undo(now) is None
    record.rebuild()
    assert [one.item for one in record.reports()] == ["m:1"]
    assert interviews(record) == [], "it is no interview either, and is left out"
