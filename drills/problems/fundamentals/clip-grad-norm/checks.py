"""Checks of `clip-grad-norm`: the norm of the arrays laid end to end, in float64."""

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from drills.checking import assert_close, check, require, unpack
from drills.strategies import sources


def parts(candidate, grads, max_norm):
    """What came back, once it is a list of as many gradients and a norm."""
    got = candidate.clip_grad_norm([grad.copy() for grad in grads], max_norm)
    clipped, total = unpack(got, 2, "clipped", "total_norm")
    require(
        isinstance(clipped, (list, tuple)),
        "The clipped gradients must come back as a list of arrays.",
        "裁剪后的梯度应以数组列表的形式返回。",
        actual=clipped,
    )
    require(
        len(clipped) == len(grads),
        "There must be as many gradients as were given.",
        "返回的梯度个数应与输入相同。",
        actual=clipped,
    )
    return clipped, total


def holds(candidate, grads, max_norm):
    flat = np.concatenate([grad.astype(np.float64).ravel() for grad in grads])
    norm = float(np.sqrt(flat @ flat))
    scale = max_norm / norm if norm > max_norm else 1.0
    clipped, total = parts(candidate, grads, max_norm)
    single = grads[0].dtype == np.float32
    rtol = 2e-5 if single else 1e-9
    near = norm >= 0.999 * max_norm  # there PyTorch's + 1e-6 under the fraction shows
    slack = 1.5e-6 / norm if near and norm else 0.0
    assert_close(total, np.float64(norm), rtol=rtol, atol=1e-30, name="total_norm")
    for index, (mine, grad) in enumerate(zip(clipped, grads, strict=True)):
        want = (grad.astype(np.float64) * scale).astype(grad.dtype)
        tolerance = rtol + slack if near else 0.0
        assert_close(mine, want, dtype=grad.dtype, rtol=tolerance, atol=0, name=f"clipped[{index}]")


@check("Worked by hand: 1, 2, 2 and 4 have the norm 5.", "手算例子：1、2、2、4 的范数为 5。")
def test_by_hand(candidate):
    grads = [np.array([1.0, 2.0]), np.array([2.0, 4.0])]
    clipped, total = parts(candidate, grads, 1.0)
    assert_close(total, np.float64(5.0), rtol=1e-9, name="total_norm")
    for index, (mine, want) in enumerate(zip(clipped, ([0.2, 0.4], [0.4, 0.8]), strict=True)):
        assert_close(mine, np.array(want), rtol=1e-6, name=f"clipped[{index}]")
    holds(candidate, grads, 10.0)


@check("Below the limit nothing changes, and the norm is still told.", "不超过上限时梯度不变，仍返回范数。")
def test_below(candidate):
    for dtype in (np.float64, np.float32):
        grads = [np.array([[0.3, -0.1], [0.2, 0.7]], dtype=dtype), np.array([0.5], dtype=dtype)]
        for max_norm in (1.5, 2, 1e6):
            holds(candidate, grads, max_norm)


@check(
    "A norm that equals the limit changes nothing, one just above it is clipped.",
    "范数恰好等于上限时不变，略高于上限就裁剪。",
)
def test_equal(candidate):
    holds(candidate, [np.array([3.0]), np.array([4.0])], 5.0)
    holds(candidate, [np.array([[6.0, 8.0]], dtype=np.float32)], 10)
    holds(candidate, [np.array([3.0]), np.array([4.0])], 4.9)


@check("All zeros come back as zeros with the norm 0.", "全为零时返回零，范数为 0。")
def test_zeros(candidate):
    for dtype in (np.float64, np.float32):
        holds(candidate, [np.zeros((2, 3), dtype=dtype), np.zeros(1, dtype=dtype)], 1.0)


@check("One factor for all arrays: the direction stays.", "所有数组用同一个系数，方向不变。")
def test_direction(candidate):
    holds(candidate, [np.array([100.0, 0.1]), np.array([[0.01], [5.0]])], 1.0)
    holds(candidate, [np.array([2.0, 2.0]), np.array([2.0, 2.0])], 1.0)
    holds(candidate, [np.array([0.6, 0.8]), np.array([0.6, 0.8]), np.array([0.6, 0.8])], 1.0)
    holds(candidate, [np.zeros((2, 2)), np.array([3.0, 4.0])], 3.0)
    holds(candidate, [np.array([0.48, 0.64])], 0.5)


@check(
    "Arrays of any shape, a scalar's among them, and one array alone.",
    "任意形状的数组，包括零维；也可以只有一个。",
)
def test_shapes(candidate):
    holds(candidate, [np.array(7.0), np.ones((2, 1, 3)), np.array([-2.0])], 2.5)
    holds(candidate, [np.arange(12.0).reshape(3, 4)], 3)
    holds(candidate, [np.array([-9.0])], 0.5)


@check("Large gradients are clipped to the limit.", "很大的梯度也裁剪到上限。")
def test_large(candidate):
    holds(candidate, [np.array([1e8, -1e8]), np.array([1e9])], 1.0)
    holds(candidate, [np.array([3e5, -1e6], dtype=np.float32)], 1.0)


@check(
    "On drawn gradients.",
    "在随机梯度上正确。",
    examples=80,
    source=sources(("normal", "large", "ties", "tiny")),
    shapes=st.lists(st.lists(st.integers(1, 4), max_size=3), min_size=1, max_size=4),
    ratio=st.sampled_from([0.01, 0.3, 0.9, 1.1, 4.0]),
)
def test_drawn(candidate, source, shapes, ratio):
    grads = [np.asarray(source.array(*shape)) for shape in shapes]
    norm = float(np.sqrt(sum(np.sum(np.square(grad, dtype=np.float64)) for grad in grads)))
    assume(norm > 1e-3)
    holds(candidate, grads, ratio * norm)
