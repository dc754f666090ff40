"""Checks of `max-pool`: one window at a time, clipped to the image, is the specification."""

import numpy as np
from hypothesis import strategies as st

from drills.checking import assert_close, check, fresh_rng
from drills.strategies import sizes, sources


def oracle(x, kernel_size, stride=None, padding=0):
    """The maximum of the cells that a window has inside the image."""
    step = kernel_size if stride is None else stride
    n, c, height, width = x.shape
    rows, cols = ((length + 2 * padding - kernel_size) // step + 1 for length in (height, width))
    out = np.zeros((n, c, rows, cols))
    for image, channel, i, j in np.ndindex(*out.shape):
        best = None
        for a in range(i * step - padding, i * step - padding + kernel_size):
            for b in range(j * step - padding, j * step - padding + kernel_size):
                if 0 <= a < height and 0 <= b < width and (best is None or x[image, channel, a, b] > best):
                    best = x[image, channel, a, b]
        out[image, channel, i, j] = best
    return out


def same(got, x, *geometry, **named):
    """A maximum is one of the inputs, so it is exact."""
    assert_close(got, oracle(x, *geometry, **named), dtype=x.dtype, rtol=0, atol=0)


@check("Worked by hand: the 4 × 4 image of the task.", "手算例子：题目中的 4 × 4 图像。")
def test_by_hand(candidate):
    x = np.array([[[[1.0, 3, 2, 0], [4, 2, 1, 5], [0, 1, 7, 2], [6, 2, 3, 8]]]])
    assert_close(candidate.max_pool2d(x.copy(), 2), np.array([[[[4.0, 5], [6, 8]]]]))
    assert_close(candidate.max_pool2d(x.copy(), 3, 1), np.array([[[[7.0, 7], [7, 8]]]]))


@check(
    "The stride defaults to the kernel size, and None means the same.",
    "步幅默认等于窗口大小，None 也是这个意思。",
)
def test_default_stride(candidate):
    x = fresh_rng(1).standard_normal((2, 2, 7, 9))
    same(candidate.max_pool2d(x.copy(), 3), x, 3)
    same(candidate.max_pool2d(x.copy(), 2, padding=1), x, 2, padding=1)
    same(candidate.max_pool2d(x.copy(), 3, None, 1), x, 3, None, 1)
    same(candidate.max_pool2d(x.copy(), kernel_size=3, stride=1, padding=0), x, 3, 1, 0)


@check("The padding never wins, however negative the image is.", "无论图像有多负，填充都不会成为最大值。")
def test_padding_never_wins(candidate):
    for dtype in (np.float64, np.float32):
        small = np.array([[[[-1, -2], [-3, -4]]]], dtype=dtype)
        assert_close(candidate.max_pool2d(small, 3, 1, 1), np.full((1, 1, 2, 2), -1, dtype=dtype))
        for scale in (1.0, 1e5, 1e30, float(np.finfo(dtype).max) / 4):
            x = (-scale * (1 + fresh_rng(2).random((2, 3, 4, 5)))).astype(dtype)
            for kernel_size, stride, padding in ((3, 1, 1), (2, 2, 1), (5, 2, 2), (4, 3, 2)):
                same(
                    candidate.max_pool2d(x.copy(), kernel_size, stride, padding),
                    x,
                    kernel_size,
                    stride,
                    padding,
                )


@check("Sizes round down: an incomplete last window is dropped.", "尺寸向下取整：最后不完整的窗口被丢弃。")
def test_floor(candidate):
    x = np.arange(2 * 6 * 8, dtype=np.float64).reshape(1, 2, 6, 8)  # the largest value is last
    for kernel_size, stride, padding in ((4, 4, 0), (5, 2, 0), (3, 2, 1), (2, 3, 0), (3, 4, 1), (5, 5, 2)):
        same(candidate.max_pool2d(x.copy(), kernel_size, stride, padding), x, kernel_size, stride, padding)


@check(
    "Rows and columns are counted apart: tall, wide and size-one images.",
    "行数与列数分别计算：高图、宽图以及边长为 1 的图像。",
)
def test_not_square(candidate):
    rng = fresh_rng(3)
    for height, width in ((3, 8), (8, 3), (1, 6), (6, 1), (1, 1)):
        x = rng.standard_normal((2, 1, height, width))
        for kernel_size, stride, padding in ((3, 1, 1), (3, 2, 1), (1, 2, 0), (1, None, 0)):
            same(
                candidate.max_pool2d(x.copy(), kernel_size, stride, padding), x, kernel_size, stride, padding
            )


@check(
    "A window as large as the image gives one maximum for each channel.",
    "窗口与图像一样大时，每个通道得到一个最大值。",
)
def test_global(candidate):
    x = fresh_rng(4).standard_normal((3, 2, 5, 5)).astype(np.float32)
    assert_close(candidate.max_pool2d(x.copy(), 5), x.max(axis=(2, 3), keepdims=True), rtol=0, atol=0)


@check("A second call does not remember the first.", "第二次调用不受第一次影响。")
def test_no_state(candidate):
    rng = fresh_rng(5)
    for geometry in ((2, 2, 0), (2, 1, 1), (2, None, 0)):
        x = rng.standard_normal((2, 2, 4, 4))
        same(candidate.max_pool2d(x.copy(), *geometry), x, *geometry)


@check(
    "The output equals the definition for drawn sizes, kernels, strides and padding.",
    "在随机的尺寸、窗口、步幅和填充下，输出等于定义。",
    examples=100,
    source=sources(("normal", "negative", "ties", "positive", "large", "tiny")),
    images=sizes(1, 3),
    channels=sizes(1, 3),
    kernel_size=sizes(1, 4),
    stride=st.one_of(st.none(), sizes(1, 5)),
    padding=sizes(0, 2),
    more_rows=sizes(0, 5),
    more_cols=sizes(0, 5),
)
def test_values(candidate, source, images, channels, kernel_size, stride, padding, more_rows, more_cols):
    padding = min(padding, kernel_size // 2)
    least = max(kernel_size - 2 * padding, 1)
    x = source.array(images, channels, least + more_rows, least + more_cols)
    same(candidate.max_pool2d(x, kernel_size, stride, padding), x, kernel_size, stride, padding)
