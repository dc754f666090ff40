"""Questions as they are put: shuffled by the seed alone, numbers filled in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from right_answers import SPECIAL, make, text

from quizbank import seeded
from quizbank.asking import ask
from quizbank.models import Text

LENGTHS = {"single": 3, "multiple": 4, "order": 4, "match": 4, "find_error": 3}


@given(st.sampled_from(sorted(SPECIAL)), st.integers(0, 2**63))
def test_the_order_is_a_permutation_and_depends_on_the_seed_alone(kind: str, seed: int):
    asked = ask(make(kind), seed)
    assert sorted(asked.order) == list(range(LENGTHS.get(kind, 0)))
    assert ask(make(kind), seed) == asked


@given(st.integers(0, 2**63), st.integers(3, 9))
def test_items_to_be_ordered_are_never_shown_in_the_right_order(seed: int, length: int):
    question = make("order", items=[text(f"step {n}") for n in range(length)])
    assert ask(question, seed).order != list(range(length))


def test_shuffling_can_be_turned_off():
    for kind in ("single", "multiple"):
        question = make(kind, shuffle=False)
        assert all(ask(question, seed).order == list(range(LENGTHS[kind])) for seed in range(20))


def test_every_place_is_equally_likely_for_every_option():
    seeds, length = 4000, 4
    places = [[0] * length for _ in range(length)]
    for seed in range(seeds):
        for place, option in enumerate(seeded.permutation(seeded.source("fair", seed), length)):
            places[option][place] += 1
    # Five standard deviations of a binomial(4000, 1/4).
    assert all(abs(count - seeds / length) < 5 * 27.4 for row in places for count in row)


def test_two_questions_are_not_shuffled_alike():
    one, other = make("single"), make("single", id="another")
    assert [ask(one, seed).order for seed in range(20)] != [ask(other, seed).order for seed in range(20)]


def test_orders_are_what_they_were_when_this_was_written():
    """A record keeps the seed: the order it stands for must not change."""
    assert [seeded.permutation(seeded.source("q", seed), 5) for seed in range(3)] == [
        [4, 2, 1, 0, 3],
        [3, 2, 4, 0, 1],
        [2, 1, 0, 3, 4],
    ]


def test_numbers_are_filled_in_in_both_languages():
    asked = ask(make("numeric"), 0)
    assert asked.stem == Text(
        en="A weight matrix has 1024 rows and 4096 columns in fp16. Bytes?",
        zh="中文：A weight matrix has 1024 rows and 4096 columns in fp16. Bytes?",
    )
    assert asked.explanation.en == "1024 × 4096 × 2 = 8,388,608 B"


@pytest.mark.parametrize("kind", sorted(set(SPECIAL) - {"numeric"}))
def test_other_texts_stay_as_they_are(kind: str):
    question = make(kind)
    asked = ask(question, 3)
    assert (asked.stem, asked.explanation) == (question.stem, question.explanation)
