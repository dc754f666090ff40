"""A sitting without a screen: what is planned, asked, recorded, asked again and kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from quizbank.answering import AnswerError
from quizbank.record import new_entry
from quizbank.sessions import Candidate
from tui.quiz_session import Draft, QuizRun, days_until, plan
from tui.services import Services

ITEMS = [Candidate(f"q:{letter}", "cnn", ("pooling-role",)) for letter in "abcdefghijklmnop"]


def seen(services: Services, item: str, days_ago: int, rating: int = 3) -> None:
    now = services.now() - timedelta(days=days_ago)
    score = 0.0 if rating == 1 else 1.0
    services.record.append(new_entry(item, rev=1, score=score, rating=rating, seconds=9.0, now=now))


def test_due_first_then_as_many_new_as_the_day_has_left(services: Services) -> None:
    seen(services, "q:c", days_ago=30)
    cards = services.record.cards()
    assert plan(ITEMS, cards, services.now(), new_left=2) == ["q:c", "q:a", "q:b"]
    assert plan(ITEMS, cards, services.now(), new_left=0) == ["q:c"]


def test_drills_are_not_asked(services: Services) -> None:
    drill = Candidate("d:max-pool", "cnn", ("pooling-role",))
    assert plan([drill, ITEMS[0]], {}, services.now(), new_left=5) == ["q:a"]


def test_ahead_of_time_new_ones_then_the_most_likely_forgotten(services: Services) -> None:
    seen(services, "q:a", days_ago=1)
    seen(services, "q:b", days_ago=0)
    cards, now = services.record.cards(), services.now()
    assert plan(ITEMS[:2], cards, now, new_left=0) == []
    assert plan(ITEMS[:2], cards, now, new_left=0, ahead=True) == ["q:a", "q:b"]
    assert len(plan(ITEMS, cards, now, new_left=0, ahead=True)) == 10
    assert plan(ITEMS, cards, now, new_left=0, ahead=True)[0] == "q:c"


def test_an_answer_is_in_the_record_when_submit_returns(services: Services) -> None:
    run = QuizRun(services, ["q:sample-single", "q:sample-numeric"])
    asked = run.ask()
    assert asked is not None
    result = run.submit(0, confidence=3)
    assert result.feedback.correct
    assert not result.asked_again
    (entry,) = services.record.entries()
    assert (entry.item, entry.confidence, entry.seed) == ("q:sample-single", 3, 7)
    assert days_until(result.card, services.now()) >= 1
    assert run.right_at_once == 1


def test_time_is_taken_from_the_asking(services: Services) -> None:
    moment = services.now()
    services.now = lambda: moment
    run = QuizRun(services, ["q:sample-single"])
    run.ask()
    moment += timedelta(seconds=200)
    run.submit(0, None)
    (entry,) = services.record.entries()
    assert entry.seconds == pytest.approx(200)
    assert entry.rating == 2  # right, but slower than twice the expected time


def test_a_failed_question_comes_again_at_the_end(services: Services) -> None:
    run = QuizRun(services, ["q:sample-single", "q:sample-multiple"])
    run.ask()
    assert run.submit(1, None).asked_again
    asked = run.ask()
    assert asked is not None
    assert asked.question.id == "sample-multiple"
    run.submit([0, 1], None)
    asked = run.ask()
    assert asked is not None
    assert asked.question.id == "sample-single"
    assert run.is_repeat
    run.submit(0, None)
    assert run.ask() is None
    assert (run.questions_answered, run.answered, run.right_at_once) == (2, 3, 1)


def test_what_is_no_answer_is_not_recorded(services: Services) -> None:
    run = QuizRun(services, ["q:sample-numeric"])
    run.ask()
    with pytest.raises(AnswerError):
        run.submit("twelve", None)
    assert list(services.record.entries()) == []
    assert run.submit("14", None).feedback.correct


def test_a_draft_keeps_its_seed(services: Services) -> None:
    run = QuizRun(services, ["q:sample-multiple"])
    run.ask()
    run.keep([2])
    services.new_seed = lambda: 99
    later = QuizRun(services, ["q:sample-multiple"])
    asked = later.ask()
    assert asked is not None
    assert asked.seed == 7
    assert later.draft == Draft(7, 1, [2])
    later.keep(None)
    asked = later.ask()
    assert asked is not None
    assert asked.seed == 99


@pytest.mark.parametrize(
    "stored", [None, "", "{", "[]", '{"seed": 1}', '{"seed": "x", "rev": 1, "state": 0}']
)
def test_an_unreadable_draft_is_none(stored: str | None) -> None:
    assert Draft.from_text(stored, 1) is None


def test_a_draft_of_an_earlier_revision_is_none() -> None:
    assert Draft.from_text(Draft(1, 1, "x").to_text(), 2) is None


def test_items_that_left_the_bank_are_not_asked(services: Services, only: Callable[..., None]) -> None:
    only("sample-single")
    run = QuizRun(services, ["q:gone", "q:sample-single"])
    assert run.remaining == 1


def test_drills_make_up_their_share_of_a_sitting(services: Services) -> None:
    items = [*ITEMS, Candidate("d:max-pool", "cnn", ("pooling-role",))]
    assert plan(items, {}, services.now(), new_left=9, drill_share=0.5)[1] == "d:max-pool"
    assert "d:max-pool" not in plan(items, {}, services.now(), new_left=9)
    run = QuizRun(services, ["d:max-pool"])
    assert run.ask() is None
    assert run.drill is not None
    assert run.drill.id == "max-pool"
    run.skip()
    assert run.drill is None


def test_the_learner_s_own_rating_stands(services: Services) -> None:
    question = next(iter(services.bank.questions.values()))
    run = QuizRun(services, [f"q:{question.id}"])
    run.ask()
    graded = run.submit(None, None)
    assert graded.card.rating == 1
    card = run.rerate(4)
    assert (card.rating, card.reps) == (4, 1)
    entries = list(services.record.entries())
    assert [entry.kind for entry in entries] == ["answer", "undo", "answer"]
    assert entries[-1].detail["own_rating"] is True
    assert entries[-1].correct is False, "the rating is the learner's, what was right is not"
    assert run.undo()
    assert services.record.cards() == {}
