"""Checks of `adamw-step`: Algorithm 2 in float64, and float32 to what its own rounding allows."""

import numpy as np
from hypothesis import strategies as st

from drills.checking import assert_close, check, unpack
from drills.strategies import leading_axes, sources

DEFAULTS = {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.01}


def exact(param, grad, m, v, t, lr, betas, eps, weight_decay):
    """In float64."""
    param, grad, m, v = (x.astype(np.float64) for x in (param, grad, m, v))
    m = betas[0] * m + (1 - betas[0]) * grad
    v = betas[1] * v + (1 - betas[1]) * grad * grad
    step = m / (1 - betas[0] ** t) / (np.sqrt(v / (1 - betas[1] ** t)) + eps)
    return param - lr * weight_decay * param - lr * step, m, v


def holds(candidate, param, grad, m, v, t, **options):
    chosen = DEFAULTS | options
    want = exact(param, grad, m, v, t, **chosen)
    got = candidate.adamw_step(param.copy(), grad.copy(), m.copy(), v.copy(), t, **options)
    eps = float(np.finfo(param.dtype).eps)
    step = np.abs(want[0] - param.astype(np.float64) * (1 - chosen["lr"] * chosen["weight_decay"]))
    slack = {
        "param": 8 * eps * (np.abs(param).max(initial=0) + 1) + 64 * eps * step.max(initial=0),
        "m": 8 * eps * max(np.abs(m).max(initial=0), np.abs(grad).max(initial=0)),
        "v": 8 * eps * max(np.abs(v).max(initial=0), np.square(grad.astype(np.float64)).max(initial=0)),
    }
    for name, mine, wanted in zip(("param", "m", "v"), unpack(got, 3, "param", "m", "v"), want, strict=True):
        assert_close(mine, wanted, dtype=param.dtype, rtol=32 * eps, atol=float(slack[name]), name=name)


def one(value):
    return np.array([value])


@check("Worked by hand: param 1, grad 2, first step.", "手算例子：param = 1，grad = 2，第一步。")
def test_by_hand(candidate):
    got = candidate.adamw_step(one(1.0), one(2.0), one(0.0), one(0.0), 1, lr=0.1, weight_decay=0.2)
    for name, mine, want in zip(
        ("param", "m", "v"), unpack(got, 3, "param", "m", "v"), (0.88, 0.2, 0.004), strict=True
    ):
        assert_close(mine, one(want), rtol=1e-6, name=name)


@check("Three steps in a row, each with what the last returned.", "连续三步，每步使用上一步的返回值。")
def test_steps_in_a_row(candidate):
    param, m, v = np.array([1.0, -2.0, 0.5]), np.zeros(3), np.zeros(3)
    for t, grad in enumerate(([0.5, -1.0, 0.0], [-0.25, 2.0, 0.125], [1.0, 1.0, 1.0]), start=1):
        holds(candidate, param, np.array(grad), m, v, t, lr=0.1, betas=(0.5, 0.75), weight_decay=0.2)
        param, m, v = exact(param, np.array(grad), m, v, t, 0.1, (0.5, 0.75), 1e-8, 0.2)


@check(
    "The decay is decoupled: it never enters m and v, and does not depend on the gradient.",
    "权重衰减是解耦的：不进入 m 和 v，也与梯度无关。",
)
def test_decoupled(candidate):
    param = np.array([10.0, -10.0, 100.0])
    zero = np.zeros(3)
    holds(candidate, param, zero, zero, zero, 1, lr=0.1, weight_decay=0.1)
    holds(candidate, param, np.array([1e-3, 1.0, -5.0]), zero, zero, 1, lr=0.1, weight_decay=0.1)
    holds(candidate, param, np.array([1e-3, 1.0, -5.0]), zero, zero, 1, lr=0.1, weight_decay=0.0)


@check("Both terms are taken from the old parameter.", "两项都用旧参数。")
def test_old_parameter(candidate):
    holds(
        candidate,
        np.array([1.0, -1.0]),
        np.array([3.0, 3.0]),
        np.zeros(2),
        np.zeros(2),
        1,
        lr=0.5,
        weight_decay=0.5,
    )


@check(
    "A zero gradient gives no step, and eps stands outside the root.", "零梯度不产生步长；eps 在根号外面。"
)
def test_eps(candidate):
    zero = np.zeros(2)
    holds(candidate, np.ones(2), zero, zero, zero, 1, weight_decay=0.0)
    holds(candidate, np.ones(2), np.array([1e-4, -2e-3]), zero, zero, 1, lr=0.1, eps=1e-2, weight_decay=0.0)
    for options in ({}, {"eps": 0.0}):
        tiny = np.array([1e-7, 1e-8])
        holds(candidate, np.ones(2), tiny, zero, zero, 1, lr=0.1, weight_decay=0.0, **options)


@check(
    "The correction fades: late steps use the running means as they are.",
    "修正逐渐消失：步数很大时滑动平均原样使用。",
)
def test_late_steps(candidate):
    for t in (1, 2, 10, 1000, 100_000):
        holds(
            candidate,
            np.ones(3),
            np.array([1.0, 0.0, -3.0]),
            np.array([0.5, -1.0, 0.0]),
            np.array([0.25, 4.0, 1.0]),
            t,
        )


@check(
    "Defaults: lr 1e-3, betas (0.9, 0.999), eps 1e-8, weight_decay 0.01.",
    "默认值：lr 1e-3、betas (0.9, 0.999)、eps 1e-8、weight_decay 0.01。",
)
def test_defaults(candidate):
    holds(
        candidate,
        np.array([50.0, -3.0]),
        np.array([0.1, 0.2]),
        np.array([0.1, 0.0]),
        np.array([0.01, 0.02]),
        3,
    )


@check("Results keep shape and dtype.", "结果的形状与 dtype 不变。")
def test_dtypes(candidate):
    for shape in ((2, 3), (2, 1, 2), (), (1,)):
        values = np.linspace(-1, 2, int(np.prod(shape))).reshape(shape).astype(np.float32)
        holds(candidate, values, 2 * values, values / 4, values**2, 2, lr=0.25)


@check(
    "A β of 0 keeps nothing of the old mean.",
    "β 为 0 时不保留旧的滑动平均。",
)
def test_beta_zero(candidate):
    # old and new values of one size: v + (1 − β2) · (g² − v), as right as the weighted sum, rounds to the larger of them
    grad, m, v = np.array([0.5, -1.0, 2.0]), np.array([1.0, -0.5, 0.25]), np.array([1.0, 0.25, 2.0])
    for dtype in (np.float64, np.float32):
        arrays = [x.astype(dtype) for x in (np.ones(3), grad, m, v)]
        for betas in ((0.0, 0.5), (0.5, 0.0), (0.0, 0.0)):
            for t in (1, 3):
                holds(candidate, *arrays, t, lr=0.1, betas=betas)


@check(
    "On drawn arrays and options.",
    "在随机数组与超参数上正确。",
    examples=100,
    source=sources(("normal", "ties", "large", "tiny")),
    shape=leading_axes(3, 4),
    t=st.integers(1, 50),
    lr=st.sampled_from([1e-3, 0.1, 1.0]),
    betas=st.sampled_from([(0.9, 0.999), (0.8, 0.95), (0.1, 0.5), (0.5, 0.1)]),
    weight_decay=st.sampled_from([0.0, 0.01, 0.3]),
)
def test_drawn(candidate, source, shape, t, lr, betas, weight_decay):
    param, grad, m = (source.array(*shape) for _ in range(3))
    v = np.square(source.array(*shape))
    holds(candidate, param, grad, m, v, t, lr=lr, betas=betas, eps=1e-3, weight_decay=weight_decay)
