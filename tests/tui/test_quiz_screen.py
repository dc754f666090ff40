"""The quiz page: every kind is answered by keys alone, and the record holds what was answered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from app_support import Learner, Play

from quizbank.errors import RecordError
from quizbank.record import Entry
from quizbank.scheduling import Card
from tui.messages import language_of
from tui.screens.quiz import QuizScreen
from tui.services import Services
from tui.widgets.answers import AnswerBox
from tui.widgets.fields import Field, Notes
from tui.widgets.rows import RowList

# The seed is 7: options stand as in the file, and elsewhere
# multiple [2, 3, 0, 1], order [2, 0, 1, 3], match [1, 0, 2, 3], find_error [1, 2, 0].
RIGHT: dict[str, tuple[list[str], Any]] = {
    "sample-single": (["1", "enter"], 0),
    "sample-multiple": (["3", "down", "space", "enter"], [0, 1]),
    "sample-numeric": (["1", "4", "enter"], "14"),
    "sample-cloze": (["b", "enter", "a", "enter"], {"zero": "b", "random": "a"}),
    "sample-order": (["K", "down", "K", "down", "shift+down", "enter"], None),
    "sample-match": (["b", "a", "c", "enter"], [0, 1, 2]),
    "sample-recall": (
        ["a", "b", "ctrl+s", "1", "2", "enter"],
        {"text": "ab", "ticked": [0, 1]},
    ),
    "sample-snippet": (["[", "3", ",", "space", "4", ",", "space", "5", "]", "ctrl+s"], "[3, 4, 5]"),
    "sample-find-error": (["2", "enter", "3", "enter"], {"segment": 1, "correction": 0}),
}
RIGHT["sample-order"] = (["down", "K", "down", "down", "K", "J", "K", "enter"], None)
WRONG: dict[str, tuple[list[str], float]] = {
    "sample-single": (["2", "enter"], 0.0),
    "sample-multiple": (["1", "3", "enter"], 0.0),
    "sample-numeric": (["7", "enter"], 0.0),
    "sample-cloze": (["b", "enter", "b", "enter"], 0.5),
    "sample-order": (["enter"], 4 / 6),
    "sample-match": (["b", "d", "c", "ctrl+s"], 2 / 3),
    "sample-recall": (["a", "ctrl+s", "3", "ctrl+s"], 1 / 6),
    "sample-snippet": (["3", "ctrl+s"], 0.0),
    "sample-find-error": (["down", "down", "enter", "1", "enter"], 0.5),
}
Only = Callable[..., None]


def screen_of(learner: Learner) -> QuizScreen:
    assert isinstance(learner.app.screen, QuizScreen)
    return learner.app.screen


@pytest.mark.parametrize(
    "question", ["sample-single", "sample-multiple", "sample-order", "sample-match", "sample-find-error"]
)
async def test_rows_do_not_scroll_the_question_away(
    question: str, only: Only, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether Textual scrolls to what has the focus depends on when it is drawn, so the asking is looked at too."""
    asked: list[bool] = []
    focus = RowList.focus

    def watched(rows: RowList, scroll_visible: bool = True) -> RowList:
        asked.append(scroll_visible)
        return focus(rows, scroll_visible)

    async def scenario(learner: Learner) -> None:
        await learner.press("enter")
        page = screen_of(learner).page
        assert page.max_scroll_y > 0
        assert page.scroll_y == 0
        assert asked == [False]

    only(question)
    monkeypatch.setattr(RowList, "focus", watched)
    await play(scenario, size=(34, 9))


@pytest.mark.parametrize("question", sorted(RIGHT))
async def test_a_right_answer(question: str, only: Only, play: Play) -> None:
    keys, wanted = RIGHT[question]

    async def scenario(learner: Learner) -> None:
        await learner.press("enter")
        assert screen_of(learner).stage == "asking"
        if question == "sample-order":
            await put_in_order(learner)
        else:
            await learner.press(*keys)
        assert screen_of(learner).stage == "graded"
        (entry,) = learner.entries()
        assert entry.item == f"q:{question}"
        assert entry.score == pytest.approx(1.0 if question != "sample-recall" else 4 / 6)
        assert entry.seed == 7
        if wanted is not None:
            assert entry.detail == {"answer": wanted}
        assert "✓ Right" in learner.text()

    only(question)
    await play(scenario)


async def put_in_order(learner: Learner) -> None:
    """[2, 0, 1, 3] into [0, 1, 2, 3]: the first row two places down."""
    await learner.press("J", "shift+down", "enter")
    assert learner.entries()[0].detail == {"answer": [0, 1, 2, 3]}


@pytest.mark.parametrize("question", sorted(WRONG))
async def test_a_wrong_answer_is_explained_and_asked_again(question: str, only: Only, play: Play) -> None:
    keys, score = WRONG[question]

    async def scenario(learner: Learner) -> None:
        await learner.press("enter", *keys)
        (entry,) = learner.entries()
        assert entry.score == pytest.approx(score)
        shown = learner.text()
        assert ("◐ Partly right" if score else "✗ Wrong") in shown
        await learner.press("enter")
        if score < 0.6:
            assert screen_of(learner).stage == "asking"
            assert "once more" in learner.text()
        else:
            assert screen_of(learner).stage == "over"

    only(question)
    await play(scenario)


@pytest.mark.parametrize("question", sorted(RIGHT))
async def test_nothing_is_graded_before_there_is_an_answer(question: str, only: Only, play: Play) -> None:
    async def scenario(learner: Learner) -> None:
        await learner.press("enter", "ctrl+s")
        assert screen_of(learner).stage == "asking"
        assert "! " in learner.text()
        assert learner.entries() == []

    if question != "sample-order":  # any order is an answer
        only(question)
        await play(scenario)


async def test_keys_pressed_twice_are_one_answer_and_one_question(only: Only, play: Play) -> None:
    async def scenario(learner: Learner) -> None:
        await learner.press("enter")
        screen = screen_of(learner)
        await learner.press("1")
        await asyncio.gather(screen.action_submit(), screen.action_submit(), screen.action_submit())
        await learner.settle()
        assert len(learner.entries()) == 1
        await asyncio.gather(screen.action_next(), screen.action_next(), screen.action_skip())
        await learner.settle()
        assert len(screen.query(AnswerBox)) == 1
        assert screen.run is not None
        assert screen.run.asked is not None
        assert screen.run.asked.question.id == "sample-multiple"

    only("sample-single", "sample-multiple")
    await play(scenario)


async def test_the_mistake_is_named_as_one(only: Only, play: Play) -> None:
    async def scenario(learner: Learner) -> None:
        await learner.press("enter", "3", "enter", "3", "enter")
        lines = learner.text().splitlines()
        assert any("✗ ●" in line and "Overlapping" in line for line in lines)
        assert any("Nothing is wrong here." in line for line in lines)
        assert any("The mistake is here." in line for line in lines)

    only("sample-find-error")
    await play(scenario)


async def test_letters_in_a_number_field_are_told_and_kept(only: Only, play: Play) -> None:
    async def scenario(learner: Learner) -> None:
        await learner.press("enter")
        await learner.type("twelve")
        await learner.press("enter")
        assert "'twelve' is not a number" in learner.text()
        assert learner.app.screen.query_one(Field).value == "twelve"
        assert learner.entries() == []
        await learner.press(*["backspace"] * 6)
        await learner.type("14 GB")
        await learner.press("enter")
        assert learner.entries()[0].score == 1.0

    only("sample-numeric")
    await play(scenario)


async def test_not_knowing_shows_the_answer(only: Only, play: Play) -> None:
    async def scenario(learner: Learner) -> None:
        await learner.press("enter", "f8")
        (entry,) = learner.entries()
        assert (entry.score, entry.detail) == (0.0, {"answer": None})
        shown = learner.text()
        assert "(1) B" in shown
        assert "(2) A" in shown

    only("sample-cloze")
    await play(scenario)


@pytest.mark.parametrize("kind", sorted(RIGHT))
async def test_not_knowing_is_an_answer_to_every_kind(kind: str, only: Only, play: Play) -> None:
    async def scenario(learner: Learner) -> None:
        await learner.press("enter", "f8")
        assert screen_of(learner).stage == "graded"
        (entry,) = learner.entries()
        assert (entry.score, entry.detail) == (0.0, {"answer": None})
        box = screen_of(learner).box
        assert box is not None
        for rows in box.query(RowList):
            assert rows.frozen
        for field in box.query(Field):
            assert field.disabled
        await learner.press("enter")
        assert screen_of(learner).stage == "asking"

    only(kind)
    await play(scenario)


async def test_formulas_as_latex_and_back(only: Only, play: Play) -> None:
    async def scenario(learner: Learner) -> None:
        await learner.press("enter", "a")
        assert "Why is attention divided by √dₖ?" in learner.text()
        await learner.press("ctrl+g")
        assert r"Why is attention divided by $\sqrt{d_k}$?" in learner.text()
        await learner.press("ctrl+s")
        assert "variance $d_k$" in " ".join(learner.text().split())
        await learner.press("ctrl+g")
        assert "variance dₖ" in learner.text()
        assert screen_of(learner).box.state()["text"] == "a"  # type: ignore[union-attr]

    only("sample-recall")
    await play(scenario)


async def test_confidence_is_recorded_only_when_given(only: Only, play: Play) -> None:
    async def scenario(learner: Learner) -> None:
        await learner.press("enter", "f5", "f7", "1", "enter")
        await learner.press("enter")
        await learner.press("f6", "f6", "3", "4", "enter")
        assert [entry.confidence for entry in learner.entries()] == [3, None]
        assert learner.entries()[0].rating == 4

    only("sample-single", "sample-multiple")
    await play(scenario)


async def test_skipping_records_nothing(only: Only, play: Play) -> None:
    async def scenario(learner: Learner) -> None:
        await learner.press("enter", "ctrl+n")
        assert screen_of(learner).run is not None
        assert screen_of(learner).run.remaining == 1  # type: ignore[union-attr]
        await learner.press("ctrl+n")
        assert screen_of(learner).stage == "over"
        assert "no question" in learner.text()
        assert learner.entries() == []

    only("sample-single", "sample-multiple")
    await play(scenario)


async def test_the_end_of_a_sitting_and_the_next_one(only: Only, play: Play) -> None:
    async def scenario(learner: Learner) -> None:
        await learner.press("enter", "1", "enter", "enter")
        shown = learner.text()
        assert "1 answered, 1 right at the first try" in shown
        await learner.press("enter")  # nothing is due: what is most likely forgotten is asked
        assert screen_of(learner).stage == "asking"

    only("sample-single")
    await play(scenario)


async def test_follow_ups_wait_for_a_key(only: Only, play: Play) -> None:
    async def scenario(learner: Learner) -> None:
        await learner.press("enter", "a", "ctrl+s", "1", "2", "enter", "pagedown")
        assert "What changes at initialisation" in learner.text()
        assert "close to one-hot" not in learner.text()
        await learner.press("f", "pagedown")
        assert "close to one-hot" in learner.text()
        assert "variance of a sum" not in learner.text()  # that is asked after a weak answer

    only("sample-recall")
    await play(scenario)


async def test_a_question_leads_to_its_drill_and_back(only: Only, play: Play) -> None:
    async def scenario(learner: Learner) -> None:
        await learner.press("enter", "1", "enter", "b")
        assert "Scaled dot-product attention" in learner.text()
        await learner.press("escape")
        assert screen_of(learner).stage == "graded"

    only("sample-single")
    await play(scenario)


# --- nothing is lost

DRAFTS: dict[str, tuple[list[str], Any]] = {
    "sample-single": (["3"], [2]),
    "sample-multiple": (["1", "4"], [1, 2]),
    "sample-numeric": (["1", "."], "1."),
    "sample-cloze": (["tab", "x"], {"zero": "", "random": "x"}),
    "sample-order": (["J"], [0, 2, 1, 3]),
    "sample-match": (["down", "a"], [None, 1, None]),
    "sample-recall": (["h", "i"], {"text": "hi", "ticked": [], "ticking": False}),
    "sample-snippet": (["[", "enter", "3"], "[\n3"),
    "sample-find-error": (["2", "enter", "1"], {"segment": 1, "correction": 1}),
}


@pytest.mark.parametrize("question", sorted(DRAFTS))
async def test_escape_keeps_a_half_written_answer(question: str, only: Only, play: Play) -> None:
    keys, state = DRAFTS[question]

    async def scenario(learner: Learner) -> None:
        await learner.press("enter", *keys)
        await learner.press("escape")
        assert learner.app.services.record.draft(f"q:{question}") is not None
        await learner.press("enter")
        box = learner.app.screen.query_one(AnswerBox)
        assert normal(box.state()) == normal(state)
        assert "Your unfinished answer is back" in learner.text()

    only(question)
    await play(scenario)


@pytest.mark.parametrize("question", sorted(DRAFTS))
async def test_switching_the_language_keeps_what_was_typed(question: str, only: Only, play: Play) -> None:
    keys, state = DRAFTS[question]

    async def scenario(learner: Learner) -> None:
        await learner.press("enter", *keys)
        focused = learner.app.focused
        await learner.press("f2")
        assert language_of(learner.app.screen) == "zh"
        shown = learner.text()
        assert "答题" in shown
        assert "提交" in shown
        assert normal(learner.app.screen.query_one(AnswerBox).state()) == normal(state)
        assert learner.app.focused is focused
        await learner.press("ctrl+l")
        assert language_of(learner.app.screen) == "en"
        assert normal(learner.app.screen.query_one(AnswerBox).state()) == normal(state)

    only(question)
    await play(scenario)


def normal(state: Any) -> Any:
    return sorted(state) if isinstance(state, list) and all(isinstance(one, int) for one in state) else state


async def test_an_answer_clears_its_draft(only: Only, play: Play) -> None:
    async def scenario(learner: Learner) -> None:
        await learner.press("enter", "1", "escape", "enter", "enter")
        assert len(learner.entries()) == 1
        assert learner.app.services.record.draft("q:sample-single") is None

    only("sample-single")
    await play(scenario)


@pytest.mark.parametrize(
    "stored",
    ["not json", "[]", '{"seed": 7, "rev": 1, "state": [99]}', '{"seed": 7, "rev": 1, "state": {"a": 1}}'],
)
async def test_a_draft_that_makes_no_sense_is_left(
    stored: str, only: Only, play: Play, services: Services
) -> None:
    services.record.save_draft("q:sample-single", stored)

    async def scenario(learner: Learner) -> None:
        await learner.press("enter")
        assert screen_of(learner).stage == "asking"
        await learner.press("1", "enter")
        assert learner.entries()[0].score == 1.0

    only("sample-single")
    await play(scenario)


async def test_an_answer_that_cannot_be_recorded_can_be_handed_in_again(
    only: Only, play: Play, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(entry: Entry) -> Card:
        raise RecordError("the disk is full", "磁盘已满")

    async def scenario(learner: Learner) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(services.record, "append", refuse)
            await learner.press("enter", "1", "enter")
            assert "the disk is full" in learner.text()
            assert screen_of(learner).stage == "asking"
        await learner.press("enter")
        assert screen_of(learner).stage == "graded"
        assert len(learner.entries()) == 1

    only("sample-single")
    await play(scenario)


async def test_a_broken_bank_is_told_and_the_app_lives(play: Play, services: Services) -> None:
    def broken() -> Any:
        raise ValueError("bank.yaml:3:7: [/b] no such kind")

    services.load_bank = broken

    async def scenario(learner: Learner) -> None:
        await learner.press("q")
        assert "bank.yaml:3:7" in learner.text()
        assert "[/b]" in learner.text()
        await learner.press("escape")
        assert "Today" in learner.text()

    await play(scenario)


async def test_what_is_typed_is_kept_without_leaving(
    only: Only, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.screens.quiz.DRAFT_AFTER", 0.001)

    async def scenario(learner: Learner) -> None:
        await learner.press("enter")
        await learner.type("half an answer")
        await learner.pilot.pause()
        await learner.settle()
        assert "half an answer" in (learner.app.services.record.draft("q:sample-recall") or "")
        assert learner.app.screen.query_one(Notes).text == "half an answer"

    only("sample-recall")
    await play(scenario)


async def test_the_pointer_works_too(only: Only, play: Play) -> None:
    async def scenario(learner: Learner) -> None:
        await learner.press("enter")
        await learner.pilot.click("ChoiceList", offset=(10, 1))
        await learner.settle()
        assert learner.app.screen.query_one(AnswerBox).state() is not None
        await learner.pilot.click("KeyHints", offset=(4, 0))  # Enter: submit
        await learner.settle()
        assert len(learner.entries()) == 1

    only("sample-single")
    await play(scenario)


async def test_u_takes_the_answer_back_and_asks_again(play: Play, services: Services) -> None:
    async def scenario(learner: Learner) -> None:
        await learner.press("q", "f8")
        screen = learner.app.screen
        assert isinstance(screen, QuizScreen)
        assert screen.run is not None
        assert screen.run.asked is not None
        first = (screen.run.asked.question.id, screen.run.asked.order)
        assert len(services.record.cards()) == 1
        await learner.press("u")
        assert screen.stage == "asking"
        assert screen.run.asked is not None
        assert (screen.run.asked.question.id, screen.run.asked.order) == first, "the same draw"
        assert services.record.cards() == {}
        assert screen.run.answered == 0

    await play(scenario)


async def test_an_undone_answer_is_brought_back(only: Only, play: Play, services: Services) -> None:
    async def scenario(learner: Learner) -> None:
        await learner.press("enter", "1", "enter")
        first = services.record.card("q:sample-single")
        await learner.press("enter", "1", "2", "enter", "u")
        assert screen_of(learner).stage == "asking"
        assert "^Y brings it back" in learner.text()
        await learner.press("ctrl+s")
        assert "Choose" in learner.text()
        await learner.press("ctrl+y")
        assert "Your answer is back." in learner.text()
        assert screen_of(learner).stage == "over" or screen_of(learner).run.remaining > 0  # type: ignore[union-attr]
        await learner.press("ctrl+y")
        assert [entry.kind for entry in learner.entries()] == ["answer", "answer", "undo", "undo"]
        assert len(services.record.void()) == 1, "the undo is void, the answer stands"
        assert services.record.card("q:sample-single") == first
        assert services.record.card("q:sample-multiple") is not None

    only("sample-single", "sample-multiple")
    await play(scenario)


async def test_nothing_is_brought_back_once_another_answer_is_begun(only: Only, play: Play) -> None:
    async def scenario(learner: Learner) -> None:
        await learner.press("enter", "x", "ctrl+s", "1", "ctrl+s", "u")
        assert screen_of(learner).run.can_redo  # type: ignore[union-attr]
        await learner.press("y", "ctrl+y")
        assert not screen_of(learner).run.can_redo  # type: ignore[union-attr]
        assert screen_of(learner).stage == "asking"
        assert [entry.kind for entry in learner.entries()] == ["answer", "undo"]

    only("sample-recall")
    await play(scenario)
