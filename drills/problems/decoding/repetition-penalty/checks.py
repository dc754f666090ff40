"""Checks of `repetition-penalty`: one row and one token at a time, with Python floats, is the specification."""

import math

import numpy as np
from hypothesis import strategies as st

from drills.checking import assert_close, check, expect_error, fresh_rng
from drills.strategies import sizes, sources

PENALTIES = (1.0, 1.1, 1.2, 1.5, 2.0, 3, 10.0, 0.5, 0.8, 0.01)
DTYPES = (np.float64, np.float32)


def oracle(logits, token_ids, penalty):
    """Less likely for a penalty above 1: towards minus infinity on both sides of zero."""
    rows = []
    for row, tokens in zip(logits.tolist(), token_ids.tolist(), strict=True):
        rows.append([scaled(z, penalty) if v in tokens else z for v, z in enumerate(row)])
    return np.array(rows)


def scaled(logit, penalty):
    return math.copysign(abs(logit) * penalty ** (-1 if logit > 0 else 1), logit)


def same(candidate, logits, token_ids, penalty):
    logits, tokens = np.array(logits), np.array(token_ids, dtype=np.int64).reshape(len(logits), -1)
    got = candidate.apply_repetition_penalty(logits.copy(), tokens.copy(), penalty)
    rtol = 16 * float(np.finfo(logits.dtype).eps)
    assert_close(got, oracle(logits, tokens, penalty), dtype=logits.dtype, rtol=rtol, atol=0, name="logits")


@check(
    "Worked by hand: seen and unseen, positive, negative and zero.",
    "手算例子：出现过与没出现过，正、负与零。",
)
def test_by_hand(candidate):
    logits, tokens = np.array([[2.0, -1.0, 0.5, 0.0]]), np.array([[0, 1, 0, 3]])
    for penalty, expected in ((2.0, [[1.0, -2.0, 0.5, 0.0]]), (0.5, [[4.0, -0.5, 0.5, 0.0]])):
        got = candidate.apply_repetition_penalty(logits.copy(), tokens.copy(), penalty)
        assert_close(got, np.array(expected), name="logits")


@check("A token is penalised once, however often it occurred.", "一个 token 不论出现多少次，只惩罚一次。")
def test_once(candidate):
    for dtype in DTYPES:
        logits = np.array([[1.5, -1.5, 3.0, -0.25]], dtype=dtype)
        for tokens in ([[2] * 7], [[1, 3, 1, 1, 3, 1]], [[0, 1, 2, 3] * 3], [[0] * 300 + [1]]):
            for penalty in (1.2, 2.0, 0.5):
                same(candidate, logits, tokens, penalty)


@check(
    "The sign decides token by token, also where all logits share one.",
    "逐个 token 看正负；全部同号时也一样。",
)
def test_signs(candidate):
    for row in ([-1.0, -2, -8, -0.5], [1.0, 2, 8, 0.5], [-1e4, 1e4, -1e-4, 1e-4], [0.0, -0.0, 1, -1]):
        for dtype in DTYPES:
            same(candidate, np.array([row], dtype=dtype), [[0, 1, 3]], 1.3)
            same(candidate, np.array([row], dtype=dtype), [[2, 1]], 0.7)


@check("Each row of the batch is penalised for its own tokens only.", "批次里每一行只按自己的 token 惩罚。")
def test_rows_apart(candidate):
    logits = np.array([[1.0, -2, 3, -4], [1.0, -2, 3, -4], [-1.0, 2, -3, 4]])
    same(candidate, logits, [[0, 0], [1, 2], [3, 3]], 2.0)
    same(candidate, logits, [[3, 2, 1], [0, 0, 0], [1, 1, 2]], 1.5)
    same(candidate, logits.astype(np.float32), [[0], [3], [0]], 1.5)


@check(
    "Without tokens, or with a penalty of 1, nothing changes.", "没有 token，或惩罚系数为 1 时，logits 不变。"
)
def test_no_effect(candidate):
    for dtype in DTYPES:
        logits = np.array([[1.5, -2.0, 0.25], [0.0, 3.0, -7.0]], dtype=dtype)
        same(candidate, logits, [[], []], 1.7)
        same(candidate, logits, [[0, 1, 2], [2, 2, 1]], 1.0)
        same(candidate, logits[:1], [[]], 0.5)


@check(
    "A logit of -inf stays -inf, seen or not, and nothing becomes NaN.",
    "−inf 的 logit 不论是否出现过都保持 −inf，不产生 NaN。",
)
def test_forbidden_tokens(candidate):
    for dtype in DTYPES:
        logits = np.array([[-np.inf, 2.0, -np.inf, -1.0], [0.5, -np.inf, -3.0, -np.inf]], dtype=dtype)
        for penalty in (1.25, 0.5, 1.0):
            same(candidate, logits, [[0, 1, 1], [2, 1, 0]], penalty)
            same(candidate, logits, [[1, 3, 3], [0, 0, 2]], penalty)


@check(
    "A penalty ≤ 0 is a ValueError; a whole number is a legal penalty.",
    "penalty ≤ 0 时抛出 ValueError；整数也是合法的惩罚系数。",
)
def test_bad_penalty(candidate):
    logits, tokens = np.array([[1.0, -1.0, 2.0]]), np.array([[0, 1]])
    for penalty in (-1.0, -1e-3, -2, 0.0, 0):
        expect_error(candidate.apply_repetition_penalty, "ValueError", logits.copy(), tokens.copy(), penalty)
    expect_error(candidate.apply_repetition_penalty, "ValueError", logits.copy(), tokens[:, :0].copy(), -1.0)
    same(candidate, logits, tokens, 3)


@check(
    "The ends of a vocabulary of thousands, long sequences, and one token alone.",
    "几千词的词表首尾、很长的序列、只有一个 token 的词表。",
)
def test_sizes(candidate):
    logits = np.linspace(-5, 5, 3000).reshape(1, -1)
    same(candidate, logits, [[0, 2999, 1499, 0]], 1.2)
    same(candidate, logits.astype(np.float32), [[2999]], 1.2)
    same(candidate, np.array([[3.0], [-3.0]]), [[0, 0], [0, 0]], 1.2)
    rng = fresh_rng(1)
    same(candidate, rng.standard_normal((2, 50)), rng.integers(0, 50, (2, 400)), 1.2)


@check("A second call does not remember the first.", "第二次调用不受第一次影响。")
def test_no_state(candidate):
    for tokens in ([[0, 1]], [[2]], [[]], [[2, 2, 0]], [[2]]):
        same(candidate, np.array([[1.0, -2.0, 3.0]]), tokens, 2.0)


@check(
    "On drawn logits, tokens and penalties the result equals the formula.",
    "在随机的 logits、token 和惩罚系数上，结果等于公式。",
    examples=80,
    source=sources(("normal", "ties", "large", "tiny", "negative", "positive")),
    batch=sizes(1, 4),
    vocab=sizes(1, 9),
    length=st.integers(0, 10),
    penalty=st.sampled_from(PENALTIES),
    forbidden=st.booleans(),
)
def test_drawn(candidate, source, batch, vocab, length, penalty, forbidden):
    logits, tokens = source.array(batch, vocab), source.integers(0, vocab, batch, length)
    if forbidden:
        logits[source.mask(batch, vocab, share=0.3)] = -np.inf
    same(candidate, logits, tokens, penalty)
