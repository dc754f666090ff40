"""Checks of `max-pool-backward`: a search through each window, in float64, is the specification."""

import numpy as np
from hypothesis import strategies as st

from drills.checking import assert_close, check, fresh_rng
from drills.strategies import sizes, sources


def out_shape(x, kernel_size, stride, padding):
    step = kernel_size if stride is None else stride
    return (*x.shape[:2], *((length + 2 * padding - kernel_size) // step + 1 for length in x.shape[2:]))


def oracle(grad_out, x, kernel_size, stride=None, padding=0):
    """Every output looks for the first largest cell of its window and adds its gradient there."""
    step = kernel_size if stride is None else stride
    height, width = x.shape[2:]
    grad_x = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(*grad_out.shape):
        best = None
        for a in range(i * step - padding, i * step - padding + kernel_size):
            for b in range(j * step - padding, j * step - padding + kernel_size):
                if (
                    0 <= a < height
                    and 0 <= b < width
                    and (best is None or x[n, c, a, b] > x[n, c, best[0], best[1]])
                ):
                    best = (a, b)
        grad_x[n, c, best[0], best[1]] += grad_out[n, c, i, j]
    return grad_x


def close(got, grad_out, x, kernel_size, stride=None, padding=0):
    """At most K·K windows meet in a cell; their sum may cancel, so the error is measured by what is added."""
    unit = 1e-13 if x.dtype == np.float64 else 3e-7
    atol = unit * kernel_size**2 * float(np.abs(grad_out).max())
    expected = oracle(grad_out, x, kernel_size, stride, padding)
    assert_close(got, expected, dtype=grad_out.dtype, atol=atol, name="grad_x")


def exact(candidate, grad_out, x, *geometry):
    """For gradients that are small integers: every order of summation gives the same."""
    expected = oracle(grad_out, x, *geometry)
    got = candidate.max_pool2d_backward(grad_out.copy(), x.copy(), *geometry)
    assert_close(got, expected, dtype=grad_out.dtype, rtol=0, atol=0, name="grad_x")


def counting(x, kernel_size, stride=None, padding=0):
    """Gradients 1, 2, 3, …, each window another."""
    shape = out_shape(x, kernel_size, stride, padding)
    return np.arange(1, np.prod(shape) + 1, dtype=x.dtype).reshape(shape)


@check("Worked by hand: a tie and two overlapping windows.", "手算例子：一处并列，两个重叠的窗口。")
def test_by_hand(candidate):
    x = np.array([[[[1.0, 3, 2], [3, 2, 1]]]])
    got = candidate.max_pool2d_backward(np.array([[[[10.0, 1]]]]), x, 2, 1)
    assert_close(got, np.array([[[[0.0, 11, 0], [0, 0, 0]]]]), name="grad_x")


@check(
    "In a tie the first maximum in row-major order takes all.", "并列时按行优先的第一个最大值拿走全部梯度。"
)
def test_ties(candidate):
    for dtype in (np.float64, np.float32):
        flat = np.full((2, 2, 4, 6), 0.5, dtype=dtype)  # everything ties
        for geometry in ((2,), (2, 1), (3, 2, 1), (4, 1, 2)):
            exact(candidate, counting(flat, *geometry), flat, *geometry)
        diagonal = np.array([[[[0, 5], [5, 0]]], [[[5, 0], [0, 5]]], [[[0, 0], [5, 5]]]], dtype=dtype)
        exact(candidate, counting(diagonal, 2), diagonal, 2)
        corner = np.array([[[[0, 0, 7], [0, 7, 0], [7, 0, 0]]]], dtype=dtype)
        exact(candidate, counting(corner, 3), corner, 3)
        exact(candidate, counting(corner, 2, 1), corner, 2, 1)


@check(
    "A tie never goes to the padding: images of zeros and of equal negatives.",
    "并列时也轮不到填充：全零与全负的图像。",
)
def test_ties_at_the_border(candidate):
    for value in (0.0, -2.0, -1e30):
        x = np.full((1, 2, 3, 4), value)
        for geometry in ((2, 2, 1), (3, 1, 1), (3, 2, 1), (5, 2, 2)):
            exact(candidate, counting(x, *geometry), x, *geometry)


@check("Very negative values still have a maximum.", "非常负的数值之间仍然有最大值。")
def test_very_negative(candidate):
    for dtype in (np.float64, np.float32):
        ranks = fresh_rng(4).permutation(2 * 2 * 4 * 5).reshape(2, 2, 4, 5)
        for unit in (1e30, float(np.finfo(dtype).max) / 100):
            x = (-unit * (1 + ranks)).astype(dtype)
            for geometry in ((2,), (2, 1, 1), (3, 2, 1), (4, 1, 2)):
                exact(candidate, counting(x, *geometry), x, *geometry)


@check("The smallest difference is no tie.", "再小的差别也不算并列。")
def test_near_ties(candidate):
    step = 2.0**-40
    for base in (0.0, 1.0, -1.0, 1e3):
        x = np.array([[[[base, base + step], [base + 2 * step, base - step]]]])
        exact(candidate, counting(x, 2), x, 2)
        exact(candidate, counting(x, 3, 1, 1), x, 3, 1, 1)


@check("Overlapping windows add up in the cell that they share.", "重叠窗口的梯度在公共格子里累加。")
def test_overlap(candidate):
    x = np.zeros((2, 1, 5, 6))
    x[0, 0, 2, 2], x[1, 0, 2, 3] = 9, 1  # each in nine windows of 3 × 3
    exact(candidate, counting(x, 3, 1), x, 3, 1)
    exact(candidate, -counting(x, 3, 1, 1), x, 3, 1, 1)
    exact(candidate, counting(x, 4, 1, 2), x, 4, 1, 2)


@check(
    "Cells outside every window get zero: floor sizes and a stride above the kernel.",
    "没有窗口覆盖的格子梯度为零：向下取整与步幅大于窗口。",
)
def test_uncovered(candidate):
    x = np.arange(2 * 7 * 8, dtype=np.float64).reshape(1, 2, 7, 8)  # the largest values lie in no window
    for geometry in ((2,), (3,), (2, 3), (1, 2), (3, 4, 1), (5, 3)):
        exact(candidate, counting(x, *geometry), x, *geometry)


@check("Gradients of any sign pass as they are, zeros too.", "任意符号的梯度都原样传递，零也一样。")
def test_signs(candidate):
    x = fresh_rng(1).standard_normal((2, 2, 4, 4))
    grad_out = np.tile(np.array([[-3.0, 0.0], [2.0, -1.0]]), (2, 2, 1, 1))
    exact(candidate, grad_out, x, 2)
    exact(candidate, -grad_out, -np.abs(x), 3, 2, 1)


@check(
    "Tall, wide and size-one images, and a window over the whole image.",
    "高图、宽图、边长为 1 的图像，以及覆盖整张图像的窗口。",
)
def test_not_square(candidate):
    rng = fresh_rng(2)
    for height, width in ((2, 7), (7, 2), (1, 5), (5, 1), (1, 1)):
        x = rng.standard_normal((2, 3, height, width))
        for geometry in ((1,), (1, 2, 0), (2, 1, 1), (3, 2, 1)):
            exact(candidate, counting(x, *geometry), x, *geometry)
    x = rng.standard_normal((3, 2, 4, 4)).astype(np.float32)
    exact(candidate, counting(x, 4), x, 4)


@check(
    "None and named arguments work, and a second call does not remember the first.",
    "None 与关键字参数可用，第二次调用不受第一次影响。",
)
def test_calls(candidate):
    rng = fresh_rng(3)
    for _ in range(3):
        x = rng.standard_normal((2, 2, 5, 5))
        for geometry in ({"kernel_size": 2, "stride": None, "padding": 1}, {"kernel_size": 3, "stride": 1}):
            grad_out = counting(x, *geometry.values())
            got = candidate.max_pool2d_backward(grad_out.copy(), x.copy(), **geometry)
            close(got, grad_out, x, *geometry.values())


@check(
    "The gradient equals the definition for drawn sizes, kernels, strides and padding.",
    "在随机的尺寸、窗口、步幅和填充下，梯度等于定义。",
    examples=100,
    source=sources(("ties", "normal", "negative", "large", "tiny")),
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
    grad_out = source.array(*out_shape(x, kernel_size, stride, padding), kind="normal")
    got = candidate.max_pool2d_backward(grad_out, x, kernel_size, stride, padding)
    close(got, grad_out, x, kernel_size, stride, padding)
