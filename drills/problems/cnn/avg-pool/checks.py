"""Checks of `avg-pool`: the cells of one window at a time, summed exactly, are the specification."""

import math

import numpy as np
from hypothesis import strategies as st

from drills.checking import assert_close, check, fresh_rng
from drills.strategies import sizes, sources


def oracle(x, kernel_size, stride=None, padding=0, count_include_pad=True):
    """The cells that a window has inside the image, added with math.fsum."""
    step = kernel_size if stride is None else stride
    n, c, height, width = x.shape
    rows, cols = ((length + 2 * padding - kernel_size) // step + 1 for length in (height, width))
    out = np.zeros((n, c, rows, cols))
    for image, channel, i, j in np.ndindex(*out.shape):
        cells = [
            float(x[image, channel, a, b])
            for a in range(i * step - padding, i * step - padding + kernel_size)
            for b in range(j * step - padding, j * step - padding + kernel_size)
            if 0 <= a < height and 0 <= b < width
        ]
        out[image, channel, i, j] = math.fsum(cells) / (kernel_size**2 if count_include_pad else len(cells))
    return out


def close(got, x, *geometry, **named):
    """Sums may cancel, and a summed-area table adds the whole image: errors are measured by what is added."""
    unit, rtol = (1e-13, 1e-12) if x.dtype == np.float64 else (3e-7, 1e-5)
    atol = unit * x.shape[2] * x.shape[3] * float(np.abs(x).max())
    assert_close(got, oracle(x, *geometry, **named), dtype=x.dtype, rtol=rtol, atol=atol)


def compare(candidate, x, *geometry, **named):
    close(candidate.avg_pool2d(x.copy(), *geometry, **named), x, *geometry, **named)


@check(
    "Worked by hand: a padded 2 × 2 image, the padding counted and not.",
    "手算例子：带填充的 2 × 2 图像，计入与不计入填充。",
)
def test_by_hand(candidate):
    x = np.array([[[[1.0, 2], [3, 4]]]])
    counted = np.array([[[[1.0, 3, 2], [4, 10, 6], [3, 7, 4]]]]) / 4
    assert_close(candidate.avg_pool2d(x.copy(), 2, 1, 1, True), counted)
    inside = np.array([[[[1, 1.5, 2], [2, 2.5, 3], [3, 3.5, 4]]]])
    assert_close(candidate.avg_pool2d(x.copy(), 2, 1, 1, False), inside)
    assert_close(candidate.avg_pool2d(x.copy(), 2), np.array([[[[2.5]]]]))


@check("The padding is counted by default.", "默认计入填充。")
def test_default_counts_padding(candidate):
    x = fresh_rng(1).standard_normal((2, 2, 5, 6)) + 3
    compare(candidate, x, 3, 2, 1)
    compare(candidate, x, 2, padding=1)
    compare(candidate, x, kernel_size=4, stride=1, padding=2)


@check(
    "The stride defaults to the kernel size, and None means the same.",
    "步幅默认等于窗口大小，None 也是这个意思。",
)
def test_default_stride(candidate):
    x = fresh_rng(2).standard_normal((2, 2, 7, 9))
    compare(candidate, x, 3)
    compare(candidate, x, 3, None, 1, False)
    compare(candidate, x, 2, count_include_pad=False)


@check(
    "Without the padding a constant image stays constant, in corners, at edges and for every kernel.",
    "不计填充时，常数图像池化后仍为常数：角上、边上、任意窗口。",
)
def test_constant_image(candidate):
    for dtype in (np.float64, np.float32):
        x = np.full((2, 3, 4, 6), -1.5, dtype=dtype)
        for geometry in ((3, 1, 1), (2, 2, 1), (4, 1, 2), (5, 2, 2), (5, 3, 1), (3, 3, 0)):
            compare(candidate, x, *geometry, count_include_pad=False)
            compare(candidate, x, *geometry, count_include_pad=True)


@check("Zeros inside the image count as cells.", "图像内部的 0 也是真实的格子，要计数。")
def test_zeros_count(candidate):
    x = np.array([[[[0.0, 0, 4], [0, 8, 0], [2, 0, 0]]], [[[0.0, 0, 0], [0, 0, 0], [0, 0, 9]]]])
    for geometry in ((2, 1, 0), (3, 1, 1), (3, 2, 1), (3,)):
        compare(candidate, x, *geometry, count_include_pad=False)
        compare(candidate, x, *geometry)


@check("Sizes round down: an incomplete last window is dropped.", "尺寸向下取整：最后不完整的窗口被丢弃。")
def test_floor(candidate):
    x = np.arange(2 * 6 * 8, dtype=np.float64).reshape(1, 2, 6, 8)
    for geometry in ((4, 4, 0), (5, 2, 0), (3, 2, 1), (2, 3, 0), (3, 4, 1), (5, 5, 2)):
        compare(candidate, x, *geometry, False)
        compare(candidate, x, *geometry, True)


@check(
    "Rows and columns are counted apart: tall, wide and size-one images.",
    "行数与列数分别计算：高图、宽图以及边长为 1 的图像。",
)
def test_not_square(candidate):
    rng = fresh_rng(3)
    for height, width in ((3, 8), (8, 3), (1, 6), (6, 1), (1, 1)):
        x = rng.standard_normal((2, 1, height, width))
        for geometry in ((3, 1, 1), (3, 2, 1), (2, 1, 1), (1, 2, 0), (1, None, 0)):
            compare(candidate, x, *geometry, count_include_pad=False)
            compare(candidate, x, *geometry, count_include_pad=True)


@check("A second call does not remember the first.", "第二次调用不受第一次影响。")
def test_no_state(candidate):
    rng = fresh_rng(4)
    for include in (True, False, True):
        x = rng.standard_normal((2, 2, 4, 4))
        compare(candidate, x, 3, 1, 1, include)


@check(
    "The output equals the definition for drawn sizes, kernels, strides, padding and both ways of counting.",
    "在随机的尺寸、窗口、步幅、填充和两种计数方式下，输出等于定义。",
    examples=120,
    source=sources(("normal", "positive", "negative", "ties", "large", "tiny")),
    images=sizes(1, 3),
    channels=sizes(1, 3),
    kernel_size=sizes(1, 4),
    stride=st.one_of(st.none(), sizes(1, 5)),
    padding=sizes(0, 2),
    count_include_pad=st.booleans(),
    more_rows=sizes(0, 5),
    more_cols=sizes(0, 5),
)
def test_values(
    candidate, source, images, channels, kernel_size, stride, padding, count_include_pad, more_rows, more_cols
):
    padding = min(padding, kernel_size // 2)
    least = max(kernel_size - 2 * padding, 1)
    x = source.array(images, channels, least + more_rows, least + more_cols)
    compare(candidate, x, kernel_size, stride, padding, count_include_pad)
