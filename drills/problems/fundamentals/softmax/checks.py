"""Checks of `softmax`: math.exp on one row at a time, in float64, is the specification."""

import math

import numpy as np
from hypothesis import strategies as st

from drills.checking import assert_close, check, fresh_rng, require
from drills.strategies import sizes, sources


def oracle(x, axis=-1):
    """One row along the axis at a time, with Python floats."""
    moved = np.moveaxis(x, axis, -1)
    out = np.zeros(moved.shape)
    for index in np.ndindex(moved.shape[:-1]):
        row = [float(value) for value in moved[index]]
        top = max(row)
        weights = [math.exp(value - top) for value in row]
        out[index] = [weight / math.fsum(weights) for weight in weights]
    return np.moveaxis(out, -1, axis)


def close(got, x, *axis):
    """exp(x − logsumexp) is sound too; its exponent is rounded, so the error grows with the largest entry."""
    largest = float(np.abs(x[np.isfinite(x)]).max())
    atol = 16 * float(np.finfo(x.dtype).eps) * (2 + largest)
    assert_close(got, oracle(x, *axis), dtype=x.dtype, rtol=0, atol=atol, name="probabilities")


@check("Worked by hand: exponentials 1, 2 and 5.", "手算例子：指数为 1、2、5。")
def test_by_hand(candidate):
    for shift in (0.0, 1000.0, -1000.0):
        x = np.array([0.0, np.log(2), np.log(5)]) + shift
        close(candidate.softmax(x.copy()), x)
        assert_close(candidate.softmax(x.copy()), np.array([1, 2, 5]) / 8, atol=1e-12, name="probabilities")


@check("Entries of ±1e4 give finite, right probabilities.", "元素达到 ±1e4 时概率有限且正确。")
def test_large(candidate):
    rows = np.array([[1e4, 1e4 - 1, -1e4], [-1e4, -1e4, -1e4 - 2], [1e4, 1e4, 1e4], [1000.0, 0.0, 999.0]])
    for dtype in (np.float64, np.float32):
        x = rows.astype(dtype)
        close(candidate.softmax(x.copy()), x)
        for row in x:
            close(candidate.softmax(row.copy()), row)


@check("Rows far apart do not disturb each other.", "数值相差悬殊的行互不影响。")
def test_rows_far_apart(candidate):
    x = np.array([[1e4, 1e4 + 1, 1e4 - 1], [0.0, 1.0, 2.0], [-1e4, -1e4 + 3, -1e4 + 1]])
    for dtype in (np.float64, np.float32):
        y = x.astype(dtype)
        close(candidate.softmax(y.copy()), y)
        close(candidate.softmax(np.ascontiguousarray(y.T), 0), np.ascontiguousarray(y.T), 0)
        stack = np.stack([y, y[::-1]])
        close(candidate.softmax(stack.copy(), axis=2), stack, 2)


@check(
    "The axis is obeyed, negative and positive, and defaults to the last.",
    "遵守 axis 参数（正负均可），默认为最后一轴。",
)
def test_axis(candidate):
    x = fresh_rng(1).standard_normal((2, 3, 4, 5))
    for axis in (0, 1, 2, 3, -1, -2, -3, -4):
        close(candidate.softmax(x.copy(), axis), x, axis)
        close(candidate.softmax(x.copy(), axis=axis), x, axis)
    close(candidate.softmax(x.copy()), x)
    square = fresh_rng(2).standard_normal((3, 3)).astype(np.float32)
    for axis in (0, 1):
        close(candidate.softmax(square.copy(), axis), square, axis)


@check("Entries of -inf beside finite ones get exactly 0.", "与有限值同行的 -inf 元素概率严格为 0。")
def test_minus_infinity(candidate):
    low = -np.inf
    rows = np.array([[low, 1.0, 2.0], [0.0, low, low], [1e4, low, 1e4], [low, low, -1e4], [3.0, 1.0, 2.0]])
    for dtype in (np.float64, np.float32):
        for x, axis in ((rows.astype(dtype), -1), (np.ascontiguousarray(rows.T).astype(dtype), 0)):
            got = candidate.softmax(x.copy(), axis)
            close(got, x, axis)
            require(
                bool((got[np.isneginf(x)] == 0).all()),
                "An entry of -inf must have probability exactly 0.",
                "-inf 元素的概率必须严格为 0。",
                actual=got,
                name="probabilities",
            )


@check("An axis of length one gives ones.", "长度为 1 的轴上结果全为 1。")
def test_one_entry(candidate):
    for value in (0.0, 1e4, -1e4, -3.5):
        x = np.full((2, 1, 3), value)
        assert_close(candidate.softmax(x, 1), np.ones((2, 1, 3)), rtol=0, atol=1e-10, name="probabilities")


@check(
    "The result equals the definition on drawn shapes and axes.",
    "在随机形状与轴上，结果等于定义。",
    examples=100,
    source=sources(("normal", "ties", "large", "tiny", "positive", "negative")),
    shape=st.lists(sizes(1, 5), min_size=1, max_size=4),
    which=sizes(0, 3),
    from_the_end=st.booleans(),
    masked=st.booleans(),
)
def test_values(candidate, source, shape, which, from_the_end, masked):
    axis = which % len(shape)
    x = source.array(*shape)
    if masked:
        keep = source.mask(*shape) | (x == x.max(axis=axis, keepdims=True))
        x = np.where(keep, x, -np.inf).astype(x.dtype)
    axis = axis - len(shape) if from_the_end else axis
    got = candidate.softmax(x, axis)
    close(got, x, axis)
    require(
        bool((got[np.isneginf(x)] == 0).all()),
        "An entry of -inf must have probability exactly 0.",
        "-inf 元素的概率必须严格为 0。",
        actual=got,
        name="probabilities",
    )
