"""Checks of `conv2d`: the definition, window by window and cell by cell, in float64."""

import numpy as np
from hypothesis import strategies as st

from drills.checking import assert_close, check, fresh_rng
from drills.strategies import sizes, sources


def out_size(length, kernel, stride, padding, dilation):
    return (length + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


def oracle(x, weight, bias=None, stride=1, padding=0, dilation=1):
    """Every cell of every window that lies inside the image."""
    (n, _, height, width), (c_out, _, kernel_h, kernel_w) = x.shape, weight.shape
    x, weight = x.astype(np.float64), weight.astype(np.float64)
    out_h = out_size(height, kernel_h, stride, padding, dilation)
    out_w = out_size(width, kernel_w, stride, padding, dilation)
    out = np.zeros((n, c_out, out_h, out_w))
    for i, j, a, b in np.ndindex(out_h, out_w, kernel_h, kernel_w):
        row, col = i * stride + a * dilation - padding, j * stride + b * dilation - padding
        if 0 <= row < height and 0 <= col < width:
            out[:, :, i, j] += x[:, :, row, col] @ weight[:, :, a, b].T
    return out if bias is None else out + bias.astype(np.float64)[:, None, None]


def compare(candidate, x, weight, *rest, **named):
    """Terms may cancel, so errors are measured by the largest term there may be."""
    expected = oracle(x, weight, *rest, **named)
    bias = [value for value in (*rest[:1], named.get("bias")) if value is not None]
    largest = np.abs(x).max() * np.abs(weight).max() + sum(np.abs(value).max() for value in bias)
    atol = (1e-13 if x.dtype == np.float64 else 3e-7) * weight[0].size * float(largest)
    fresh = [value.copy() if isinstance(value, np.ndarray) else value for value in rest]
    got = candidate.conv2d(x.copy(), weight.copy(), *fresh, **named)
    assert_close(got, expected, dtype=x.dtype, atol=atol)


def counting(*shape, dtype=np.float64):
    """1, 2, 3, …: every cell another, every sum exact."""
    return np.arange(1, np.prod(shape) + 1).astype(dtype).reshape(shape)


@check("Worked by hand: a 3 × 3 image and a 2 × 2 kernel.", "手算例子：3 × 3 图像与 2 × 2 卷积核。")
def test_by_hand(candidate):
    x, weight = counting(1, 1, 3, 3), np.array([[[[1.0, 2.0], [0.0, -1.0]]]])
    assert_close(candidate.conv2d(x.copy(), weight.copy()), np.array([[[[0.0, 2.0], [6.0, 8.0]]]]))
    got = candidate.conv2d(x, weight, np.array([10.0]), 2, 1)
    assert_close(got, np.array([[[[9.0, 7.0], [11.0, 18.0]]]]))


@check("The kernel is not flipped: cross-correlation.", "卷积核不翻转：做的是互相关。")
def test_not_flipped(candidate):
    for place in np.ndindex(3, 3):
        weight = np.zeros((1, 1, 3, 3))
        weight[0, 0][place] = 2.0
        compare(candidate, counting(1, 1, 5, 5), weight)
    compare(candidate, counting(2, 2, 6, 6), counting(2, 2, 3, 3), padding=1)


@check("The bias is added once to each output channel.", "每个输出通道加一次偏置。")
def test_bias(candidate):
    for c_out in (1, 3, 4):
        x, weight = counting(2, 2, 5, 5), counting(c_out, 2, 2, 2)
        compare(candidate, x, weight, counting(c_out))
        compare(candidate, x, weight, None)
        compare(candidate, x, weight, bias=-100 * counting(c_out), stride=2, padding=1)


@check(
    "All input channels add up, every output channel has kernels of its own, and images do not mix.",
    "所有输入通道相加，每个输出通道有自己的卷积核，图像之间互不影响。",
)
def test_channels(candidate):
    for dtype in (np.float64, np.float32):
        for n, c_in, c_out in ((1, 3, 1), (1, 1, 3), (2, 3, 2), (3, 2, 4), (2, 2, 2), (3, 3, 3)):
            compare(candidate, counting(n, c_in, 4, 4, dtype=dtype), counting(c_out, c_in, 2, 2, dtype=dtype))


@check("A kernel or an image that is not square.", "卷积核或图像不是正方形。")
def test_not_square(candidate):
    for kernel in ((1, 3), (3, 1), (2, 3), (3, 2), (4, 1), (1, 4)):
        for image in ((5, 8), (8, 5), (4, 4)):
            for options in ({}, {"stride": 2, "padding": 1}, {"padding": 2}):
                compare(candidate, counting(2, 2, *image), counting(2, 2, *kernel), **options)
        compare(candidate, counting(1, 2, 9, 8), counting(2, 2, *kernel), dilation=2)


@check("Zeros around the image on all four sides.", "图像上下左右四边都补零。")
def test_padding(candidate):
    for padding in (1, 2, 3):
        for kernel in ((3, 3), (1, 1), (2, 4)):
            for stride in (1, 2, 3):
                compare(candidate, counting(1, 2, 4, 6), counting(1, 2, *kernel), None, stride, padding)


@check("The stride: floor sizes, and a stride above the kernel.", "步幅：尺寸向下取整，步幅可以大于卷积核。")
def test_stride(candidate):
    for stride in (2, 3, 4):
        for kernel in (1, 2, 3):
            for length in (5, 6, 7, 8):
                compare(candidate, counting(1, 1, length, 7), counting(2, 1, kernel, kernel), None, stride)


@check("The dilation spreads the kernel's cells.", "空洞率拉开卷积核各格的间距。")
def test_dilation(candidate):
    for dilation in (1, 2, 3):
        for stride in (1, 2, 3):
            for padding in (0, 1, 2):
                for kernel in ((3, 3), (2, 3), (3, 1)):
                    x, weight = counting(1, 2, 8, 9), counting(1, 2, *kernel)
                    compare(candidate, x, weight, None, stride, padding, dilation)


@check(
    "Size one: a 1 × 1 kernel, a 1 × 1 image, a kernel as large as the image.",
    "尺寸为一：1 × 1 卷积核、1 × 1 图像、与图像一样大的卷积核。",
)
def test_size_one(candidate):
    for dtype in (np.float64, np.float32):
        compare(candidate, counting(2, 3, 4, 5, dtype=dtype), counting(2, 3, 1, 1, dtype=dtype))
        compare(candidate, counting(2, 3, 1, 1, dtype=dtype), counting(4, 3, 1, 1, dtype=dtype))
        compare(candidate, counting(2, 1, 1, 1, dtype=dtype), counting(1, 1, 3, 3, dtype=dtype), padding=1)
        compare(candidate, counting(2, 2, 3, 4, dtype=dtype), counting(3, 2, 3, 4, dtype=dtype))
        compare(candidate, counting(1, 2, 5, 7, dtype=dtype), counting(3, 2, 3, 4, dtype=dtype), dilation=2)


@check("A second call does not remember the first.", "第二次调用不受第一次影响。")
def test_no_state(candidate):
    rng = fresh_rng(1)
    for _ in range(2):
        x, weight, bias = (rng.standard_normal(shape) for shape in ((2, 2, 4, 4), (2, 2, 3, 3), (2,)))
        compare(candidate, x, weight, bias, 1, 1)
        compare(candidate, x, weight)


@check(
    "The output equals the definition for drawn sizes, channels, strides, padding and dilation.",
    "在随机的尺寸、通道数、步幅、填充与空洞率下，输出等于定义。",
    examples=150,
    source=sources(("normal", "ties", "positive", "large", "tiny")),
    images=sizes(1, 3),
    c_in=sizes(1, 3),
    c_out=sizes(1, 3),
    kernel_h=sizes(1, 4),
    kernel_w=sizes(1, 4),
    with_bias=st.booleans(),
    stride=sizes(1, 4),
    padding=sizes(0, 3),
    dilation=sizes(1, 3),
    more_rows=sizes(0, 5),
    more_cols=sizes(0, 5),
)
def test_values(
    candidate,
    source,
    images,
    c_in,
    c_out,
    kernel_h,
    kernel_w,
    with_bias,
    stride,
    padding,
    dilation,
    more_rows,
    more_cols,
):
    height, width = (
        max(dilation * (kernel - 1) + 1 - 2 * padding, 1) + more
        for kernel, more in ((kernel_h, more_rows), (kernel_w, more_cols))
    )
    x, weight = source.array(images, c_in, height, width), source.array(c_out, c_in, kernel_h, kernel_w)
    bias = source.array(c_out) if with_bias else None
    compare(candidate, x, weight, bias, stride, padding, dilation)
