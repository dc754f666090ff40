"""Checks of `rrf`: exact fractions, document by document, are the specification.

The order of tied documents is tested where their floating-point sums cannot differ: with the same ranks in at
most two rankings, or with denominators that are powers of two.
"""

from fractions import Fraction
from itertools import pairwise

import numpy as np
from hypothesis import strategies as st

from drills.checking import assert_close, assert_equal, check, require, unpack
from drills.strategies import sources

WORDS = [
    "d1",
    "d2",
    "d10",
    "a",
    "b",
    "B",
    "doc-3",
    "文档",
    "z",
    "m",
    "9",
    "10",
    "aa",
    "ab",
    "k",
    "x-1",
    "x-2",
    "y",
]


def ranks(rankings):
    """The ranks of each document, in the order of the rankings."""
    found = {}
    for ranking in rankings:
        for rank, doc in enumerate(ranking, start=1):
            found.setdefault(doc, []).append(rank)
    return found


def certain_tie(first, second, k):
    """Whether the sums of 1 / (k + rank) are equal in floating point in whatever order they are added."""
    powers = all((k + rank) & (k + rank - 1) == 0 for rank in (*first, *second))
    return powers or (len(first) <= 2 and sorted(first) == sorted(second))


def pairs_of(got, wanted):
    """The returned list as (id, score) pairs."""
    require(
        isinstance(got, list),
        "It must return a list of (id, score) pairs.",
        "应返回由 (id, 分数) 组成的列表。",
        expected=wanted,
        actual=got,
    )
    return [unpack(pair, 2, "id", "score") for pair in got]


def holds(candidate, rankings, k=None):
    """The ids, each with its score, in the right order."""
    arguments = ([list(ranking) for ranking in rankings],) if k is None else ([list(r) for r in rankings], k)
    got = candidate.reciprocal_rank_fusion(*arguments)
    k = 60 if k is None else k
    of = ranks(rankings)
    exact = {doc: sum((Fraction(1, k + rank) for rank in of[doc]), Fraction(0)) for doc in of}
    wanted = [(doc, float(exact[doc])) for doc in sorted(of, key=lambda doc: (-exact[doc], doc))]
    pairs = pairs_of(got, wanted)
    ids = [doc for doc, _ in pairs]
    require(
        all(isinstance(doc, str) for doc in ids) and sorted(ids) == sorted(of),
        "Every id of any ranking must come exactly once.",
        "任何一个排名里出现过的 id 都应恰好出现一次。",
        expected=wanted,
        actual=got,
    )
    for doc, score in pairs:
        assert_close(score, np.float64(exact[doc]), rtol=1e-9, atol=0, name=f"score of {doc}")
    for (first, _), (second, _) in pairwise(pairs):
        if certain_tie(of[first], of[second], k) and exact[first] == exact[second]:
            right = first < second
        else:
            right = exact[first] - exact[second] > Fraction(-1, 10**12)
        require(
            right,
            f"{second!r} must come before {first!r}.",
            f"{second!r} 应排在 {first!r} 之前。",
            expected=wanted,
            actual=got,
        )


@check(
    "Worked by hand, with k = 1: two rankings that share one document.",
    "手算例子，k = 1：两个排名有一篇共同的文档。",
)
def test_by_hand(candidate):
    wanted = [("b", 5 / 6), ("a", 1 / 2), ("d", 1 / 3), ("c", 1 / 4)]
    pairs = pairs_of(candidate.reciprocal_rank_fusion([["a", "b", "c"], ["b", "d"]], 1), wanted)
    assert_equal([doc for doc, _ in pairs], [doc for doc, _ in wanted], name="ids")
    for (doc, score), (_, expected) in zip(pairs, wanted, strict=True):
        assert_close(score, np.float64(expected), rtol=1e-9, atol=0, name=f"score of {doc}")


@check("k is 60 unless it is given.", "不指定时 k = 60。")
def test_default_k(candidate):
    holds(candidate, [["a", "b", "c"], ["c", "a"], ["b"]])
    holds(candidate, [["p"]])
    holds(candidate, [["p"]], 60)


@check(
    "Ties come in ascending order of the id, wherever the documents stood first.",
    "分数相同时按 id 升序，与先出现在哪里无关。",
)
def test_ties(candidate):
    holds(candidate, [["z", "a"], ["a", "z"]])
    holds(candidate, [["z", "m", "a"], ["a", "m", "z"]])
    holds(candidate, [["c"], ["b"], ["a"], ["B"]])
    holds(candidate, [["9", "x"], ["10", "y"]], 5)
    holds(candidate, [["9", "2"], ["10", "100"]])
    holds(candidate, [["d10", "文档"], ["d9", "aa"], ["d1", "ab"]])
    for shift in range(3):  # ranks 1, 3 and 7 with k = 1: halves, quarters and eighths
        places = [["x", "y", "w"][(i - shift) % 3] for i in range(3)]
        rotated = [places[i:] + places[:i] for i in range(3)]
        holds(
            candidate,
            [[a, f"p{i}", b, f"q{i}", f"r{i}", f"s{i}", c] for i, (a, b, c) in enumerate(rotated)],
            1,
        )


@check(
    "A document in one ranking only is kept, and a missing one adds nothing.",
    "只出现在一个排名里的文档要保留；没出现就不加分。",
)
def test_partial_overlap(candidate):
    holds(candidate, [["a", "b", "c", "d"], ["e", "f"], ["d", "e", "g"]])
    holds(candidate, [["only", "one", "ranking", "here"]], 3)
    holds(candidate, [["a", "b"], ["c", "d"]], 10)
    holds(candidate, [["a"], ["b", "a", "c", "d", "e", "f"]], 1)
    holds(candidate, [["a", "b"], ["b", "c", "a"], ["a", "b"]], 7)


@check(
    "k decides between one first place and several lower ones.", "k 决定了一个第一名与几个较低名次谁更靠前。"
)
def test_k_decides(candidate):
    rankings = [["top", "x", "even"], ["y", "z", "even"], ["w", "v", "even"]]
    for k in (1, 2, 10, 60, 1000, 10_000):
        holds(candidate, rankings, k)


@check(
    "Two calls do not know of each other.",
    "两次调用互不影响。",
)
def test_no_state(candidate):
    for _ in range(2):
        holds(candidate, [["a", "b"], ["b", "c"]])
        holds(candidate, [["b", "a"], ["d"]], 7)


@check(
    "On drawn rankings every document has its score and its place.",
    "在随机排名上，每篇文档的分数和位置都正确。",
    examples=80,
    source=sources(("normal",), ("float64",)),
    count=st.integers(1, 5),
    pool=st.integers(1, len(WORDS)),
    k=st.one_of(st.none(), st.integers(1, 100)),
)
def test_drawn(candidate, source, count, pool, k):
    words = list(source.rng.permutation(WORDS)[:pool])
    rankings = []
    for _ in range(count):
        length = int(source.rng.integers(1, pool + 1))
        rankings.append([str(doc) for doc in source.rng.permutation(words)[:length]])
    holds(candidate, rankings, k)


@check(
    "On two drawn rankings with many ties the ids decide.",
    "在有大量并列的两个随机排名上，由 id 决定次序。",
    examples=40,
    source=sources(("normal",), ("float64",)),
    pool=st.integers(2, len(WORDS)),
    k=st.integers(1, 100),
)
def test_drawn_ties(candidate, source, pool, k):
    words = [str(doc) for doc in source.rng.permutation(WORDS)[:pool]]
    half = pool // 2
    holds(candidate, [words, words[::-1]], k)
    holds(candidate, [words[:half], words[half:]], k)
