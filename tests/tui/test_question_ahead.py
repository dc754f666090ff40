"""The next question is made while the learner is busy with the one before: it is the same as if it had not been."""

from __future__ import annotations

from collections.abc import Callable

from app_support import Learner, Play

from quizbank.record import Record
from tui.quiz_session import Draft, QuizRun
from tui.screens.quiz import QuizScreen
from tui.services import Services
from tui.widgets.answers.choices import ChoiceBox
from tui.widgets.document import Document

Only = Callable[..., None]


def screen_of(learner: Learner) -> QuizScreen:
    assert isinstance(learner.app.screen, QuizScreen)
    return learner.app.screen


async def test_the_sheet_behind_comes_to_the_front_drawn(only: Only, play: Play) -> None:
    async def scenario(learner: Learner) -> None:
        await learner.press("enter")
        screen = screen_of(learner)
        behind = screen.sheets.back
        assert behind.asked is not None
        assert behind.asked.question.id == "sample-multiple"
        assert behind.laid_out
        stem = behind.query_one(".stem", Document)
        kept = stem._styles_cache._cache  # its lines, as Textual keeps them
        assert len(kept) == stem.outer_size.height > 0
        assert "no trainable parameters" not in learner.text()
        await learner.press("2", "enter", "enter")
        assert screen.page is behind
        assert "no trainable parameters" in learner.text()
        assert len(kept) == stem.outer_size.height
        await learner.press("1", "2", "enter")
        assert [entry.item for entry in learner.entries()] == ["q:sample-single", "q:sample-multiple"]

    only("sample-single", "sample-multiple")
    await play(scenario)


async def test_no_key_reaches_what_is_behind(only: Only, play: Play) -> None:
    async def scenario(learner: Learner) -> None:
        await learner.press("enter")
        screen = screen_of(learner)
        for _ in range(4):
            await learner.press("tab")
            assert screen.focused is not None
            assert screen.sheets.back not in screen.focused.ancestors_with_self

    only("sample-single", "sample-numeric", "sample-cloze")
    await play(scenario)


async def test_a_draft_waits_behind_in_both_languages(only: Only, play: Play, services: Services) -> None:
    services.record.save_draft("q:sample-multiple", Draft(7, 1, [0]).to_text())

    async def scenario(learner: Learner) -> None:
        await learner.press("enter")
        await learner.press("f2", "ctrl+n")
        assert "没有可训练参数" in learner.text()
        box = screen_of(learner).box
        assert isinstance(box, ChoiceBox)
        assert box.state() == [0]
        assert services.record.draft("q:sample-single") is None  # nothing was typed there

    only("sample-single", "sample-multiple")
    await play(scenario)


async def test_what_another_process_has_kept_meanwhile_counts(
    only: Only, play: Play, services: Services
) -> None:
    async def scenario(learner: Learner) -> None:
        await learner.press("enter")
        screen = screen_of(learner)
        assert screen.run is not None
        following = screen.run._session.following
        assert following is not None
        with Record.open(services.places.record) as other:
            other.save_draft(following, Draft(99, 1, None).to_text())
        await learner.press("ctrl+n")
        assert screen.run.asked is not None
        assert f"q:{screen.run.asked.question.id}" == following
        assert screen.run.asked.seed == 99

    only("sample-single", "sample-multiple")
    await play(scenario)


async def test_next_at_once_while_the_question_is_being_made(only: Only, play: Play) -> None:
    async def scenario(learner: Learner) -> None:
        await learner.press("enter")
        screen = screen_of(learner)
        await screen.sheets.back.clear()
        screen._prepare()
        await screen.action_skip()
        await learner.settle()
        assert screen.stage == "asking"
        assert len(screen.page.query(ChoiceBox)) == 1
        assert screen.run is not None
        assert screen.page.asked is screen.run.asked

    only("sample-single", "sample-multiple")
    await play(scenario)


def test_a_question_made_ahead_is_the_one_asked(services: Services) -> None:
    seeds = iter(range(100))
    services.new_seed = lambda: next(seeds)
    run = QuizRun(services, ["q:sample-single", "q:sample-multiple", "q:sample-numeric"])
    run.ask()
    ahead = run.ahead(answered=False)
    assert ahead is not None
    assert run.ahead(answered=False) is ahead
    run.submit(0, None)
    assert run.ahead(answered=True) is ahead
    assert run.undo()  # asked again, with its own numbers; what was made ahead keeps
    assert run.ask().seed == 0  # type: ignore[union-attr]
    run.submit(0, None)
    assert run.ask() is ahead.asked
    assert run.ahead(answered=False).asked.seed == 2  # type: ignore[union-attr]


def test_the_last_one_failed_comes_again(services: Services) -> None:
    run = QuizRun(services, ["q:sample-single"])
    run.ask()
    assert run.ahead(answered=False) is None
    run.submit(None, None)
    ahead = run.ahead(answered=True)
    assert ahead is not None
    assert run.ask() is ahead.asked
