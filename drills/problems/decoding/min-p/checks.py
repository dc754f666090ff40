"""Checks of `min-p`: the specification looks at one token at a time; exact fractions decide who stays.

Where equality with the bar matters, probabilities and min_p are multiples of 1/64 or 1/128, so that products and
quotients are exact; elsewhere min_p stays away from every ratio to the largest probability.
"""

import math
from fractions import Fraction

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from drills.checking import assert_close, check, require
from drills.strategies import leading_axes, sizes, sources


def oracle(probs, min_p):
    """Row by row, in exact arithmetic up to the last division."""
    out = np.zeros(probs.shape)
    for index in np.ndindex(probs.shape[:-1]):
        row = [Fraction(float(p)) for p in probs[index]]
        bar = Fraction(float(min_p)) * max(row)
        total = sum(p for p in row if p >= bar)
        for i, p in enumerate(row):
            if p >= bar:
                out[(*index, i)] = float(p / total)
    return out


def holds(candidate, probs, min_p):
    want = oracle(probs, min_p)
    got = candidate.min_p_filter(probs.copy(), min_p)
    rtol = 2 * float(np.finfo(probs.dtype).eps) * (probs.shape[-1] + 8)
    assert_close(got, want, dtype=probs.dtype, rtol=rtol, atol=0, name="filtered")
    return got


def dyadic(source, *shape):
    """Rows of multiples of 1/64 that sum to exactly 1, ties and zeros among them."""
    *lead, vocab = shape
    counts = source.rng.multinomial(64, source.rng.dirichlet(np.ones(vocab)), size=tuple(lead))
    return (counts / 64).astype(source.dtype)


def softmax(source, *shape, spread=2.0):
    z = source.rng.standard_normal(shape) * spread
    weights = np.exp(z - z.max(axis=-1, keepdims=True))
    return (weights / weights.sum(axis=-1, keepdims=True)).astype(source.dtype)


def safe_min_p(source, probs):
    """A min_p well away from every ratio to the row's largest probability."""
    exact = probs.astype(np.float64)
    ratios = exact / exact.max(axis=-1, keepdims=True)
    tried = source.rng.uniform(0.005, 0.99, 16)
    margins = [float(np.abs(ratios - value).min() / value) for value in tried]
    assume(max(margins) > 1e-4)
    return float(tried[math.floor(np.argmax(margins))])


@check(
    "Worked by hand: 1/8, 1/2, 1/16, 5/16 at min_p = 1/4, in any order.",
    "手算例子：概率 1/8、1/2、1/16、5/16，min_p = 1/4，顺序任意。",
)
def test_by_hand(candidate):
    for order in ([0, 1, 2, 3], [2, 0, 3, 1], [3, 2, 1, 0]):
        probs, expected = np.array([1 / 8, 1 / 2, 1 / 16, 5 / 16]), np.array([2 / 15, 8 / 15, 0.0, 1 / 3])
        got = candidate.min_p_filter(probs[order], 0.25)
        assert_close(got, expected[order], atol=0, name="filtered")


@check(
    "The bar follows the largest probability: the same 1/16 stays in a flat row and goes in a sure one.",
    "门槛随最大概率变化：同样是 1/16，分布平坦时保留，模型很确定时丢弃。",
)
def test_bar_follows_the_top(candidate):
    flat = np.array([1 / 8] * 7 + [1 / 16] * 2)
    sure = np.array([13 / 16] + [1 / 16] * 3)
    for dtype in (np.float64, np.float32):
        for min_p in (0.09375, 0.1875, 0.375, 0.625):
            holds(candidate, flat.astype(dtype), min_p)
            holds(candidate, sure.astype(dtype), min_p)


@check("A token exactly at the bar stays.", "恰好等于门槛的 token 保留。")
def test_equality(candidate):
    probs = np.array([1 / 8, 1 / 2, 1 / 32, 1 / 4, 1 / 16, 1 / 32])
    for dtype in (np.float64, np.float32):
        for min_p in (0.5, 0.25, 0.125, 0.0625):
            holds(candidate, probs.astype(dtype), min_p)
    holds(candidate, np.array([3 / 8, 3 / 16, 9 / 32, 5 / 32]), 0.75)
    holds(candidate, np.array([3 / 8, 3 / 16, 9 / 32, 5 / 32]), 0.5)


@check("min_p = 0 keeps all tokens, unlikely ones too.", "min_p = 0 保留所有 token，再小的概率也保留。")
def test_zero_keeps_all(candidate):
    for row in (
        [0.5, 0.25, 0.25],
        [0.0, 1.0, 0.0],
        [1 - 2.0**-20, 2.0**-20],
        [0.5, 0.5 - 2.0**-22, 2.0**-22],
        [1.0, 2.0**-44],
    ):
        for dtype in (np.float64, np.float32):
            for min_p in (0.0, 0):
                holds(candidate, np.array(row, dtype=dtype), min_p)


@check(
    "A tiny min_p tells tiny probabilities apart: the bar is a ratio, without slack.",
    "min_p 很小时，也能分清很小的概率：门槛是比例，没有余量。",
)
def test_tiny(candidate):
    probs = np.array([2.0**-24, 1 - 2.0**-22 - 2.0**-24, 2.0**-22])
    for dtype in (np.float64, np.float32):
        for min_p in (2.0**-21, 2.0**-23, 2.0**-25):
            holds(candidate, probs.astype(dtype), min_p)


@check("A token just below the bar goes, one just above it stays.", "略低于门槛的 token 丢弃，略高于的保留。")
def test_near_the_bar(candidate):
    for dtype, step in ((np.float64, 2.0**-26), (np.float32, 2.0**-20)):
        probs = np.array([1 / 4 + step, 1 / 2, 1 / 4 - step], dtype=dtype)
        for min_p in (0.5, 0.5 - 4 * step, 0.5 + 4 * step):
            holds(candidate, probs, min_p)


@check(
    "min_p = 1 keeps the most likely token and all that are tied with it.",
    "min_p = 1 保留概率最大的 token，以及所有与它并列的。",
)
def test_one_keeps_the_top(candidate):
    rows = [[0.25, 0.5, 0.25], [0.375, 0.25, 0.375], [0.25] * 4, [1.0], [0.1] * 10, [1 / 3] * 3]
    for row in rows:
        for dtype in (np.float64, np.float32):
            for min_p in (1.0, 1):
                holds(candidate, np.array(row, dtype=dtype), min_p)


@check("A vocabulary of one token, and a row that is sure.", "只有一个 token 的词表，以及完全确定的一行。")
def test_one_token(candidate):
    for min_p in (0.0, 0.3, 1.0):
        holds(candidate, np.array([1.0]), min_p)
        holds(candidate, np.ones((2, 3, 1), dtype=np.float32), min_p)
        holds(candidate, np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]), min_p)


@check("Each row of a batch has a bar of its own.", "批量中每一行各有自己的门槛。")
def test_rows_differ(candidate):
    probs = np.array([[0.03125, 0.90625, 0.03125, 0.03125], [0.25] * 4, [0.5, 0.125, 0.25, 0.125]])
    for min_p in (0.0625, 0.2, 0.3, 0.6):
        holds(candidate, probs, min_p)
        holds(candidate, np.stack([probs, probs[::-1]]), min_p)
        holds(candidate, probs[:, None, ::-1].copy(), min_p)


@check(
    "On drawn rows of multiples of 1/64, with ties and zeros, exactly the right tokens survive, renormalised.",
    "在 1/64 整数倍的随机行（含并列和零）上，保留的 token 完全正确并重新归一化。",
    examples=80,
    source=sources(("normal",)),
    lead=leading_axes(),
    vocab=sizes(1, 9),
    numerator=st.one_of(st.integers(0, 128), st.sampled_from([8, 16, 32, 64, 96])),
)
def test_exact_sets(candidate, source, lead, vocab, numerator):
    holds(candidate, dyadic(source, *lead, vocab), numerator / 128)


@check(
    "On drawn softmax rows the kept values are the probabilities divided by their sum.",
    "在随机 softmax 行上，保留的值等于原概率除以它们之和。",
    examples=50,
    source=sources(("normal",)),
    lead=leading_axes(),
    vocab=sizes(1, 12),
    spread=st.sampled_from([0.2, 0.5, 2.0, 6.0]),
)
def test_values(candidate, source, lead, vocab, spread):
    probs = softmax(source, *lead, vocab, spread=spread)
    got = holds(candidate, probs, safe_min_p(source, probs))
    require(
        bool(np.allclose(got.sum(axis=-1, dtype=np.float64), 1.0, rtol=0, atol=1e-5)),
        "Each row must sum to 1 again.",
        "每一行必须重新归一化，和为 1。",
        actual=got,
        name="filtered",
    )


@check(
    "Vocabularies of hundreds of tokens.",
    "几百个 token 的词表。",
    examples=12,
    source=sources(("normal",)),
    vocab=st.integers(100, 500),
    min_p=st.sampled_from([0.0, 0.0078125, 0.0625, 0.25, 1.0]),
    tied=st.booleans(),
)
def test_large_vocabulary(candidate, source, vocab, min_p, tied):
    probs = dyadic(source, 2, vocab) if tied else softmax(source, 2, vocab)
    holds(candidate, probs, min_p if tied or min_p in (0.0, 1.0) else safe_min_p(source, probs))
