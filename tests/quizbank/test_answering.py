"""Grading, kind by kind: the right answer, each way to be partly right, and what is no answer."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from right_answers import SPECIAL, make, option, right_answer, text

from quizbank.answering import RECALL_PASS, AnswerError, grade
from quizbank.models import Language

LANGUAGES: list[Language] = ["en", "zh"]


@pytest.mark.parametrize("kind", sorted(SPECIAL))
@given(seed=st.integers(0, 10_000))
def test_the_right_answer_has_the_full_score(kind: str, seed: int):
    question = make(kind)
    feedback = grade(question, right_answer(question, seed), seed)
    assert feedback.correct
    assert feedback.score == 1
    assert feedback.parts
    assert all(part.ok for part in feedback.parts)


@pytest.mark.parametrize("kind", sorted(SPECIAL))
def test_no_answer_scores_nothing_and_tells_the_right_one(kind: str):
    feedback = grade(make(kind), None, 0)
    assert (feedback.score, feedback.correct) == (0, False)
    assert feedback.expected.en
    assert feedback.parts[0].text.zh == "没有作答。"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9) | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.sampled_from(["segment", "correction", "text", "ticked", "a", "b", "c"]), inner)
    ),
)


@pytest.mark.parametrize("kind", sorted(SPECIAL))
@given(answer=ANYTHING)
def test_any_input_is_graded_or_refused(kind: str, answer: Any):
    try:
        feedback = grade(make(kind), answer, 1)
    except AnswerError:
        return
    assert 0 <= feedback.score <= 1
    assert not feedback.correct or feedback.score >= RECALL_PASS
    assert all(part.text.en and part.text.zh for part in feedback.parts)


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("single", 3),
        ("single", -1),
        ("single", True),
        ("single", "1"),
        ("single", [1]),
        ("multiple", []),
        ("multiple", [0, 0]),
        ("multiple", [4]),
        ("multiple", 0),
        ("numeric", "two"),
        ("numeric", ""),
        ("numeric", "5 s"),
        ("numeric", "nan"),
        ("numeric", True),
        ("numeric", [1]),
        ("cloze", {}),
        ("cloze", {"a": " ", "b": ""}),
        ("cloze", {"c": "x"}),
        ("cloze", {"a": 3}),
        ("cloze", "zero"),
        ("order", [0, 1, 2]),
        ("order", [0, 1, 2, 2]),
        ("order", [0, 1, 2, 4]),
        ("match", [0, 1]),
        ("match", [None, None, None]),
        ("match", [0, 1, 4]),
        ("recall", "all"),
        ("recall", {"text": 3}),
        ("recall", {"text": "", "ticked": [4]}),
        ("snippet", "  \n"),
        ("snippet", 12),
        ("find_error", {}),
        ("find_error", {"segment": 2, "correction": 1}),
        ("find_error", {"segment": 1, "correction": 3}),
        ("find_error", 1),
    ],
)
def test_what_is_no_answer_is_refused_in_both_languages(kind: str, answer: Any):
    with pytest.raises(AnswerError) as caught:
        grade(make(kind), answer, 0)
    assert caught.value.text.en != caught.value.text.zh


def test_single_names_the_choice_its_fault_and_the_right_one():
    feedback = grade(make("single"), 0, 0)
    assert [(part.ok, part.text.en) for part in feedback.parts] == [
        (False, "a — a forgets the scale"),
        (True, "b — this is right"),
    ]
    assert feedback.parts[0].text.zh == "中文：a——中文：a forgets the scale"
    assert feedback.expected.en == "b"


@pytest.mark.parametrize(
    ("picked", "score"),
    [([0, 2], 1), ([0], 0.5), ([0, 1], 0), ([0, 1, 2], 0.5), ([0, 1, 2, 3], 0), ([1], 0), ([1, 3], 0)],
)
def test_multiple_gives_right_minus_wrong(picked: list[int], score: float):
    feedback = grade(make("multiple"), picked, 0)
    assert feedback.score == score
    assert feedback.correct == (score == 1)
    assert [part.ok for part in feedback.parts] == [(n in picked) == (n in (0, 2)) for n in range(4)]


def test_multiple_says_what_was_missed_and_what_was_too_much():
    said = [part.text.en for part in grade(make("multiple"), [0, 1], 0).parts]
    assert said == [
        "a — right",
        "b — b forgets the scale",
        "c — missed, it holds",
        "d — rightly left out — d forgets the scale",
    ]


@pytest.mark.parametrize(
    "typed", ["8", "8 MiB", "8.39 MB", "8,388,608 B", "７.９９", "8.07", 8, 8.0, "2^3", "16/2"]
)
def test_numeric_within_the_tolerance_in_any_unit(typed: Any):
    assert grade(make("numeric"), typed, 0).correct


@pytest.mark.parametrize("typed", ["8.09", "7.9", "0.8", "-8", "8.39", "8 GiB", "0"])
def test_numeric_outside_the_tolerance(typed: str):
    feedback = grade(make("numeric"), typed, 0)
    assert not feedback.correct
    assert "it is 8 MiB" in feedback.parts[0].text.en
    assert feedback.expected.zh == "8 MiB"


def test_numeric_names_the_usual_slip():
    parts = grade(make("numeric"), "64", 0).parts
    assert "bits and bytes" in parts[1].text.en
    assert "比特" in parts[1].text.zh


def test_an_exact_answer_is_exact():
    question = make("numeric", tolerance={"absolute": 0})
    assert grade(question, "8", 0).correct
    assert grade(question, "8388608 B", 0).correct
    assert not grade(question, "8.0001", 0).correct


def test_an_absolute_tolerance():
    question = make("numeric", answer="0 * n", unit=None, tolerance={"absolute": 0.01})
    assert grade(question, "-0.01", 0).correct
    assert not grade(question, "0.02", 0).correct


@pytest.mark.parametrize(
    ("typed", "ok"),
    [
        ("0", True),
        ("0.0", True),
        ("Zero", True),
        ("ＺＥＲＯ ", True),
        ("零。", True),
        ("`zero`", True),
        ("“zero”.", True),
        ("$0$", True),
        ("one", False),
        ("1", False),
        ("-", False),
        ("0 GB", False),
        ("zeroes", False),
    ],
)
def test_cloze_compares_without_case_width_space_and_punctuation(typed: str, ok: bool):
    feedback = grade(make("cloze"), {"b": typed, "a": "random"}, 0)
    assert feedback.correct is ok
    assert feedback.score == (1 if ok else 0.5)


@pytest.mark.parametrize(
    ("accepted", "typed", "ok"),
    [
        ("layer norm", "Layer-Norm", True),
        ("layer norm", "layernorm", True),
        ("layer norm", "layer  norm", True),
        ("LayerNorm", "layer norm", True),
        ("1 0", "10", False),
        ("-1", "1", False),
        ("−1", "-1", True),
        ("1/2", "0.5", True),
        ("1000", "1,000", True),
        (".", ".", True),
        (".", ",", False),
        ("最大 池化", "最大池化", True),
        ("$\\sqrt{d_k}$", "\\sqrt{d_k}", True),
        ("O(n^2)", "o(n^2)", True),
        ("a - b", "ab", False),
    ],
)
def test_spellings(accepted: str, typed: str, ok: bool):
    question = make("cloze", text=text("<<a>>", "<<a>>中"), blanks={"a": {"accept": [accepted]}})
    assert grade(question, {"a": typed}, 0).correct is ok


def test_cloze_with_an_empty_gap_says_what_goes_there():
    feedback = grade(make("cloze"), {"b": "0"}, 0)
    assert feedback.score == 0.5
    assert [part.text.en for part in feedback.parts] == ["b: 0", "a: empty; it is random / at random"]
    assert feedback.parts[1].text.zh == "a：未填；应为 随机 / random"


@pytest.mark.parametrize(
    ("arranged", "score"), [([0, 1, 2, 3], 1), ([1, 0, 2, 3], 5 / 6), ([3, 2, 1, 0], 0), ([1, 2, 3, 0], 0.5)]
)
def test_order_scores_pairs_in_the_right_order(arranged: list[int], score: float):
    feedback = grade(make("order"), arranged, 0)
    assert feedback.score == pytest.approx(score)
    assert feedback.correct == (score == 1)


@given(st.permutations(range(4)))
def test_only_the_right_order_is_right(arranged: list[int]):
    feedback = grade(make("order"), arranged, 0)
    assert feedback.correct == (arranged == [0, 1, 2, 3]) == (feedback.score == 1)
    assert [part.ok for part in feedback.parts] == [place == item for place, item in enumerate(arranged)]


def test_items_that_read_the_same_may_change_places():
    question = make("order", items=[text("conv"), text("relu"), text("conv"), text("relu")])
    assert grade(question, [2, 3, 0, 1], 0).correct
    assert not grade(question, [1, 0, 2, 3], 0).correct


def test_order_says_where_an_item_belongs():
    part = grade(make("order"), [1, 0, 2, 3], 0).parts[0]
    assert part.text.en == "1. loss (belongs at place 2)"
    assert part.text.zh == "1. 中文：loss（应在第 2 位）"


def test_match_scores_the_share_of_pairs():
    feedback = grade(make("match"), [0, 3, None], 0)
    assert feedback.score == pytest.approx(1 / 3)
    assert [part.text.en for part in feedback.parts] == ["q → Q", "k → O; it is K", "v → (nothing); it is V"]


def test_match_compares_texts_where_a_right_side_stands_twice():
    pairs = [
        {"left": text(a), "right": text(b)}
        for a, b in (("BERT", "encoder"), ("GPT", "decoder"), ("LLaMA", "decoder"))
    ]
    assert grade(make("match", pairs=pairs), [0, 2, 1], 0).correct


@pytest.mark.parametrize(
    ("ticked", "score"),
    [([], 0), ([3], 0.4), ([0, 1, 2], 0.6), ([1, 3], 0.6), ([0, 3], 0.5), ([0, 1, 2, 3], 1)],
)
def test_recall_weighs_the_key_points(ticked: list[int], score: float):
    feedback = grade(make("recall"), {"text": "…", "ticked": ticked}, 0)
    assert feedback.score == pytest.approx(score)
    assert feedback.correct == (score >= RECALL_PASS)
    assert [part.ok for part in feedback.parts] == [n in ticked for n in range(4)]


@pytest.mark.parametrize(
    "typed", ["[1, 2]\nx  y", "[1, 2]  \r\nx  y\r\n\r\n", "[1, 2]\rx  y", "[1, 2]\nx y", "［1, 2］\n x y"]
)
def test_snippet_without_spaces_at_the_ends(typed: str):
    assert grade(make("snippet"), typed, 0).correct


@pytest.mark.parametrize(
    "typed", ["[1,2]\nx  y", "[1, 2]", "[1, 2]\nxy", "\n[1, 2]\nx  y", "[1, 2]\nx  y\nz", "[1, 2] x  y"]
)
def test_snippet_with_other_output(typed: str):
    feedback = grade(make("snippet"), typed, 0)
    assert (feedback.score, feedback.correct) == (0, False)
    assert not all(part.ok for part in feedback.parts)


def test_snippet_compares_line_by_line():
    said = [part.text.en for part in grade(make("snippet"), "[1, 2]\ny\nz", 0).parts]
    assert said == ["line 1: [1, 2]", "line 2: y; it prints x  y", "line 3 is too much: z"]
    assert grade(make("snippet"), "[1, 2]", 0).parts[1].text.zh == "缺少第 2 行：x  y"


def test_pasted_control_characters_and_halves_of_characters_do_no_harm():
    feedback = grade(make("snippet"), "[1, 2]\x1b[0m\x0c\nx \ud800 y", 0)
    assert not feedback.correct
    assert all("\x1b" not in part.text.en for part in feedback.parts)
    assert not grade(make("cloze"), {"a": "\x07\x1b]0;x", "b": "\ud800"}, 0).correct


@pytest.mark.parametrize(
    ("answer", "score"),
    [
        ({"segment": 1, "correction": 1}, 1),
        ({"segment": 1, "correction": 0}, 0.5),
        ({"segment": 0, "correction": 1}, 0.5),
        ({"segment": 0, "correction": 2}, 0),
        ({"segment": 1, "correction": None}, 0.5),
        ({"segment": 0}, 0),
    ],
)
def test_find_error_half_for_each_part(answer: dict[str, Any], score: float):
    feedback = grade(make("find_error"), answer, 0)
    assert feedback.score == score
    assert feedback.correct == (score == 1)
    said = " ".join(part.text.en for part in feedback.parts)
    assert "2. So is sigmoid. — the mistake is here" in said


def test_feedback_is_in_both_languages():
    question = make("single", options=[option("a"), option("b", True), option("c")])
    for language in LANGUAGES:
        assert all(part.text[language] for part in grade(question, 2, 0).parts)
