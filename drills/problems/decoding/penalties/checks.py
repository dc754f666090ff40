"""Checks of `penalties`: the specification goes through the vocabulary and counts, with Python floats."""

import numpy as np
from hypothesis import strategies as st

from drills.checking import assert_close, check
from drills.strategies import sizes, sources

PENALTIES = (0.0, 0.1, 0.5, 1.0, 1.7, 2.0, -0.5, -2.0)


def same(candidate, logits, token_ids, frequency=0.0, presence=0.0, *, positional=False):
    tokens = np.array(token_ids, dtype=np.int64)
    counts = [int((tokens == token).sum()) for token in range(logits.size)]
    want = np.array(
        [float(z) - frequency * n - presence * (n > 0) for z, n in zip(logits, counts, strict=True)]
    )
    if positional:
        got = candidate.apply_penalties(logits.copy(), tokens, frequency, presence)
    else:
        options = {"frequency_penalty": frequency, "presence_penalty": presence}
        options = {name: value for name, value in options.items() if value}
        got = candidate.apply_penalties(logits.copy(), tokens, **options)
    size = float(np.abs(logits).max()) + abs(frequency) * max(counts) + abs(presence)
    atol = (4 + max(counts)) * float(np.finfo(logits.dtype).eps) * (size + 1e-3)  # one by one is legal too
    assert_close(got, want, dtype=logits.dtype, rtol=0, atol=atol, name="logits")


@check(
    "Worked by hand: one token seen once, one seen twice.", "手算例子：一个 token 出现一次，一个出现两次。"
)
def test_by_hand(candidate):
    logits, tokens = np.array([1.0, 2.0, 3.0, 4.0]), np.array([3, 1, 3])
    for frequency, presence, expected in (
        (0.5, 0.25, [1.0, 1.25, 3.0, 2.75]),
        (0.5, 0.0, [1.0, 1.5, 3.0, 3.0]),
        (0.0, 0.25, [1.0, 1.75, 3.0, 3.75]),
    ):
        got = candidate.apply_penalties(logits.copy(), tokens.copy(), frequency, presence)
        assert_close(got, np.array(expected), name="logits")


@check(
    "The frequency penalty counts every occurrence, the presence penalty only one.",
    "频率惩罚按出现次数累加，存在惩罚只算一次。",
)
def test_repeats(candidate):
    for dtype in (np.float64, np.float32):
        logits = np.array([0.5, -1.0, 2.0, 0.0, -3.5], dtype=dtype)
        for tokens in ([2] * 7, [4, 0, 4, 4, 0, 4], [1, 2, 3, 4, 0] * 3, [0] * 3000 + [4]):
            same(candidate, logits, tokens, frequency=0.3)
            same(candidate, logits, tokens, presence=0.7)
            same(candidate, logits, tokens, frequency=0.3, presence=0.7)
            same(candidate, logits, tokens, 1.5, -0.25, positional=True)


@check(
    "Without tokens, or with both penalties left at their default of 0, nothing changes.",
    "没有 token，或两个惩罚都取默认值 0 时，logits 不变。",
)
def test_no_effect(candidate):
    for dtype in (np.float64, np.float32):
        logits = np.array([1.5, -2.0, 0.25], dtype=dtype)
        same(candidate, logits, [], frequency=1.0, presence=2.0)
        same(candidate, logits, [], 0.5, 0.5, positional=True)
        same(candidate, logits, [0, 0, 2])
        same(candidate, logits, [])
        same(candidate, np.array([3.0], dtype=dtype), [0, 0], 0.5, 0.25, positional=True)


@check(
    "A negative logit is lowered too, and a negative penalty raises a logit.",
    "负的 logit 同样会降低；惩罚为负时 logit 升高。",
)
def test_signs(candidate):
    logits = np.array([-1.0, -4.0, 0.0, 2.0, 1e4, -1e4])
    for frequency, presence in ((1.0, 0.5), (-1.0, -0.5), (3.0, -5.0), (-4.0, 2.5)):
        same(candidate, logits, [0, 1, 1, 2, 3, 3, 3, 4, 5], frequency, presence, positional=True)


@check(
    "The first and the last token of the vocabulary are penalised like any other.",
    "词表首尾的 token 同样受惩罚。",
)
def test_ends_of_vocabulary(candidate):
    logits = np.linspace(-1, 1, 1000)
    same(candidate, logits, [0, 999, 999], frequency=0.5, presence=0.25)
    same(candidate, logits.astype(np.float32), [999], frequency=2.0)
    same(candidate, logits, [0], presence=2.0)
    same(candidate, logits, np.arange(1000)[::-1], frequency=1.0, presence=1.0)


@check(
    "On drawn logits, tokens and penalties the result equals the formula.",
    "在随机的 logits、token 和惩罚上，结果等于公式。",
    examples=100,
    source=sources(("normal", "ties", "large", "negative")),
    vocab=sizes(1, 9),
    length=st.integers(0, 14),
    frequency=st.sampled_from(PENALTIES),
    presence=st.sampled_from(PENALTIES),
    positional=st.booleans(),
)
def test_drawn(candidate, source, vocab, length, frequency, presence, positional):
    logits, tokens = source.array(vocab), source.integers(0, vocab, length)
    same(candidate, logits, tokens, frequency, presence, positional=positional)
