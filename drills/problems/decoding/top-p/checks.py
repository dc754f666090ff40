"""Checks of `top-p`: the specification adds tokens one at a time, with Python's own sort and math.fsum.

Where equality with p matters, probabilities and p are multiples of 1/64 or 1/128, so that every order of
summation is exact; elsewhere p stays away from every cumulative sum.
"""

import math

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from drills.checking import assert_close, check, require
from drills.strategies import leading_axes, sizes, sources


def oracle(probs, p):
    """Row by row in float64."""
    out = np.zeros(probs.shape)
    for index in np.ndindex(probs.shape[:-1]):
        row = probs[index].astype(np.float64).tolist()
        kept = []
        for i in sorted(range(len(row)), key=lambda i: (-row[i], i)):
            kept.append(i)
            if p < 1 and math.fsum(row[j] for j in kept) >= p:
                break
        total = math.fsum(row[j] for j in kept)
        for i in kept:
            out[index][i] = row[i] / total
    return out


def close(got, probs, p):
    want = oracle(probs, p)
    rtol = 2 * float(np.finfo(probs.dtype).eps) * (probs.shape[-1] + 8)
    assert_close(got, want, dtype=probs.dtype, rtol=rtol, atol=1e-30, name="filtered")


def dyadic(source, *shape):
    """Rows of multiples of 1/64 that sum to exactly 1, ties and zeros among them."""
    *lead, vocab = shape
    counts = source.rng.multinomial(64, source.rng.dirichlet(np.ones(vocab)), size=tuple(lead))
    return (counts / 64).astype(source.dtype)


def softmax(source, *shape, spread=2.0):
    z = source.rng.standard_normal(shape) * spread
    weights = np.exp(z - z.max(axis=-1, keepdims=True))
    return (weights / weights.sum(axis=-1, keepdims=True)).astype(source.dtype)


def safe_p(source, probs):
    """A p well away from every cumulative sum of every row."""
    sums = np.cumsum(-np.sort(-probs.astype(np.float64), axis=-1), axis=-1)
    candidates = source.rng.uniform(0.02, 0.99, 16)
    margins = [float(np.abs(sums - candidate).min()) for candidate in candidates]
    assume(max(margins) > 1e-4)
    return float(candidates[int(np.argmax(margins))])


@check(
    "Worked by hand: 1/2, 1/4, 1/8, 1/8 at p = 0.6, in any order.",
    "手算例子：概率 1/2、1/4、1/8、1/8，p = 0.6，顺序任意。",
)
def test_by_hand(candidate):
    for order in ([0, 1, 2, 3], [2, 0, 3, 1], [3, 2, 1, 0]):
        probs, expected = np.array([1 / 2, 1 / 4, 1 / 8, 1 / 8]), np.array([2 / 3, 1 / 3, 0.0, 0.0])
        got = candidate.top_p_filter(probs[order], 0.6)
        assert_close(got, expected[order], atol=0, name="filtered")


@check(
    "A sum that equals p exactly is enough: no further token stays.",
    "累计和恰好等于 p 就够了，不再多留 token。",
)
def test_equality(candidate):
    probs = np.array([1 / 8, 1 / 2, 1 / 16, 1 / 4, 1 / 16])
    for dtype in (np.float64, np.float32):
        for p in (0.5, 0.75, 0.875, 0.9375):
            row = probs.astype(dtype)
            close(candidate.top_p_filter(row, p), probs.astype(dtype), p)


@check(
    "The token that crosses p stays, so the set is never empty, however small p is.",
    "跨过 p 的那个 token 要保留，因此 p 再小集合也不会为空。",
)
def test_crossing_token(candidate):
    probs = np.array([[0.25, 0.625, 0.125], [0.3125, 0.3125, 0.375], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    for p in (1e-9, 2.0**-10, 0.25, 0.59375, 0.65625, 0.9):
        close(candidate.top_p_filter(probs.copy(), p), probs, p)
    for p in (0.625 - 2.0**-26, 0.625 + 2.0**-26):
        close(candidate.top_p_filter(probs.copy(), p), probs, p)
    for p in (1e-3, 0.5, 1.0):
        close(candidate.top_p_filter(np.array([1.0]), p), np.array([1.0]), p)


@check(
    "Ties go to the lower index, in large vocabularies too.", "概率并列时保留下标较小的，词表很大时也一样。"
)
def test_ties(candidate):
    close(candidate.top_p_filter(np.full(4, 0.25), 0.5), np.full(4, 0.25), 0.5)
    for dtype in (np.float64, np.float32):
        for vocab, p in ((64, 0.5), (256, 0.3125), (1024, 0.75)):
            probs = np.full((2, vocab), 1 / vocab, dtype=dtype)
            probs[1, : vocab // 2 : 2] *= 1.5
            probs[1, 1 : vocab // 2 : 2] *= 0.5
            close(candidate.top_p_filter(probs.copy(), p), probs, p)


@check(
    "p = 1 keeps all tokens, also where ten times 0.1 adds up to less than 1.",
    "p = 1 保留所有 token，即使十个 0.1 累加后小于 1。",
)
def test_p_one(candidate):
    rows = [[0.1] * 10, [0.2] * 5, [0.7, 0.2, 0.1], [0.1, 0.2, 0.3, 0.4], [1 / 3] * 3, [1 / 49] * 49]
    for row in rows:
        for dtype in (np.float64, np.float32):
            for p in (1.0, 1):
                probs = np.array(row, dtype=dtype)
                close(candidate.top_p_filter(probs.copy(), p), probs, p)
    for tail, dtype in ((2.0**-10, np.float64), (2.0**-22, np.float32), (2.0**-26, np.float64)):
        probs = np.array([tail, 1 - 2 * tail, tail], dtype=dtype)
        close(candidate.top_p_filter(probs.copy(), 1.0), probs, 1.0)


@check(
    "A p just below 1 still cuts, and keeps all where the sum is rounded to less.",
    "p 略小于 1 时仍然要截断；舍入后的累计和小于 p 时全部保留。",
)
def test_p_just_below_one(candidate):
    for dtype in (np.float64, np.float32):
        for tail in (2.0**-8, 2.0**-12, 2.0**-16):
            probs = np.array([tail, 1 - 2 * tail, tail], dtype=dtype)
            for p in (1 - 2 * tail, 1 - tail):
                close(candidate.top_p_filter(probs.copy(), p), probs, p)
    for vocab in (12, 19):
        probs = np.full(vocab, 1 / vocab, dtype=np.float32)  # the sum is above 1, a float32 cumsum below
        close(candidate.top_p_filter(probs.copy(), 1 - 1e-9), probs, 1 - 1e-9)


@check("Each row of a batch has a nucleus of its own size.", "批量中每一行的保留个数各不相同。")
def test_rows_differ(candidate):
    probs = np.array(
        [[0.03125, 0.90625, 0.03125, 0.03125], [0.25, 0.25, 0.25, 0.25], [0.5, 0.125, 0.25, 0.125]]
    )
    for p in (0.6, 0.9, 0.96875):
        close(candidate.top_p_filter(probs.copy(), p), probs, p)
        batch = np.stack([probs, probs[::-1]])
        close(candidate.top_p_filter(batch.copy(), p), batch, p)


@check(
    "On drawn rows of multiples of 1/64, with ties and zeros, the exact set survives, renormalised.",
    "在 1/64 整数倍的随机行（含并列和零）上，保留的集合完全正确并重新归一化。",
    examples=80,
    source=sources(("normal",)),
    lead=leading_axes(),
    vocab=sizes(1, 9),
    numerator=st.integers(1, 128),
)
def test_exact_sets(candidate, source, lead, vocab, numerator):
    probs = dyadic(source, *lead, vocab)
    p = numerator / 128
    close(candidate.top_p_filter(probs.copy(), p), probs, p)


@check(
    "On drawn softmax rows the kept values are the probabilities divided by their sum.",
    "在随机 softmax 行上，保留的值等于原概率除以它们之和。",
    examples=50,
    source=sources(("normal",)),
    lead=leading_axes(),
    vocab=sizes(1, 12),
    spread=st.sampled_from([0.5, 2.0, 8.0]),
)
def test_values(candidate, source, lead, vocab, spread):
    probs = softmax(source, *lead, vocab, spread=spread)
    p = safe_p(source, probs)
    got = candidate.top_p_filter(probs, p)
    close(got, probs, p)
    sums = got.sum(axis=-1, dtype=np.float64)
    require(
        bool(np.allclose(sums, 1.0, rtol=0, atol=1e-5)),
        "Each row must sum to 1 again.",
        "每一行必须重新归一化，和为 1。",
        actual=got,
        name="filtered",
    )


@check(
    "Vocabularies of hundreds of tokens, many of them tied.",
    "几百个 token 的词表，其中大量并列。",
    examples=15,
    source=sources(("normal",)),
    vocab=st.integers(100, 600),
    numerator=st.integers(1, 64),
    tied=st.booleans(),
)
def test_large_vocabulary(candidate, source, vocab, numerator, tied):
    probs = dyadic(source, 2, vocab) if tied else softmax(source, 2, vocab)
    p = numerator / 64 if tied else safe_p(source, probs)
    close(candidate.top_p_filter(probs.copy(), p), probs, p)
