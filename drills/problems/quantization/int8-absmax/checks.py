"""Checks of `int8-absmax`: one value at a time, with Python's exact fractions, is the specification."""

from fractions import Fraction

import numpy as np

from drills.checking import assert_close, assert_equal, check, fresh_rng, require, unpack
from drills.strategies import sizes, sources


def quantized(candidate, x):
    """The two arrays, with the right types, shapes and dtypes."""
    q, scale = unpack(candidate.quantize_absmax(x), 2, "q", "scale")
    assert_close(q, np.zeros(x.shape), dtype=np.int8, rtol=0, atol=128, name="q")
    assert_close(scale, scales(x), dtype=x.dtype, rtol=8 * float(np.finfo(x.dtype).eps), atol=0, name="scale")
    return q, scale


def scales(x):
    """absmax / 127 of each row in float64; 1 for a row of zeros."""
    out = np.ones((x.shape[0], 1))
    for r, row in enumerate(x.tolist()):
        largest = max(abs(value) for value in row)
        if largest > 0:
            out[r, 0] = largest / 127
    return out


def same(candidate, x):
    """Every code is the nearest integer; either neighbour where rounding decides."""
    q, _ = quantized(candidate, x)
    room = Fraction(1, 2) + Fraction(2 * 127 * 4 * float(np.finfo(x.dtype).eps))
    for r, c in np.ndindex(*x.shape):
        largest = max(abs(Fraction(value)) for value in x[r].tolist())
        exact = Fraction(x[r, c].item()) * 127 / largest if largest else Fraction(0)
        code = int(q[r, c])
        require(
            abs(code) <= 127 and abs(code - exact) <= room,
            f"q[{r}, {c}] is {code}; x / scale is {float(exact):.4f} there.",
            f"q[{r}, {c}] 是 {code}，而该处 x / scale 是 {float(exact):.4f}。",
            expected=float(exact),
            actual=code,
            name="q",
        )
    return q


@check("Worked by hand: the rows of the task.", "手算例子：题目中的各行。")
def test_by_hand(candidate):
    x = np.array([[254.0, -127, 1, 3, 6], [-12.7, 6.4, 0, 1.23, 12.6], [0.0, 0, 0, 0, 0]])
    codes = np.array([[127, -64, 0, 2, 3], [-127, 64, 0, 12, 126], [0] * 5], dtype=np.int8)
    q, scale = quantized(candidate, x.copy())
    assert_close(q, codes, rtol=0, atol=0, name="q")
    assert_close(scale, np.array([[2.0], [0.1], [1.0]]), name="scale")
    back = candidate.dequantize_absmax(codes.copy(), np.array([[2.0], [0.1], [1.0]]))
    expected = np.array([[254.0, -128, 0, 4, 6], [-12.7, 6.4, 0, 1.2, 12.6], [0.0] * 5])
    assert_close(back, expected, name="dequantized")


@check(
    "Halves round to the even integer, where the scale is a power of two and so exact.",
    "恰好在正中间时取偶数（此时 scale 是 2 的幂，没有误差）。",
)
def test_half_to_even(candidate):
    halves = np.array([127, 0.5, -0.5, 1.5, -1.5, 2.5, -2.5, 3.5, 63.5, -64.5, 125.5, -125.5, 126.5, -126.5])
    expected = np.array([[127, 0, 0, 2, -2, 2, -2, 4, 64, -64, 126, -126, 126, -126]], dtype=np.int8)
    for dtype in (np.float64, np.float32):
        for power in (0, 1, -3, 10):
            x = (halves[None] * 2.0**power).astype(dtype)
            q, _ = quantized(candidate, x)
            assert_close(q, expected, rtol=0, atol=0, name="q")


@check(
    "float64 values are rounded in float64: what lies just beside a half is not one.",
    "float64 的值按 float64 取整：略偏离正中间的值不算正中间。",
)
def test_beside_a_half(candidate):
    halves = np.array([[127, 0.5, -0.5, 1.5, 2.5, -2.5, -3.5, 64.5]])
    beside = np.array([[0, 1e-9, -1e-9, -1e-9, 1e-9, -1e-9, 1e-9, 1e-9]])
    expected = np.array([[127, 1, -1, 1, 3, -3, -3, 65]], dtype=np.int8)
    q, _ = quantized(candidate, halves + beside)
    assert_close(q, expected, rtol=0, atol=0, name="q")


@check(
    "Each row has its own scale; an outlier spoils its own row only.",
    "每行各有自己的 scale，离群值只影响所在的行。",
)
def test_rows_apart(candidate):
    rng = fresh_rng(1)
    for shape in ((3, 5), (5, 3), (4, 4), (1, 6)):
        x = rng.standard_normal(shape)
        x[0, -1] = 1e4
        same(candidate, x)
        same(candidate, x.astype(np.float32) * np.float32(1e-3))


@check(
    "The largest magnitude counts, be it positive or negative, and its code is ±127.",
    "取绝对值最大者，不论正负；它的编码是 ±127。",
)
def test_extremes(candidate):
    for dtype in (np.float64, np.float32):
        x = np.array([[-8, 1, 2], [8, 1, -2], [-3, -1, -2], [3, 1, 2], [-5, 5, 0]], dtype=dtype)
        q = same(candidate, x)
        extremes = [int(q[r, c]) for r, c in ((0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (4, 1))]
        assert_equal(extremes, [-127, 127, -127, 127, -127, 127], name="q")


@check(
    "A row of zeros has scale 1 and codes 0, beside other rows too.",
    "全零行的 scale 为 1、编码为 0，与其他行相邻时也一样。",
)
def test_zero_row(candidate):
    for dtype in (np.float64, np.float32):
        for x in ([[0.0, 0, 0]], [[0.0, -0.0], [2, -1], [0, 0]], [[0.0]], [[0.0, 3], [0, 0]]):
            same(candidate, np.array(x, dtype=dtype))


@check("Tiny and huge rows are scaled like any other.", "极小和极大的行同样缩放。")
def test_range(candidate):
    rng = fresh_rng(2)
    for dtype in (np.float64, np.float32):
        for magnitude in (1e-30, 1e-20, 1e-12, 1e-9, 1e-6, 1e4, 1e15, 1e30):
            same(candidate, (rng.standard_normal((3, 4)) * magnitude).astype(dtype))


@check("Rows and columns of size one.", "只有一行或一列。")
def test_size_one(candidate):
    for shape in ((1, 1), (4, 1), (1, 4)):
        for dtype in (np.float64, np.float32):
            same(candidate, fresh_rng(3).standard_normal(shape).astype(dtype))


@check(
    "Dequantising multiplies each row by its scale, without overflow, in the dtype of the scale.",
    "反量化把每行乘以自己的 scale，不溢出，dtype 与 scale 相同。",
)
def test_dequantize(candidate):
    rng = fresh_rng(4)
    for dtype in (np.float64, np.float32):
        for rows, cols in ((3, 4), (4, 4), (1, 5), (5, 1), (1, 1)):
            q = rng.integers(-127, 128, (rows, cols)).astype(np.int8)
            q[0, 0] = -127
            scale = (rng.random((rows, 1)) * 100 + 0.01).astype(dtype)
            expected = q.astype(np.float64) * scale.astype(np.float64)
            rtol = 4 * float(np.finfo(dtype).eps)
            got = candidate.dequantize_absmax(q, scale)
            assert_close(got, expected, dtype=dtype, rtol=rtol, atol=0, name="dequantized")


@check("A second call does not remember the first.", "第二次调用不受第一次影响。")
def test_no_state(candidate):
    rng = fresh_rng(5)
    for magnitude in (100.0, 1.0, 100.0, 0.01):
        same(candidate, rng.standard_normal((3, 3)) * magnitude)


@check(
    "Codes are the nearest integers to x / scale, for drawn sizes and values.",
    "对随机的尺寸和数值，编码是最接近 x / scale 的整数。",
    examples=80,
    source=sources(("normal", "ties", "large", "tiny", "positive", "negative")),
    rows=sizes(1, 5),
    cols=sizes(1, 9),
)
def test_codes(candidate, source, rows, cols):
    same(candidate, source.array(rows, cols))


@check(
    "There and back, no value is off by more than half a scale.",
    "量化再反量化，每个值的误差不超过半个 scale。",
    examples=60,
    source=sources(("normal", "ties", "large", "tiny", "positive", "negative")),
    rows=sizes(1, 5),
    cols=sizes(1, 9),
)
def test_round_trip(candidate, source, rows, cols):
    x = source.array(rows, cols)
    q, scale = quantized(candidate, x)
    back = candidate.dequantize_absmax(q.copy(), scale.copy())
    assert_close(back, x.astype(np.float64), dtype=x.dtype, rtol=0, atol=np.inf, name="dequantized")
    eps = float(np.finfo(x.dtype).eps)
    error = abs(back.astype(np.float64) - x.astype(np.float64))
    allowed = scales(x) * (0.5 + 127 * 16 * eps)
    require(
        bool((error <= allowed).all()),
        f"The largest error is {float((error / scales(x)).max()):.3f} of a scale; it must be within one half.",
        f"最大误差是 scale 的 {float((error / scales(x)).max()):.3f} 倍，不应超过一半。",
        expected=x,
        actual=back,
        name="dequantized",
    )
