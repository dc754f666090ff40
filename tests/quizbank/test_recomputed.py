"""Every numeric answer of the bank agrees with a second, independent computation over its whole range."""

import pytest
from recomputed import load_all

from quizbank.loader import load_bank
from quizbank.models import Numeric
from quizbank.parametric import all_draws

NUMERIC = {name: one for name, one in load_bank().questions.items() if isinstance(one, Numeric)}
SECOND = load_all()
DRAWS = 100


def test_every_numeric_question_is_recomputed_and_nothing_else():
    assert sorted(SECOND) == sorted(NUMERIC)


@pytest.mark.parametrize("name", sorted(NUMERIC.keys() & SECOND.keys()))
def test_the_answer_agrees_with_a_second_computation(name: str):
    question = NUMERIC[name]
    for drawn in all_draws(question, limit=DRAWS):
        parameters = {key: drawn.values[key] for key in question.parameters}
        assert SECOND[name](**parameters) == pytest.approx(drawn.answer, rel=1e-9, abs=1e-12), parameters
