"""Checks of `conv2d-backward`: the chain rule, output by output and kernel cell by kernel cell, in float64."""

import numpy as np

from drills.checking import assert_close, check, fresh_rng, unpack
from drills.strategies import sizes, sources

NAMES = ("grad_x", "grad_weight", "grad_bias")


def out_shape(x_shape, weight_shape, stride=1, padding=0):
    lengths = zip(x_shape[2:], weight_shape[2:], strict=True)
    return (
        x_shape[0],
        weight_shape[0],
        *((size + 2 * padding - kernel) // stride + 1 for size, kernel in lengths),
    )


def oracle(grad_out, x, weight, stride=1, padding=0):
    """y[i, j] = Σ weight[a, b] · x[i·stride − padding + a, …]: each product sends g to its two factors."""
    grad_out, x, weight = (value.astype(np.float64) for value in (grad_out, x, weight))
    grad_x, grad_weight, grad_bias = np.zeros(x.shape), np.zeros(weight.shape), np.zeros(weight.shape[0])
    for i, j in np.ndindex(*grad_out.shape[2:]):
        g = grad_out[:, :, i, j]  # (N, Cout)
        grad_bias += g.sum(axis=0)
        for a, b in np.ndindex(*weight.shape[2:]):
            row, col = i * stride - padding + a, j * stride - padding + b
            if 0 <= row < x.shape[2] and 0 <= col < x.shape[3]:
                grad_x[:, :, row, col] += g @ weight[:, :, a, b]
                grad_weight[:, :, a, b] += g.T @ x[:, :, row, col]
    return grad_x, grad_weight, grad_bias


def compare(candidate, grad_out, x, weight, *geometry, **named):
    """Terms may cancel, so errors are measured by the largest term and the number of terms."""
    expected = oracle(grad_out, x, weight, *geometry, **named)
    got = candidate.conv2d_backward(grad_out.copy(), x.copy(), weight.copy(), *geometry, **named)
    unit = 1e-13 if grad_out.dtype == np.float64 else 3e-7
    largest, positions = float(np.abs(grad_out).max()), grad_out[:, 0].size
    scales = (
        largest * float(np.abs(weight).max()) * weight[:, 0].size,
        largest * float(np.abs(x).max()) * positions,
        largest * positions,
    )
    for name, value, want, scale in zip(NAMES, unpack(got, 3, *NAMES), expected, scales, strict=True):
        assert_close(value, want, dtype=grad_out.dtype, atol=unit * scale, name=name)


def counting(*shape, dtype=np.float64):
    """1, 2, 3, …: every cell another, every sum exact in float64."""
    return np.arange(1, np.prod(shape) + 1).astype(dtype).reshape(shape)


def count_and_compare(candidate, x_shape, weight_shape, *geometry, dtype=np.float64, **named):
    grad_out = counting(*out_shape(x_shape, weight_shape, *geometry, **named), dtype=dtype)
    x, weight = counting(*x_shape, dtype=dtype), counting(*weight_shape, dtype=dtype)
    compare(candidate, grad_out, x, weight, *geometry, **named)


@check("Worked by hand: a 3 × 3 image and a 2 × 2 kernel.", "手算例子：3 × 3 图像与 2 × 2 卷积核。")
def test_by_hand(candidate):
    grad_out, weight = np.array([[[[1.0, 0.0], [0.0, 2.0]]]]), np.array([[[[1.0, 2.0], [0.0, -1.0]]]])
    expected = (
        np.array([[[[1.0, 2.0, 0.0], [0.0, 1.0, 4.0], [0.0, 0.0, -2.0]]]]),
        np.array([[[[11.0, 14.0], [20.0, 23.0]]]]),
        np.array([3.0]),
    )
    got = candidate.conv2d_backward(grad_out, counting(1, 1, 3, 3), weight)
    for name, value, want in zip(NAMES, unpack(got, 3, *NAMES), expected, strict=True):
        assert_close(value, want, name=name)


@check(
    "The gradient of one output alone: the kernel, unflipped, in grad_x, and its window in grad_weight.",
    "只有一个输出有梯度时：grad_x 里是未翻转的卷积核，grad_weight 里是它的窗口。",
)
def test_one_output(candidate):
    x, weight = counting(1, 2, 5, 6), counting(2, 2, 3, 2)
    for stride, padding in ((1, 0), (2, 0), (1, 1), (2, 1), (3, 2)):
        shape = out_shape(x.shape, weight.shape, stride, padding)
        for place in ((0, 0, 0, 0), (0, 1, 0, -1), (0, 0, -1, 0), (0, 1, -1, -1)):
            grad_out = np.zeros(shape)
            grad_out[place] = -3.0
            compare(candidate, grad_out, x, weight, stride, padding)


@check("Overlapping windows add up in grad_x.", "窗口重叠处，grad_x 要累加。")
def test_overlap(candidate):
    count_and_compare(candidate, (1, 1, 5, 5), (1, 1, 3, 3))
    count_and_compare(candidate, (2, 2, 6, 5), (2, 2, 3, 3), 1, 1)
    count_and_compare(candidate, (2, 2, 7, 8), (2, 2, 4, 4), 2, 1)


@check(
    "grad_weight and grad_bias add up over the images, and the images do not mix in grad_x.",
    "grad_weight 与 grad_bias 对批中所有图像求和；grad_x 中图像互不影响。",
)
def test_batch_and_channels(candidate):
    for dtype in (np.float64, np.float32):
        for n, c_in, c_out in ((3, 1, 1), (1, 3, 1), (1, 1, 3), (2, 2, 2), (2, 3, 4), (3, 3, 3)):
            count_and_compare(candidate, (n, c_in, 4, 4), (c_out, c_in, 2, 2), dtype=dtype)


@check(
    "Pixels that no window reaches get zero: leftover rows and a stride above the kernel.",
    "没有窗口碰到的像素梯度为零：剩余的行列，以及步幅大于卷积核的情形。",
)
def test_uncovered(candidate):
    for stride in (2, 3, 4):
        for kernel in (1, 2, 3):
            for height, width in ((7, 8), (5, 6)):
                count_and_compare(candidate, (1, 2, height, width), (2, 2, kernel, kernel), stride)
                count_and_compare(candidate, (1, 1, height, width), (1, 1, kernel, kernel), stride, 1)


@check("What falls on the padding is cut off on all four sides.", "落在填充上的梯度，四边都要裁掉。")
def test_padding(candidate):
    for padding in (1, 2, 3):
        for kernel in ((3, 3), (1, 1), (2, 4)):
            for stride in (1, 2, 3):
                count_and_compare(candidate, (2, 1, 4, 6), (2, 1, *kernel), stride, padding)
    count_and_compare(candidate, (1, 2, 5, 4), (2, 2, 3, 3), padding=1)
    count_and_compare(candidate, (1, 2, 5, 4), (2, 2, 3, 3), stride=2)


@check("A kernel or an image that is not square.", "卷积核或图像不是正方形。")
def test_not_square(candidate):
    for kernel in ((1, 3), (3, 1), (2, 3), (3, 2), (4, 1), (1, 4)):
        for image in ((4, 7), (7, 4), (4, 4)):
            count_and_compare(candidate, (2, 2, *image), (2, 2, *kernel))
            count_and_compare(candidate, (1, 1, *image), (1, 1, *kernel), 2, 1)


@check(
    "Size one: a 1 × 1 kernel, a 1 × 1 image, a kernel as large as the image.",
    "尺寸为一：1 × 1 卷积核、1 × 1 图像、与图像一样大的卷积核。",
)
def test_size_one(candidate):
    for dtype in (np.float64, np.float32):
        count_and_compare(candidate, (2, 3, 3, 4), (2, 3, 1, 1), dtype=dtype)
        count_and_compare(candidate, (2, 3, 1, 1), (4, 3, 1, 1), dtype=dtype)
        count_and_compare(candidate, (2, 1, 1, 1), (1, 1, 3, 3), 1, 1, dtype=dtype)
        count_and_compare(candidate, (2, 2, 3, 4), (3, 2, 3, 4), dtype=dtype)


@check("A second call does not remember the first.", "第二次调用不受第一次影响。")
def test_no_state(candidate):
    rng = fresh_rng(1)
    for _ in range(3):
        shapes = ((2, 2, 4, 4), (2, 2, 4, 4), (2, 2, 3, 3))
        compare(candidate, *(rng.standard_normal(shape) for shape in shapes), 1, 1)


@check(
    "The gradients equal the chain rule for drawn sizes, channels, strides and padding.",
    "在随机的尺寸、通道数、步幅与填充下，三个梯度都等于链式法则的结果。",
    examples=120,
    source=sources(("normal", "ties", "positive", "large", "tiny")),
    images=sizes(1, 3),
    c_in=sizes(1, 3),
    c_out=sizes(1, 3),
    kernel_h=sizes(1, 4),
    kernel_w=sizes(1, 4),
    stride=sizes(1, 4),
    padding=sizes(0, 3),
    more_rows=sizes(0, 5),
    more_cols=sizes(0, 5),
)
def test_values(
    candidate, source, images, c_in, c_out, kernel_h, kernel_w, stride, padding, more_rows, more_cols
):
    height, width = max(kernel_h - 2 * padding, 1) + more_rows, max(kernel_w - 2 * padding, 1) + more_cols
    x, weight = source.array(images, c_in, height, width), source.array(c_out, c_in, kernel_h, kernel_w)
    grad_out = source.array(*out_shape(x.shape, weight.shape, stride, padding))
    compare(candidate, grad_out, x, weight, stride, padding)
