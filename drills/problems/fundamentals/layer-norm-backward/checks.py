"""Checks of `layer-norm-backward`: the Jacobian of one row at a time, in float64, is the specification."""

import math

import numpy as np
from hypothesis import strategies as st

from drills.checking import assert_close, check, fresh_rng, unpack
from drills.strategies import leading_axes, sizes, sources

NAMES = ("grad_x", "grad_gamma", "grad_beta")


def oracle(grad_out, x, gamma, eps):
    """The three gradients, and what the roundings of each element are relative to."""
    width = x.shape[-1]
    grads = [np.zeros(x.shape), np.zeros(width), np.zeros(width)]
    scales = [np.zeros(x.shape), np.zeros(width), np.zeros(width)]
    for index in np.ndindex(x.shape[:-1]):
        row, upstream = x[index].astype(np.float64), grad_out[index].astype(np.float64)
        mean = math.fsum(row) / width
        root = math.sqrt(math.fsum((row - mean) ** 2) / width + eps)
        hat = (row - mean) / root
        g = upstream * gamma
        for i in range(width):  # dy_j/dx_i = gamma_j ([i = j] − 1/D − x̂_i x̂_j / D) / root
            grads[0][(*index, i)] = math.fsum(
                g[j] * ((i == j) - 1 / width - hat[i] * hat[j] / width) / root for j in range(width)
            )
        grads[1] += upstream * hat
        grads[2] += upstream
        # x̂ is as uncertain as the mean, which is rounded relative to the values themselves
        unsure = 1 + np.abs(row).max() / root
        stretch = (1 + np.abs(hat).max()) ** 2 * unsure
        scales[0][index] = np.abs(g).max() * stretch / root
        scales[1] += np.abs(upstream) * (1 + np.abs(hat)) * unsure
        scales[2] += np.abs(upstream)
    return grads, scales


def compare(candidate, grad_out, x, gamma, eps=None):
    """All three gradients against the definition; eps is left to its default when None."""
    wanted, scales = oracle(grad_out, x, gamma.astype(np.float64), 1e-5 if eps is None else eps)
    options = {} if eps is None else {"eps": eps}
    result = candidate.layer_norm_backward(grad_out.copy(), x.copy(), gamma.copy(), **options)
    found = unpack(result, 3, *NAMES)
    unit = 4e-6 if x.dtype == np.float32 else 1e-12
    for got, want, scale, name in zip(found, wanted, scales, NAMES, strict=True):
        assert_close(got, want, dtype=x.dtype, rtol=1e-9, atol=unit * scale, name=name)
    return found


@check(
    "The examples worked by hand: two numbers, eps = 0 and eps = 12.", "手算例子：两个数，eps 为 0 与 12。"
)
def test_by_hand(candidate):
    grad_out, x, gamma = np.array([1.0, 4.0]), np.array([-2.0, 2.0]), np.array([2.0, 1.0])
    for eps, wanted in (
        (0.0, ([0.0, 0.0], [-1.0, 4.0], [1.0, 4.0])),
        (12.0, ([-3 / 16, 3 / 16], [-0.5, 2.0], [1.0, 4.0])),
    ):
        found = candidate.layer_norm_backward(grad_out.copy(), x.copy(), gamma.copy(), eps=eps)
        for got, want, name in zip(unpack(found, 3, *NAMES), wanted, NAMES, strict=True):
            assert_close(got, np.array(want), atol=1e-12, name=name)


@check(
    "One to four axes: grad_gamma and grad_beta sum over all that lead, and keep shape (D,).",
    "一维到四维：grad_gamma 与 grad_beta 对所有前置轴求和，形状为 (D,)。",
)
def test_axes(candidate):
    rng = fresh_rng(1)
    for shape in ((5,), (1, 4), (4, 4), (6, 3), (2, 3, 5), (3, 3, 3), (2, 1, 4, 3)):
        for dtype in (np.float64, np.float32):
            arrays = (rng.standard_normal(size).astype(dtype) for size in (shape, shape, shape[-1:]))
            compare(candidate, *arrays)


@check(
    "eps counts in the gradient too: rows of small variance, large eps, the default 1e-5.",
    "梯度里同样有 eps：方差很小的行、很大的 eps、默认值 1e-5。",
)
def test_eps(candidate):
    x = np.array([[1e-3, -2e-3, 1e-3], [1e-4, 0.0, 1e-4], [2e-3, 2e-3, 5e-3], [1.0, 2.0, 4.0]])
    grad_out = np.array([[1.0, 2.0, -1.0], [0.5, -1.0, 3.0], [-2.0, 1.0, 1.0], [1.0, 0.0, 2.0]])
    gamma = np.array([1.0, -2.0, 0.5])
    for dtype in (np.float64, np.float32):
        for eps in (None, 1e-6, 1e-3, 0.5, 3.0):
            compare(candidate, grad_out.astype(dtype), x.astype(dtype), gamma.astype(dtype), eps)


@check(
    "A constant row gets a finite gradient, and D = 1 gets zero.",
    "常数行的梯度有限；D = 1 时 grad_x 为零。",
)
def test_constant_row(candidate):
    for dtype in (np.float64, np.float32):
        x = np.array([[0.0, 0.0], [8.0, 8.0], [-2.0, -2.0], [1.0, 3.0]], dtype=dtype)
        grad_out = np.array([[1.0, 2.0], [-1.0, 3.0], [0.5, 0.5], [2.0, 0.0]], dtype=dtype)
        gamma = np.array([3.0, -2.0], dtype=dtype)
        compare(candidate, grad_out, x, gamma)
        compare(candidate, grad_out[1], x[1], gamma)
        compare(candidate, grad_out.reshape(8, 1), x.reshape(8, 1), gamma[:1])


@check(
    "A float32 row whose mean is thousands of times its spread keeps its gradients.",
    "float32 下均值是离散程度几千倍的行，梯度仍然正确。",
)
def test_large_mean(candidate):
    # sums and means of these are exact in float32, their squares are not
    x = np.array([[1, 2, 3, 6], [0, 0, 4, 4], [-8, 8, 1, 7]], dtype=np.float32)
    grad_out = np.array(
        [[1.0, -2.0, 0.5, 1.0], [0.0, 1.0, -1.0, 2.0], [1.0, 1.0, 0.5, -0.5]], dtype=np.float32
    )
    gamma = np.array([1.0, -2.0, 0.5, 3.0], dtype=np.float32)
    wanted, _ = oracle(grad_out, x, gamma.astype(np.float64), 1e-5)
    for shift in (8192, -8192):
        found = candidate.layer_norm_backward(grad_out.copy(), x + np.float32(shift), gamma.copy())
        for got, want, name in zip(unpack(found, 3, *NAMES), wanted, NAMES, strict=True):
            assert_close(got, want, dtype=np.float32, rtol=0, atol=0.02, name=name)


shapes = {"lead": leading_axes(3), "width": sizes(1, 7)}
every_eps = st.sampled_from([None, 1e-6, 1e-5, 1e-2, 1.0])


@check(
    "All three gradients equal the definition over any leading axes.",
    "对任意前置轴，三个梯度都等于定义。",
    source=sources(("normal", "ties", "positive", "negative", "tiny", "large")),
    eps=every_eps,
    **shapes,
    examples=50,
)
def test_values(candidate, source, lead, width, eps):
    x = source.array(*lead, width)
    compare(candidate, source.array(*lead, width, kind="normal"), x, source.array(width, kind="normal"), eps)


@check(
    "A row of zero grad_out gets zero grad_x: rows do not mix, and nothing is kept from the call before.",
    "grad_out 为零的行，grad_x 也为零：行与行不混，也不残留上一次调用的结果。",
    source=sources(),
    **shapes,
    examples=20,
)
def test_rows(candidate, source, lead, width):
    x, gamma = source.array(2, *lead, width), source.array(width)
    grad_out = source.array(2, *lead, width)
    grad_out[1] = 0
    first = compare(candidate, grad_out, x, gamma, 0.5)
    assert_close(first[0][1], np.zeros(x.shape[1:]), dtype=x.dtype, atol=0.0, name="grad_x[1]")
    compare(candidate, grad_out[::-1], x, gamma, 0.5)
