"""Checks of `temperature`: a softmax written with math.exp, one row at a time in float64, is the specification."""

import math

import numpy as np
from hypothesis import strategies as st

from drills.checking import assert_close, check, require
from drills.strategies import leading_axes, sizes, sources

TEMPERATURES = (0.1, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 7.0, 50.0)


def oracle(logits, temperature):
    """One row at a time with Python floats."""
    out = np.zeros(logits.shape)
    for index in np.ndindex(logits.shape[:-1]):
        row = [float(value) for value in logits[index]]
        top = max(row)
        if temperature == 0:
            out[index][row.index(top)] = 1.0
            continue
        weights = [math.exp((value - top) / temperature) for value in row]
        out[index] = [weight / math.fsum(weights) for weight in weights]
    return out


def close(got, logits, temperature):
    """logits / T is rounded before exp, so the error grows with the largest exponent."""
    exponent = float(np.abs(logits).max()) / temperature if temperature else 0.0
    atol = 16 * float(np.finfo(logits.dtype).eps) * (2 + exponent)
    assert_close(
        got, oracle(logits, temperature), dtype=logits.dtype, rtol=0, atol=atol, name="probabilities"
    )


def greedy(got, logits):
    assert_close(got, oracle(logits, 0), dtype=logits.dtype, rtol=0, atol=0, name="probabilities")


@check(
    "Worked by hand: logits 0 and ln 4 at temperatures 1, 2 and 0.5.",
    "手算例子：logits 为 0 与 ln 4，温度为 1、2 和 0.5。",
)
def test_by_hand(candidate):
    for temperature, expected in ((1.0, [1 / 5, 4 / 5]), (2.0, [1 / 3, 2 / 3]), (0.5, [1 / 17, 16 / 17])):
        got = candidate.apply_temperature(np.array([0.0, np.log(4)]), temperature)
        assert_close(got, np.array(expected), name="probabilities")


@check("Temperature 0 puts all mass on the maximum of each row.", "温度为 0 时，每行的全部概率落在最大值上。")
def test_greedy(candidate):
    logits = np.array([[1.0, 3.0, 2.0], [-1.0, -5.0, -9.0], [0.0, 0.5, 7.0], [4.0, 4.5, -1.0]])
    for dtype in (np.float64, np.float32):
        for temperature in (0.0, 0):
            greedy(candidate.apply_temperature(logits.astype(dtype), temperature), logits.astype(dtype))
    batch = logits.reshape(2, 2, 3)
    greedy(candidate.apply_temperature(batch.copy(), 0.0), batch)
    greedy(candidate.apply_temperature(batch[0, 0].copy(), 0.0), batch[0, 0])


@check(
    "Temperature 0 with ties gives all mass to the first maximum.",
    "温度为 0 且最大值并列时，全部概率给第一个最大值。",
)
def test_greedy_ties(candidate):
    for row in ([2.0, 5.0, 5.0, 1.0, 5.0], [3.0, 3.0, 3.0], [-1.0, 0.0, 0.0], [0.0, -0.0]):
        logits = np.array([row, row[::-1]])
        greedy(candidate.apply_temperature(logits.copy(), 0.0), logits)


@check(
    "Temperature 0 decides by the smallest difference, near 0 and far from it.",
    "温度为 0 时，再小的差距也能分出最大值，无论 logits 大小。",
)
def test_greedy_near_ties(candidate):
    step = 2.0**-36
    for row in (
        [1.0, 1.0 + step, 1.0],
        [0.0, step / 8, 0.0],
        [1e4, 1e4 + step, -1e4],
        [-1e4, -1e4 + step, -1e4],
    ):
        logits = np.array(row)
        greedy(candidate.apply_temperature(logits.copy(), 0.0), logits)


@check(
    "A small positive temperature is not greedy, a large one is not capped.",
    "很小的正温度不是贪心，很大的温度也不会被截断。",
)
def test_extreme_temperatures(candidate):
    for temperature in (1e-3, 1e-2, 100.0, 1000.0):
        logits = temperature * np.array([0.0, np.log(2), np.log(5)])
        assert_close(
            candidate.apply_temperature(logits, temperature), np.array([1, 2, 5]) / 8, name="probabilities"
        )


@check(
    "Logits of ±1e4 stay finite, and rows far apart do not disturb each other.",
    "logits 达到 ±1e4 时结果有限，数值相差悬殊的行互不影响。",
)
def test_large_logits(candidate):
    logits = np.array([[1e4, 1e4 - 1, -1e4], [-1e4, -1e4, -1e4 - 2], [0.0, 1.0, 2.0], [1000.0, 0.0, 999.0]])
    for dtype in (np.float64, np.float32):
        for temperature in (1.0, 0.5, 4.0):
            x = logits.astype(dtype)
            got = candidate.apply_temperature(x, temperature)
            close(got, logits.astype(dtype), temperature)


@check(
    "The probabilities equal softmax(logits / T) over the last axis, on drawn shapes and temperatures.",
    "在随机形状和温度下，概率等于沿最后一轴的 softmax(logits / T)。",
    source=sources(("normal", "ties", "positive", "negative", "tiny")),
    lead=leading_axes(),
    vocab=sizes(1, 7),
    temperature=st.sampled_from(TEMPERATURES),
)
def test_values(candidate, source, lead, vocab, temperature):
    logits = source.array(*lead, vocab)
    close(candidate.apply_temperature(logits, temperature), logits, temperature)


@check(
    "Logits of ±1e3 give finite probabilities that equal the definition and sum to one.",
    "logits 达到 ±1e3 时概率有限、等于定义且和为 1。",
    examples=40,
    source=sources(("large",)),
    lead=leading_axes(),
    vocab=sizes(1, 7),
    temperature=st.sampled_from((0.5, 1.0, 2.0, 20.0, 300.0)),
)
def test_stability(candidate, source, lead, vocab, temperature):
    logits = source.array(*lead, vocab)
    got = candidate.apply_temperature(logits, temperature)
    close(got, logits, temperature)
    require(
        bool(np.allclose(got.sum(axis=-1), 1.0, rtol=0, atol=1e-5)),
        "The probabilities of each row must sum to 1.",
        "每行概率之和必须为 1。",
        actual=got,
        name="probabilities",
    )


@check(
    "Temperature 0 is one-hot at the first maximum on drawn shapes.",
    "在随机形状下，温度 0 的结果是首个最大值处的 one-hot。",
    examples=30,
    source=sources(("ties", "normal", "large", "negative")),
    lead=leading_axes(),
    vocab=sizes(1, 7),
)
def test_greedy_drawn(candidate, source, lead, vocab):
    logits = source.array(*lead, vocab)
    greedy(candidate.apply_temperature(logits, 0.0), logits)
