"""Checks of `ndcg`: the sum as it is written, rank by rank, in plain Python."""

import math

import numpy as np
from hypothesis import strategies as st

from drills.checking import assert_close, check
from drills.strategies import sources


def dcg(relevances, k):
    return math.fsum((2.0**rel - 1) / math.log2(rank + 1) for rank, rel in enumerate(relevances[:k], start=1))


def holds(candidate, relevances, k, argument=None):
    best = dcg(sorted(relevances, reverse=True), k)
    want = dcg(relevances, k) / best if best else 0.0
    got = candidate.ndcg_at_k(list(relevances) if argument is None else argument, k)
    assert_close(got, np.float64(want), rtol=1e-9, atol=1e-12, name="NDCG")


@check("Worked by hand: [0, 1, 2] at k = 2 and k = 3.", "手算例子：[0, 1, 2]，k = 2 和 k = 3。")
def test_by_hand(candidate):
    third = 1 / math.log2(3)
    assert_close(candidate.ndcg_at_k([0, 1, 2], 2), np.float64(third / (3 + third)), rtol=1e-9, name="NDCG")
    want = (third + 3 / 2) / (3 + third)
    assert_close(candidate.ndcg_at_k([0, 1, 2], 3), np.float64(want), rtol=1e-9, name="NDCG")


@check("The first result is not discounted.", "第一个结果不打折。")
def test_first_rank(candidate):
    holds(candidate, [3, 0, 0], 1)
    holds(candidate, [1, 3, 0], 1)
    holds(candidate, [0, 3], 2)


@check("An ideal order scores 1, the worst order less.", "理想次序得 1 分，最差次序更低。")
def test_ideal(candidate):
    for relevances in ([3, 2, 1, 0], [1], [2, 2, 2], [3, 2, 1, 1, 0, 0]):
        for k in (1, 2, 4, 9):
            holds(candidate, relevances, k)
            holds(candidate, relevances[::-1], k)


@check(
    "The ideal is taken from all relevances, also from those below rank k.",
    "理想次序取自全部相关度，包括第 k 名之后的。",
)
def test_ideal_of_all(candidate):
    holds(candidate, [1, 0, 0, 3, 2], 2)
    holds(candidate, [0, 0, 0, 1], 3)
    holds(candidate, [0, 1, 1, 1, 1], 1)


@check("0.0 when nothing is relevant.", "没有相关结果时返回 0.0。")
def test_nothing_relevant(candidate):
    for relevances in ([0], [0, 0, 0], [0.0] * 12):
        for k in (1, 3, 20):
            holds(candidate, relevances, k)


@check("k may exceed the length.", "k 可以大于列表长度。")
def test_long_k(candidate):
    holds(candidate, [1, 2], 10)
    holds(candidate, [0, 3, 1], 4)
    holds(candidate, [2], 1000)


@check("Grades and fractions count by 2^rel − 1.", "分级和小数相关度都按 2^rel − 1 计。")
def test_grades(candidate):
    holds(candidate, [1, 3, 2], 3)
    holds(candidate, [0.5, 2.5, 1.0, 0.25], 3)
    holds(candidate, [0.1, 0.2], 2)


@check("A NumPy array of relevances is as good as a list.", "相关度也可以是 NumPy 数组。")
def test_arrays(candidate):
    for relevances in ([0, 2, 1, 0, 3], [1, 0]):
        holds(candidate, relevances, 3, np.array(relevances))
        holds(candidate, relevances, 3, np.array(relevances, dtype=np.float64))


@check(
    "On drawn relevances and every k.",
    "在随机相关度和任意 k 上正确。",
    examples=80,
    source=sources(("normal",), ("float64",)),
    length=st.integers(1, 12),
    k=st.integers(1, 15),
    fractional=st.booleans(),
)
def test_drawn(candidate, source, length, k, fractional):
    grades = source.rng.integers(0, 5, length) * source.rng.integers(0, 2, length)
    relevances = (
        [float(grade) + 0.25 * fractional for grade in grades] if fractional else [int(g) for g in grades]
    )
    holds(candidate, relevances, k)
