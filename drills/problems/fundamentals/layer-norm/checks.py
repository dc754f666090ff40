"""Checks of `layer-norm`: the definition, one row at a time with exact sums, is the specification."""

import math

import numpy as np
from hypothesis import strategies as st

from drills.checking import assert_close, check, fresh_rng
from drills.strategies import leading_axes, sizes, sources


def oracle(x, gamma, beta, eps):
    """The output in float64, and for each element what its roundings are relative to."""
    out, scale = np.zeros(x.shape), np.zeros(x.shape)
    for index in np.ndindex(x.shape[:-1]):
        row = [float(value) for value in x[index]]
        mean = math.fsum(row) / len(row)
        root = math.sqrt(math.fsum((value - mean) ** 2 for value in row) / len(row) + eps)
        for i, value in enumerate(row):
            normalised = (value - mean) / root
            out[(*index, i)] = gamma[i] * normalised + beta[i]
            # the mean is rounded relative to the values themselves, however small their spread
            relative = (1 + abs(normalised)) * (1 + max(map(abs, row)) / root)
            scale[(*index, i)] = abs(gamma[i]) * relative + abs(beta[i])
    return out, scale


def compare(candidate, x, gamma, beta, eps=None):
    """The output against the definition; eps is left to its default when None."""
    want, scale = oracle(x, gamma.astype(np.float64), beta.astype(np.float64), 1e-5 if eps is None else eps)
    options = {} if eps is None else {"eps": eps}
    got = candidate.layer_norm(x.copy(), gamma.copy(), beta.copy(), **options)
    unit = 4e-6 if x.dtype == np.float32 else 1e-12
    assert_close(got, want, dtype=x.dtype, rtol=1e-9, atol=unit * scale)


@check("The example worked by hand: mean 3, biased variance 4.", "手算例子：均值 3，有偏方差 4。")
def test_by_hand(candidate):
    x, gamma = np.array([1.0, 1.0, 5.0, 5.0]), np.array([1.0, 2.0, 3.0, 4.0])
    beta = np.array([0.0, 0.0, 10.0, 10.0])
    assert_close(candidate.layer_norm(x, gamma, beta, eps=0.0), np.array([-1.0, -2.0, 13.0, 14.0]))


@check(
    "The mean and the variance run over the last axis, with one, two, three and four axes.",
    "均值与方差沿最后一个轴计算，一维到四维都一样。",
)
def test_axes(candidate):
    rng = fresh_rng(1)
    for shape in ((5,), (1, 4), (4, 4), (6, 3), (2, 3, 5), (3, 3, 3), (2, 1, 4, 3)):
        for dtype in (np.float64, np.float32):
            x, gamma, beta = (rng.standard_normal(s).astype(dtype) for s in (shape, shape[-1:], shape[-1:]))
            compare(candidate, x, gamma, beta)


@check(
    "Rows of very different size and mean are normalised each by themselves.",
    "大小和均值相差很大的行各自归一化。",
)
def test_rows_apart(candidate):
    x = np.array([[1.0, 2.0, 4.0], [100.0, 300.0, -200.0], [-7.0, -7.5, -6.5], [1e-3, 2e-3, 0.0]])
    gamma, beta = np.array([1.0, -2.0, 0.5]), np.array([0.25, 0.0, -3.0])
    compare(candidate, x, gamma, beta)
    compare(candidate, x[None, ::-1], gamma, beta)


@check(
    "eps is added to the variance, inside the root: rows of small variance, several eps and its default 1e-5.",
    "eps 加在方差上、根号里面：方差很小的行、多个 eps 以及默认值 1e-5。",
)
def test_eps(candidate):
    x = np.array([[1e-3, -2e-3, 1e-3], [1e-4, 0.0, 1e-4], [2e-3, 2e-3, 5e-3], [1.0, 2.0, 3.0]])
    gamma, beta = np.array([1.0, -2.0, 0.5]), np.array([0.0, 1.0, -1.0])
    for dtype in (np.float64, np.float32):
        for eps in (None, 1e-6, 1e-3, 0.5, 3.0):
            compare(candidate, x.astype(dtype), gamma.astype(dtype), beta.astype(dtype), eps)


@check("A constant row, and D = 1, give beta.", "常数行以及 D = 1 时输出就是 beta。")
def test_constant_row(candidate):
    for dtype in (np.float64, np.float32):
        gamma, beta = np.array([3.0, -2.0], dtype=dtype), np.array([0.5, -4.0], dtype=dtype)
        x = np.array([[0.0, 0.0], [8.0, 8.0], [-2.0, -2.0], [1.0, 3.0]], dtype=dtype)
        compare(candidate, x, gamma, beta)
        compare(candidate, x.reshape(8, 1), gamma[:1], beta[:1])
        compare(candidate, x[0], gamma, beta)


@check(
    "A float32 row whose mean is thousands of times its spread keeps its variance.",
    "float32 下均值是离散程度几千倍的行，方差不会因相消而丢失。",
)
def test_large_mean(candidate):
    # sums and means of these are exact in float32, their squares are not
    x = np.array([[1, 2, 3, 6], [0, 0, 4, 4], [-8, 8, 1, 7]], dtype=np.float32)
    gamma, beta = np.array([1.0, -2.0, 0.5, 3.0]), np.array([0.5, 0.0, -1.0, 2.0])
    want, _ = oracle(x, gamma, beta, 1e-5)
    for shift in (8192, -8192):
        shifted = x + np.float32(shift)
        got = candidate.layer_norm(shifted, gamma.astype(np.float32), beta.astype(np.float32))
        assert_close(got, want, dtype=np.float32, rtol=0, atol=0.02)


@check(
    "The output equals the definition over any leading axes, each row by itself.",
    "对任意前置轴，每一行各自归一化，输出等于定义。",
    source=sources(("normal", "ties", "positive", "negative", "tiny", "large")),
    lead=leading_axes(3),
    width=sizes(1, 8),
    eps=st.sampled_from([None, 1e-6, 1e-5, 1e-2, 1.0]),
)
def test_values(candidate, source, lead, width, eps):
    x = source.array(*lead, width)
    compare(candidate, x, source.array(width, kind="normal"), source.array(width, kind="normal"), eps)


@check(
    "Shifting a row changes nothing; scaling it by 2 while eps grows by 4 changes nothing either.",
    "整行平移不改变输出；整行乘 2、同时 eps 乘 4，输出也不变。",
    source=sources(("ties",)),
    lead=leading_axes(),
    width=sizes(1, 6),
    examples=20,
)
def test_invariance(candidate, source, lead, width):
    x, gamma, beta = source.array(*lead, width), source.array(width), source.array(width)
    want, scale = oracle(x, gamma, beta, 0.25)
    unit = 1e-4 if x.dtype == np.float32 else 1e-10
    got = candidate.layer_norm(x + x.dtype.type(16), gamma, beta, eps=0.25)
    assert_close(got, want, dtype=x.dtype, rtol=0, atol=unit * scale)
    got = candidate.layer_norm(2 * x, gamma, beta, eps=1.0)
    assert_close(got, want, dtype=x.dtype, rtol=0, atol=unit * scale)
