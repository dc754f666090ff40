"""Checks of `top-k`: Python's own sort by (-value, index), one row at a time, is the specification."""

import numpy as np
from hypothesis import strategies as st

from drills.checking import assert_close, check
from drills.strategies import leading_axes, sizes, sources


def oracle(logits, k):
    """Row by row."""
    out = np.full_like(logits, -np.inf)
    for index in np.ndindex(logits.shape[:-1]):
        row = logits[index].tolist()
        for i in sorted(range(len(row)), key=lambda i: (-row[i], i))[:k]:
            out[index][i] = logits[index][i]
    return out


def same(candidate, logits, k):
    """Nothing is computed, only chosen: the result is exact."""
    got = candidate.top_k_filter(logits.copy(), k)
    assert_close(got, oracle(logits, k), dtype=logits.dtype, rtol=0, atol=0, name="filtered")


@check("Worked by hand: the two largest of 1, 3, 2, 0.", "手算例子：1、3、2、0 中保留最大的两个。")
def test_by_hand(candidate):
    low = -np.inf
    logits = np.array([1.0, 3.0, 2.0, 0.0])
    for k, expected in (
        (1, [low, 3, low, low]),
        (2, [low, 3, 2, low]),
        (3, [1, 3, 2, low]),
        (4, [1, 3, 2, 0]),
    ):
        got = candidate.top_k_filter(logits.copy(), k)
        assert_close(got, np.array(expected, dtype=float), rtol=0, atol=0, name="filtered")


@check(
    "Exactly k survive when values tie, and the lower indices win.", "数值并列时恰好保留 k 个，下标小的优先。"
)
def test_ties(candidate):
    for dtype in (np.float64, np.float32):
        for row in ([2.0, 5.0, 5.0, 5.0, 1.0], [0.0] * 7, [0.0, -0.0, 0.0, -0.0], [1.0, 2.0, 1.0, 2.0, 1.0]):
            for k in range(1, len(row)):
                same(candidate, np.array(row, dtype=dtype), k)


@check(
    "Ties in vocabularies of hundreds of tokens go to the lower index too.",
    "几百个 token 的词表里，并列同样保留下标小的。",
)
def test_many_ties(candidate):
    for dtype in (np.float64, np.float32):
        for vocab, k in ((64, 20), (256, 100), (1000, 7), (1000, 700)):
            flat = np.full((2, vocab), 0.5, dtype=dtype)
            flat[1, ::3] = 1.5
            flat[1, 1::3] = -1.5
            same(candidate, flat, k)


@check("k equal to V or larger leaves all logits as they are.", "k 等于或大于 V 时，所有 logits 原样保留。")
def test_k_reaches_vocabulary(candidate):
    logits = np.array([[0.5, -2.0, 3.0], [1.0, 1.0, 1.0]])
    for k in (3, 4, 50, 10_000):
        same(candidate, logits, k)
        same(candidate, logits[0].astype(np.float32), k)
    same(candidate, np.array([-1.5]), 1)
    same(candidate, np.array([[-1.5], [2.0]]), 3)


@check(
    "Dropped logits are -inf, kept ones unchanged, for very negative and very large logits.",
    "被丢弃的是 -inf，保留的不变，logits 很负或很大时也一样。",
)
def test_extreme_logits(candidate):
    logits = np.array([[-1e30, -2e30, -3e30], [1e30, -1e30, 0.0], [-1e-30, 1e-30, 0.0], [1e4, 1e4 + 1, -1e4]])
    for dtype in (np.float64, np.float32):
        for k in (1, 2):
            same(candidate, logits.astype(dtype), k)


@check("Neighbouring floating-point numbers are no ties.", "相邻的浮点数不算并列。")
def test_near_ties(candidate):
    for dtype in (np.float64, np.float32):
        one = dtype(1)
        logits = np.array([one, np.nextafter(one, dtype(2)), np.nextafter(one, dtype(0)), one], dtype=dtype)
        for k in (1, 2, 3):
            same(candidate, logits, k)
            same(candidate, -logits, k)


@check("Each row is cut on its own.", "每一行各自截断。")
def test_rows(candidate):
    logits = np.array([[1.0, 2.0, 3.0, 4.0], [40.0, 30.0, 20.0, 10.0], [-1.0, -9.0, -5.0, -5.0]])
    for k in (1, 2, 3):
        same(candidate, logits, k)
        same(candidate, np.stack([logits, logits[::-1] - 100.0]), k)
        same(candidate, logits[None, None, :2], k)


@check(
    "On drawn shapes, values and k the result equals the definition exactly.",
    "在随机形状、数值和 k 上，结果与定义完全一致。",
    examples=100,
    source=sources(("normal", "ties", "large", "negative")),
    lead=leading_axes(),
    vocab=sizes(1, 8),
    k=st.integers(1, 10),
)
def test_drawn(candidate, source, lead, vocab, k):
    same(candidate, source.array(*lead, vocab), k)


@check(
    "Large vocabularies, with many ties and with none.",
    "大词表，有大量并列或没有并列。",
    examples=20,
    source=sources(("ties", "normal")),
    vocab=st.integers(50, 800),
    share=st.floats(0.0, 1.0),
)
def test_large_vocabulary(candidate, source, vocab, share):
    same(candidate, source.array(2, vocab), max(1, int(share * vocab)))
