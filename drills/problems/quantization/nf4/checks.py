"""Checks of `nf4`: one value at a time in float64, against all sixteen levels, is the specification.

Where rounding could decide between two levels either is right; the code of a value in a block of zeros is free.
"""

import numpy as np

from drills.checking import assert_close, check, fresh_rng, require, unpack
from drills.strategies import sizes, sources

NEGATIVE = (-1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453)
NEGATIVE += (-0.28444138169288635, -0.18477343022823334, -0.09105003625154495)
POSITIVE = (0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224)
POSITIVE += (0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0)
LEVELS = (*NEGATIVE, 0.0, *POSITIVE)
DTYPES = (np.float64, np.float32)
KINDS = ("normal", "large", "tiny", "positive", "negative")


def given(block_size):
    """The argument, left out for a block size of None (64 by default)."""
    return {} if block_size is None else {"block_size": block_size}


def blocks_of(n, block_size):
    """The slice of each block, the last of which may be short."""
    size = block_size or 64
    return [slice(start, min(start + size, n)) for start in range(0, n, size)]


def quantized(candidate, x, block_size=None):
    """Codes and absmax; every code is that of the nearest level, or as near as rounding can tell."""
    codes, absmax = unpack(candidate.quantize_nf4(x, **given(block_size)), 2, "codes", "absmax")
    assert_close(codes, np.zeros(x.shape), dtype=np.uint8, rtol=0, atol=15, name="codes")
    blocks = blocks_of(x.size, block_size)
    largest = np.array([max(abs(value) for value in x[block].tolist()) for block in blocks])
    eps = float(np.finfo(x.dtype).eps)
    assert_close(absmax, largest, dtype=x.dtype, rtol=4 * eps, atol=0, name="absmax")
    for block, scale in zip(blocks, largest.tolist(), strict=True):
        for i in range(block.start, block.stop):
            if scale == 0:
                continue
            value, code = float(x[i]) / scale, int(codes[i])
            gaps = [abs(level - value) for level in LEVELS]
            nearest = min(range(16), key=gaps.__getitem__)
            require(
                gaps[code] <= gaps[nearest] + 8 * eps,
                f"codes[{i}] is {code}; x / absmax is {value:.5f} there, and the nearest level is number {nearest}.",
                f"codes[{i}] 是 {code}，而该处 x / absmax 是 {value:.5f}，最近的是第 {nearest} 级。",
                expected=nearest,
                actual=codes,
                name="codes",
            )
    return codes, absmax


def dequantized(candidate, codes, absmax, block_size=None):
    """The values of the codes, in a dtype at least as precise as that of absmax."""
    back = candidate.dequantize_nf4(codes, absmax, **given(block_size))
    require(
        isinstance(back, np.ndarray)
        and back.dtype.kind == "f"
        and back.dtype.itemsize >= absmax.dtype.itemsize,
        f"dequantize_nf4 must return an array of {absmax.dtype} (or wider).",
        f"dequantize_nf4 应返回 {absmax.dtype}（或精度更高）的数组。",
        actual=back,
        name="dequantized",
    )
    expected = np.zeros(codes.size)
    for block, scale in zip(blocks_of(codes.size, block_size), absmax.tolist(), strict=True):
        for i in range(block.start, block.stop):
            expected[i] = LEVELS[int(codes[i])] * scale
    rtol = 8 * float(np.finfo(absmax.dtype).eps)
    assert_close(back, expected, dtype=back.dtype, rtol=rtol, atol=0, name="dequantized")
    return back


def there_and_back(candidate, x, block_size=None):
    codes, absmax = quantized(candidate, x, block_size)
    return dequantized(candidate, codes.copy(), absmax.copy(), block_size)


@check("Worked by hand: a block of four and a short one.", "手算例子：一个四元素的块和一个不满的块。")
def test_by_hand(candidate):
    x = np.array([2.0, -0.5, 1, -4, 0.3, 0, -0.15])
    codes, _ = quantized(candidate, x.copy(), 4)
    expected = np.array([12, 6, 10, 0, 15, 7, 2], dtype=np.uint8)
    assert_close(codes, expected, rtol=0, atol=0, name="codes")
    dequantized(candidate, expected.copy(), np.array([4.0, 0.3]), 4)


@check(
    "Each level is decoded exactly and coded as itself.",
    "每一级都能精确解码，并且编码回自己。",
)
def test_levels(candidate):
    for dtype in DTYPES:
        for scale in (1.0, 0.5, 8.0):
            codes = np.arange(16, dtype=np.uint8)
            back = dequantized(candidate, codes.copy(), np.array([scale], dtype=dtype))
            again, _ = quantized(candidate, back.astype(dtype))
            assert_close(again, codes, rtol=0, atol=0, name="codes")


@check(
    "On either side of the middle between two levels the nearer one is taken.",
    "在相邻两级中点的两侧，取更近的一级。",
)
def test_midpoints(candidate):
    middles = (np.array(LEVELS[1:]) + np.array(LEVELS[:-1])) / 2
    for dtype in DTYPES:
        for gap in (2.0**-6, 2.0**-12):
            for scale in (1.0, -4.0):
                x = scale * np.concatenate([middles - gap, [1.0], middles + gap])
                quantized(candidate, x.astype(dtype))


@check(
    "The largest magnitude of a block counts, be it positive or negative.",
    "取块内绝对值最大者，不论正负。",
)
def test_sign_of_the_largest(candidate):
    for dtype in DTYPES:
        for x in ([-8.0, 1, 2, 3], [8.0, -1, 2, -3], [-3.0, -1, -2, -0.5], [3.0, 1, 2, 0.5], [-5.0, 5, 0, 1]):
            there_and_back(candidate, np.array(x, dtype=dtype), 4)
            there_and_back(candidate, np.array(x, dtype=dtype), 2)


@check(
    "Each block has its own absmax; an outlier spoils its own block only.",
    "每个块有自己的 absmax，离群值只影响所在的块。",
)
def test_blocks_apart(candidate):
    rng = fresh_rng(1)
    for n, block_size in ((12, 3), (12, 4), (9, 3), (6, 1), (8, 8)):
        for dtype in DTYPES:
            x = rng.standard_normal(n).astype(dtype)
            x[n // 2] = 500
            there_and_back(candidate, x, block_size)


@check(
    "The last block may be short, and a single short block is legal.",
    "最后一个块可以不满，只有一个不满的块也合法。",
)
def test_short_block(candidate):
    rng = fresh_rng(2)
    for n, block_size in ((7, 3), (8, 3), (5, 4), (1, 4), (3, 64), (2, 1000), (150, 100), (1, 1)):
        for dtype in DTYPES:
            x = (rng.standard_normal(n) * 0.1).astype(dtype)
            x[-1] = 0.02
            there_and_back(candidate, x, block_size)


@check("The block size is 64 when it is not given.", "不传 block_size 时为 64。")
def test_default_block_size(candidate):
    rng = fresh_rng(3)
    for n in (63, 64, 65, 128, 200):
        x = rng.standard_normal(n) * np.where(np.arange(n) % 128 < 64, 1.0, 30.0)
        there_and_back(candidate, x)


@check(
    "A block of zeros has absmax 0 and gives zeros, beside other blocks too.",
    "全零块的 absmax 为 0，反量化得到零，与其他块相邻时也一样。",
)
def test_zero_block(candidate):
    for dtype in DTYPES:
        for x in (
            [0.0, 0],
            [0.0, 0, 3, -1, 0, 0],
            [2.0, 1, 0, 0, -0.5, 0.25],
            [1.0, 2, 0],
            [0.0, -0.0, 5],
        ):
            there_and_back(candidate, np.array(x, dtype=dtype), 2)


@check("Blocks of tiny and of huge values are scaled like any other.", "数值极小或极大的块同样缩放。")
def test_range(candidate):
    rng = fresh_rng(4)
    for dtype in DTYPES:
        for magnitude in (1e-30, 1e-20, 1e-12, 1e-8, 1e-5, 1e4, 1e15, 1e30):
            there_and_back(candidate, (rng.standard_normal(7) * magnitude).astype(dtype), 4)
    mixed = rng.standard_normal(20) * 10.0 ** np.repeat([-20, 0, 20, -8, 6], 4)
    there_and_back(candidate, mixed, 4)


@check(
    "Decoding takes any codes and any absmax, of one block or of many.",
    "任意编码和任意 absmax 都能解码，一个块或多个块都行。",
)
def test_dequantize(candidate):
    rng = fresh_rng(5)
    for dtype in DTYPES:
        for n, block_size in ((12, 3), (12, 4), (9, 3), (7, 3), (5, 1), (2, 8), (130, None)):
            codes = rng.integers(0, 16, n).astype(np.uint8)
            absmax = (rng.random(len(blocks_of(n, block_size))) * 10 + 0.1).astype(dtype)
            dequantized(candidate, codes, absmax, block_size)
        dequantized(
            candidate, np.array([0, 15, 7, 3, 12], dtype=np.uint8), np.array([0, 2, 0], dtype=dtype), 2
        )


@check("A second call does not remember the first.", "第二次调用不受第一次影响。")
def test_no_state(candidate):
    rng = fresh_rng(6)
    for n, block_size in ((6, 3), (9, 4), (6, 3), (80, None), (6, 2)):
        there_and_back(candidate, rng.standard_normal(n), block_size)


@check(
    "Codes are the nearest levels and decode to them, for drawn lengths, block sizes and values.",
    "对随机的长度、块大小和数值，编码是最近的一级，并能解码回去。",
    examples=60,
    source=sources(KINDS),
    n=sizes(1, 40),
    block_size=sizes(1, 12),
)
def test_round_trip(candidate, source, n, block_size):
    there_and_back(candidate, source.array(n), block_size)


@check(
    "The same on some hundred values in blocks of 64, the default.",
    "几百个数值、默认每块 64 个时也一样。",
    examples=8,
    source=sources(("normal", "positive")),
    n=sizes(100, 300),
)
def test_many_values(candidate, source, n):
    there_and_back(candidate, source.array(n))
