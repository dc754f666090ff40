"""Checks of `avg-pool-backward`: each window shares its gradient among its cells, in float64."""

import math

import numpy as np
from hypothesis import strategies as st

from drills.checking import assert_close, check, fresh_rng
from drills.strategies import sizes, sources


def out_shape(x_shape, kernel_size, stride=None, padding=0):
    step = kernel_size if stride is None else stride
    return (*x_shape[:2], *((length + 2 * padding - kernel_size) // step + 1 for length in x_shape[2:]))


def oracle(grad_out, x_shape, kernel_size, stride=None, padding=0, count_include_pad=True):
    """Every output gives an equal share to each cell of its window."""
    step = kernel_size if stride is None else stride
    height, width = x_shape[2:]
    grad_x = np.zeros(x_shape)
    for n, c, i, j in np.ndindex(*grad_out.shape):
        cells = [
            (a, b)
            for a in range(i * step - padding, i * step - padding + kernel_size)
            for b in range(j * step - padding, j * step - padding + kernel_size)
            if 0 <= a < height and 0 <= b < width
        ]
        for a, b in cells:
            grad_x[n, c, a, b] += float(grad_out[n, c, i, j]) / (
                kernel_size**2 if count_include_pad else len(cells)
            )
    return grad_x


def compare(candidate, grad_out, x_shape, *geometry, **named):
    """Shares may cancel, and a running sum adds the whole image: errors are measured by what is added."""
    unit, rtol = (1e-13, 1e-12) if grad_out.dtype == np.float64 else (3e-7, 1e-5)
    atol = unit * (25 + x_shape[2] * x_shape[3]) * float(np.abs(grad_out).max())
    got = candidate.avg_pool2d_backward(grad_out.copy(), x_shape, *geometry, **named)
    expected = oracle(grad_out, x_shape, *geometry, **named)
    assert_close(got, expected, dtype=grad_out.dtype, rtol=rtol, atol=atol, name="grad_x")


def counting(x_shape, *geometry, dtype=np.float64):
    """Gradients 1, 2, 3, …, each window another."""
    shape = out_shape(x_shape, *geometry)
    return np.arange(1, math.prod(shape) + 1, dtype=dtype).reshape(shape)


@check(
    "Worked by hand: a padded 2 × 2 image, the padding counted and not.",
    "手算例子：带填充的 2 × 2 图像，计入与不计入填充。",
)
def test_by_hand(candidate):
    grad_out, shape = np.full((1, 1, 3, 3), 4.0), (1, 1, 2, 2)
    for include, each in ((True, 4.0), (False, 9.0)):
        got = candidate.avg_pool2d_backward(grad_out.copy(), shape, 2, 1, 1, include)
        assert_close(got, np.full(shape, each), name="grad_x")
    got = candidate.avg_pool2d_backward(np.array([[[[8.0]]]]), shape, 2)
    assert_close(got, np.full(shape, 2.0), name="grad_x")


@check("The padding is counted by default.", "默认计入填充。")
def test_default_counts_padding(candidate):
    shape = (2, 2, 5, 6)
    compare(candidate, counting(shape, 3, 2, 1), shape, 3, 2, 1)
    compare(candidate, counting(shape, 2, None, 1), shape, 2, padding=1)
    compare(candidate, counting(shape, 4, 1, 2), shape, kernel_size=4, stride=1, padding=2)


@check(
    "The stride defaults to the kernel size, and None means the same.",
    "步幅默认等于窗口大小，None 也是这个意思。",
)
def test_default_stride(candidate):
    shape = (2, 2, 7, 9)
    compare(candidate, counting(shape, 3), shape, 3)
    compare(candidate, counting(shape, 3, None, 1), shape, 3, None, 1, False)
    compare(candidate, counting(shape, 2), shape, 2, count_include_pad=False)


@check(
    "Overlapping windows add up, and each divides by its own number of cells.",
    "重叠的窗口累加，每个窗口除以自己的格数。",
)
def test_overlap(candidate):
    shape = (2, 3, 5, 6)
    for dtype in (np.float64, np.float32):
        for geometry in ((3, 1, 0), (3, 1, 1), (4, 1, 2), (5, 2, 2), (4, 3, 1)):
            for include in (False, True):
                compare(candidate, counting(shape, *geometry, dtype=dtype), shape, *geometry, include)


@check(
    "Cells outside every window get zero: floor sizes and a stride above the kernel.",
    "没有窗口覆盖的格子梯度为零：向下取整与步幅大于窗口。",
)
def test_uncovered(candidate):
    shape = (1, 2, 7, 8)
    for geometry in ((2, 2, 0), (3, 3, 0), (2, 3, 0), (1, 2, 0), (3, 4, 1), (5, 3, 0), (5, 5, 2), (4, 5, 0)):
        for include in (True, False):
            compare(candidate, counting(shape, *geometry), shape, *geometry, include)


@check(
    "The window at one corner alone: its share goes to its own cells and nowhere else.",
    "只有一个角上的窗口有梯度时，只分给它自己的格子。",
)
def test_one_window(candidate):
    shape = (1, 1, 4, 5)
    for geometry in ((3, 1, 1), (2, 2, 1), (4, 2, 2)):
        for place in ((0, 0), (0, -1), (-1, 0), (-1, -1)):
            grad_out = np.zeros(out_shape(shape, *geometry))
            grad_out[0, 0][place] = -36.0
            for include in (True, False):
                compare(candidate, grad_out, shape, *geometry, count_include_pad=include)


@check(
    "Tall, wide and size-one images, and a window over the whole image.",
    "高图、宽图、边长为 1 的图像，以及覆盖整张图像的窗口。",
)
def test_not_square(candidate):
    for height, width in ((3, 8), (8, 3), (1, 6), (6, 1), (1, 1)):
        shape = (2, 1, height, width)
        for geometry in ((3, 1, 1), (3, 2, 1), (2, 1, 1), (1, 2, 0), (1, None, 0)):
            for include in (True, False):
                compare(candidate, counting(shape, *geometry), shape, *geometry, include)
    compare(candidate, counting((3, 2, 4, 4), 4), (3, 2, 4, 4), 4)


@check("A second call does not remember the first.", "第二次调用不受第一次影响。")
def test_no_state(candidate):
    rng, shape = fresh_rng(1), (2, 2, 4, 4)
    for include in (True, False, True):
        compare(candidate, rng.standard_normal(shape), shape, 3, 1, 1, include)


@check(
    "The gradient equals the definition for drawn sizes, kernels, strides, padding, counted or not.",
    "在随机的尺寸、窗口、步幅、填充和两种计数方式下，梯度等于定义。",
    examples=120,
    source=sources(("normal", "positive", "large", "tiny")),
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
    x_shape = (images, channels, least + more_rows, least + more_cols)
    grad_out = source.array(*out_shape(x_shape, kernel_size, stride, padding))
    compare(candidate, grad_out, x_shape, kernel_size, stride, padding, count_include_pad)
