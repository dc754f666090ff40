"""Drawn numbers: the same for a seed everywhere, within the conditions, and never none."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from right_answers import make, text

from quizbank.models import Numeric
from quizbank.parametric import all_draws, combinations, draw


def numeric(**changes: object) -> Numeric:
    question = make("numeric", **changes)
    assert isinstance(question, Numeric)
    return question


def test_a_draw_meets_the_conditions_and_computes_the_answer():
    question = numeric()
    for seed in range(100):
        drawn = draw(question, seed)
        n, m = drawn.values["n"], drawn.values["m"]
        assert isinstance(n, int)
        assert isinstance(m, int)
        assert n <= m
        assert drawn.values["size"] == n * m * 2
        assert drawn.answer == n * m / 2**19


def test_seeds_reach_every_combination():
    question = numeric()
    reached = {tuple(draw(question, seed).values.values()) for seed in range(60)}
    assert reached == {tuple(one.values.values()) for one in all_draws(question)}
    assert len(reached) == 3
    assert combinations(question) == 4


def test_a_seed_means_the_same_in_another_process():
    """Also under another hash seed: a draw must not rest on hash()."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from right_answers import make; from quizbank.parametric import draw\n"
        "print([draw(make('numeric'), seed).values for seed in range(20)])"
    )
    folder = str(Path(__file__).parents[1])
    told = [
        subprocess.run(
            [sys.executable, "-c", code, folder],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    ]
    here = str([draw(numeric(), seed).values for seed in range(20)]) + "\n"
    assert told == [here, here]


def test_draws_are_what_they_were_when_this_was_written():
    """A learner's record keeps seeds: the numbers they stand for must not change."""
    drawn = [draw(numeric(), seed).values for seed in range(8)]
    assert [values["n"] for values in drawn] == [1024, 1024, 1024, 2048, 1024, 1024, 2048, 1024]
    assert [values["m"] for values in drawn] == [4096, 1024, 4096, 4096, 4096, 1024, 4096, 1024]


def test_a_condition_that_is_rarely_met_is_met_all_the_same():
    question = numeric(
        parameters={"n": list(range(1, 400)), "m": list(range(1, 400))}, where=["n * m == 159201"]
    )
    assert draw(question, 5).values["n"] == 399


def test_a_condition_that_is_never_met_is_an_error():
    with pytest.raises(ValueError, match="no values of the parameters meet"):
        draw(numeric(where=["n > m * 9"]), 0)


def test_conditions_may_use_steps_and_guard_them():
    question = numeric(
        parameters={"n": [0, 2, 3, 4]},
        let={"inverse": "1 / n"},
        where=["n > 0", "inverse < 0.4"],
        answer="inverse",
    )
    assert {one.values["n"] for one in all_draws(question)} == {3, 4}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"parameters": {"n": [], "m": [1]}}, "'n' has no values"),
        ({"let": {"n": "2"}}, "let.n is the name of something else"),
        ({"let": {"sqrt": "2"}}, "let.sqrt is the name"),
        ({"let": {"size": "size + 1"}}, "no such name 'size'"),
        ({"answer": "n / (m - m)"}, "zero"),
        ({"answer": "n > m"}, "not a number"),
        ({"answer": "1e308 * n"}, "not a finite number"),
    ],
)
def test_faulty_questions(changes: dict[str, object], message: str):
    with pytest.raises(ValueError, match=message):
        draw(numeric(**changes), 0)


def test_texts_may_be_drawn():
    question = numeric(
        parameters={"n": [4], "m": [8], "dtype": ["fp32", "fp16"]},
        let={"size": "4 if dtype == 'fp32' else 2"},
        answer="size",
        stem=text("<<n>> <<m>> <<dtype>>"),
    )
    assert {one.answer for one in all_draws(question)} == {2, 4}


def test_no_parameters_make_one_draw():
    question = numeric(parameters={}, where=[], let={}, answer="2 ** 10")
    assert [one.answer for one in all_draws(question)] == [1024]
    assert draw(question, 7).answer == 1024


def test_of_too_many_combinations_as_many_as_the_limit():
    question = numeric(parameters={"n": list(range(100)), "m": list(range(100, 200))})
    assert len(list(all_draws(question, limit=50))) == 50
