"""The packaged bank: it loads, numbers work over their whole range, right answers grade as right."""

import math

import pytest
from right_answers import SPECIAL, right_answer

from quizbank.answering import grade
from quizbank.asking import ask
from quizbank.expressions import PLACEHOLDER
from quizbank.lint import lint
from quizbank.loader import BANK, load_bank
from quizbank.models import Numeric, Question
from quizbank.parametric import all_draws, draw, parse_quantity, render_text

bank = load_bank()
QUESTIONS = list(bank.questions.values())
NUMERIC = [question for question in QUESTIONS if isinstance(question, Numeric)]


def by_id(question: Question) -> str:
    return question.id


def test_every_kind_is_there():
    assert {question.kind for question in QUESTIONS} == set(SPECIAL)


def test_every_file_is_in_the_folder_of_its_track():
    for name, place in bank.places.items():
        assert place.path.relative_to(BANK).parts[0] == bank.track_of[name], place.path


def test_lint_finds_no_error():
    assert [str(problem) for problem in lint(bank) if problem.severity == "error"] == []


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_right_answers_have_the_full_score(seed: int):
    for question in QUESTIONS:
        feedback = grade(question, right_answer(question, seed), seed)
        assert feedback.correct, question.id
        assert feedback.score == 1, question.id


def test_every_spelling_of_every_gap_counts():
    for question in QUESTIONS:
        if question.kind == "cloze":
            most = max(len(blank.accept) for blank in question.blanks.values())
            for turn in range(most):
                typed = {name: one.accept[turn % len(one.accept)] for name, one in question.blanks.items()}
                assert grade(question, typed, 0).correct, (question.id, typed)


def test_every_question_can_be_asked_and_left_unanswered():
    for question in QUESTIONS:
        for seed in range(3):
            asked = ask(question, seed)
            assert asked.stem.en
            assert asked.explanation.zh
            assert not grade(question, None, seed).correct


@pytest.mark.parametrize("question", NUMERIC, ids=by_id)
def test_numbers_are_finite_over_their_whole_range(question: Numeric):
    draws = list(all_draws(question, limit=2000))
    assert draws
    for drawn in draws:
        assert math.isfinite(drawn.answer)
        for text in (question.stem, question.explanation):
            shown = render_text(text, drawn.values)
            assert not PLACEHOLDER.search(shown.en + shown.zh)


@pytest.mark.parametrize("question", NUMERIC, ids=by_id)
def test_an_answer_in_the_unit_asked_for_is_read_as_meant(question: Numeric):
    for seed in range(5):
        exact = draw(question, seed).answer
        assert parse_quantity(f"{exact!r} {question.unit or ''}", question.unit) == pytest.approx(
            exact, rel=1e-9
        )


@pytest.mark.parametrize("question", NUMERIC, ids=by_id)
def test_a_draw_tells_right_from_wrong(question: Numeric):
    """The tolerance is not so wide that double or half the answer passes."""
    for seed in range(5):
        exact = right_answer(question, seed)
        if float(exact):
            for factor in (2, 0.5):
                assert not grade(question, repr(float(exact) * factor), seed).correct, (question.id, exact)
