"""Checks of `int8-affine`: the range in Python's exact fractions says which codes are nearest.

At an exact half either neighbour is right, of the zero point as of a code.
"""

from fractions import Fraction

import numpy as np

from drills.checking import assert_close, check, fresh_rng, require, unpack
from drills.strategies import leading_axes, sizes, sources

HALF = Fraction(1, 2)
KINDS = ("normal", "ties", "large", "tiny", "positive", "negative")


def spread(x):
    """The ends of the range, 0 always inside, and the length of a step, exactly."""
    values = [Fraction(value) for value in x.ravel().tolist()]
    lo, hi = min(min(values), 0), max(max(values), 0)
    return lo, (hi - lo) / 255 if hi > lo else Fraction(1)


def room(dtype):
    """What rounding in the dtype may add to half a step."""
    return HALF + 255 * 16 * Fraction(float(np.finfo(dtype).eps))


def whole(value, name):
    """The value as an int; it must be a number without fraction in 0 … 255."""
    single = isinstance(value, (int, float, np.number, np.ndarray)) and np.ndim(value) == 0
    require(
        single and not isinstance(value, bool) and float(value) % 1 == 0 and 0 <= value <= 255,
        f"{name} must be an integer in 0 … 255.",
        f"{name} 应为 0 … 255 的整数。",
        actual=value,
        name=name,
    )
    return int(value)


def quantized(candidate, x):
    """Codes, scale and zero point, each of the three as near as the range allows."""
    q, scale, zero_point = unpack(candidate.quantize_affine(x), 3, "q", "scale", "zero_point")
    lo, step = spread(x)
    assert_close(q, np.zeros(x.shape), dtype=np.uint8, rtol=0, atol=255, name="q")
    rtol = 8 * float(np.finfo(x.dtype).eps)
    assert_close(scale, float(step), rtol=rtol, atol=0, name="scale")
    zero = whole(zero_point, "zero_point")
    require(
        abs(zero + lo / step) <= room(x.dtype),
        f"zero_point is {zero}; −lo / scale is {float(-lo / step):.4f}.",
        f"zero_point 是 {zero}，而 −lo / scale 是 {float(-lo / step):.4f}。",
        expected=float(-lo / step),
        actual=zero,
        name="zero_point",
    )
    for index in np.ndindex(x.shape):
        exact = Fraction(x[index].item()) / step + zero
        code = int(q[index])
        require(
            abs(code - exact) <= room(x.dtype),
            f"q{list(index)} is {code}; x / scale + zero_point is {float(exact):.4f} there.",
            f"q{list(index)} 是 {code}，而该处 x / scale + zero_point 是 {float(exact):.4f}。",
            expected=float(exact),
            actual=q,
            name="q",
        )
    return q, scale, zero_point


def decoded(candidate, q, scale, zero_point, dtype):
    """What dequantize_affine gives: floats of at least this dtype's precision, in the shape of q."""
    back = candidate.dequantize_affine(q, scale, zero_point)
    require(
        isinstance(back, np.ndarray) and back.dtype.kind == "f" and back.dtype.itemsize >= dtype.itemsize,
        f"dequantize_affine must return an array of {dtype} (or wider).",
        f"dequantize_affine 应返回 {dtype}（或精度更高）的数组。",
        actual=back,
        name="dequantized",
    )
    assert_close(back, np.zeros(q.shape), dtype=back.dtype, rtol=0, atol=np.inf, name="dequantized")
    return back


def there_and_back(candidate, x):
    """No value is off by more than half a step, and 0.0 comes back exactly."""
    q, scale, zero_point = quantized(candidate, x)
    back = decoded(candidate, q.copy(), scale, zero_point, x.dtype)
    step = float(spread(x)[1])
    error = np.abs(back.astype(np.float64) - x.astype(np.float64)) / step
    require(
        bool((error <= float(room(x.dtype))).all()),
        f"The largest error is {float(error.max()):.3f} of a scale; it must be within one half.",
        f"最大误差是 scale 的 {float(error.max()):.3f} 倍，不应超过一半。",
        expected=x,
        actual=back,
        name="dequantized",
    )
    require(
        bool((back[x == 0] == 0).all()),
        "0.0 must come back as exactly 0.0.",
        "0.0 反量化后必须严格等于 0.0。",
        expected=x,
        actual=back,
        name="dequantized",
    )


@check("Worked by hand: the values of the task.", "手算例子：题目中的数值。")
def test_by_hand(candidate):
    x = np.array([-1.0, 0, 0.013, 4.1])
    q, scale, zero_point = quantized(candidate, x.copy())
    assert_close(q, np.array([0, 50, 51, 255], dtype=np.uint8), rtol=0, atol=0, name="q")
    assert_close(scale, 0.02, name="scale")
    assert_close(zero_point, 50, rtol=0, atol=0, name="zero_point")
    codes = np.array([0, 50, 51, 255], dtype=np.uint8)
    back = decoded(candidate, codes, np.float64(0.02), 50, x.dtype)
    assert_close(back, np.array([-1.0, 0, 0.02, 4.1]), dtype=back.dtype, name="dequantized")


@check(
    "The range holds 0.0, also where all values lie on one side of it or are equal.",
    "量化范围总包含 0.0：所有值都在 0 的一侧或全部相等时也是如此。",
)
def test_one_sided(candidate):
    for dtype in (np.float64, np.float32):
        for x, zero in (
            ([5.0, 7, 10.2], 0),
            ([-5.0, -7, -10.2], 255),
            ([3.0, 3, 3], 0),
            ([-3.0], 255),
            ([0.0, 2], 0),
        ):
            q, _, zero_point = quantized(candidate, np.array(x, dtype=dtype))
            assert_close(zero_point, zero, rtol=0, atol=0, name="zero_point")
            farthest = int(np.argmax(np.abs(x)))
            assert_close(int(q[farthest]), 255 - zero, rtol=0, atol=0, name=f"q[{farthest}]")


@check("All zeros: scale 1, and 0.0 comes back.", "全零张量：scale 为 1，反量化得到 0.0。")
def test_zeros(candidate):
    for dtype in (np.float64, np.float32):
        for x in ([0.0], [0.0, 0, 0], [[0.0, -0.0]]):
            there_and_back(candidate, np.array(x, dtype=dtype))


@check(
    "The codes stay in 0 … 255 where the range is symmetric and both roundings can go up.",
    "范围关于 0 对称、两次舍入都可能向上时，编码仍在 0 … 255 之内。",
)
def test_symmetric(candidate):
    for dtype in (np.float64, np.float32):
        for largest in (1.0, 127.5, 0.25, 3.0):
            x = np.array([largest, 0, -largest, largest / 2], dtype=dtype)
            there_and_back(candidate, x)
            there_and_back(candidate, -x)


@check("0.0 has a code of its own and comes back exactly.", "0.0 有自己的编码，反量化后严格还原。")
def test_zero_is_exact(candidate):
    rng = fresh_rng(1)
    for dtype in (np.float64, np.float32):
        for shift in (-0.9, -0.3, 0.0, 0.4, 2.0):
            x = (rng.standard_normal(12) + shift).astype(dtype)
            x[3::4] = 0
            there_and_back(candidate, x)


@check(
    "One scale and one zero point for the whole tensor, whatever its shape.",
    "无论张量形状如何，整个张量只有一个 scale 和一个 zero_point。",
)
def test_per_tensor(candidate):
    rng = fresh_rng(2)
    for shape in ((7,), (1,), (2, 3), (3, 1), (1, 1, 1), (2, 3, 4), (2, 1, 3, 2)):
        for dtype in (np.float64, np.float32):
            x = rng.standard_normal(shape).astype(dtype)
            x.reshape(-1)[-1] = 20
            there_and_back(candidate, x)
            there_and_back(candidate, -x)


@check("Tiny and huge values are scaled like any other.", "极小和极大的数值同样缩放。")
def test_range(candidate):
    rng = fresh_rng(3)
    for dtype in (np.float64, np.float32):
        for magnitude in (1e-30, 1e-20, 1e-12, 1e-8, 1e-5, 1e4, 1e15, 1e30):
            there_and_back(candidate, (rng.standard_normal(5) * magnitude).astype(dtype))


@check(
    "Dequantising gives scale · (q − zero_point) for all 256 codes, without overflow.",
    "反量化对全部 256 个编码都得到 scale · (q − zero_point)，不溢出。",
)
def test_dequantize(candidate):
    codes = np.arange(256, dtype=np.uint8)
    for dtype in (np.dtype(np.float64), np.dtype(np.float32)):
        for zero_point, step in ((0, 1.0), (1, 0.5), (50, 0.02), (127, 3.7), (128, 1e-20), (255, 1e20)):
            for q in (codes, codes[::-1].reshape(4, 64).copy(), codes[7:9].reshape(1, 2, 1).copy()):
                scale = dtype.type(step)
                back = decoded(candidate, q, scale, zero_point, dtype)
                expected = (q.astype(np.float64) - zero_point) * float(scale)
                atol = 4 * 255 * float(np.finfo(dtype).eps) * float(scale)
                assert_close(back, expected, dtype=back.dtype, rtol=0, atol=atol, name="dequantized")
                require(
                    bool((back[q == zero_point] == 0).all()),
                    "The code zero_point must give exactly 0.0.",
                    "编码等于 zero_point 时必须严格得到 0.0。",
                    expected=expected,
                    actual=back,
                    name="dequantized",
                )


@check("A second call does not remember the first.", "第二次调用不受第一次影响。")
def test_no_state(candidate):
    rng = fresh_rng(4)
    for magnitude, shift in ((100.0, 50), (1.0, 0), (0.01, -1), (100.0, -300)):
        there_and_back(candidate, rng.standard_normal((3, 3)) * magnitude + shift)


@check(
    "Scale, zero point and codes are those of the range, for drawn shapes and values.",
    "对随机的形状和数值，scale、zero_point 和编码都与范围相符。",
    examples=60,
    source=sources(KINDS),
    lead=leading_axes(),
    size=sizes(1, 9),
)
def test_codes(candidate, source, lead, size):
    quantized(candidate, source.array(*lead, size))


@check(
    "There and back, no value is off by more than half a scale, and zeros stay zeros.",
    "量化再反量化，每个值的误差不超过半个 scale，零仍是零。",
    examples=60,
    source=sources(KINDS),
    lead=leading_axes(),
    size=sizes(1, 9),
    share=sizes(0, 2),
)
def test_round_trip(candidate, source, lead, size, share):
    x = source.array(*lead, size)
    x[source.mask(*x.shape, share=share / 4)] = 0
    there_and_back(candidate, x)


@check(
    "On some hundred values, skewed to either side, every code is the nearest.",
    "对几百个偏向一侧的数值，每个编码都是最近的。",
    examples=12,
    source=sources(("normal", "positive", "negative")),
    size=sizes(100, 300),
    shift=sizes(-3, 3),
)
def test_many_values(candidate, source, size, shift):
    x = source.array(size)
    there_and_back(candidate, x + x.dtype.type(shift))
