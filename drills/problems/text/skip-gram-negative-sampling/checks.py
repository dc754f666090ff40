"""Checks of `skip-gram-negative-sampling`: each pair by itself in float64, and finite differences of the loss."""

import math

import numpy as np

from drills.checking import assert_close, check, unpack
from drills.strategies import sizes, sources

NAMES = ("loss", "grad_center", "grad_context", "grad_negatives")


def pair(x):
    """-ln sigma(x) and its derivative, for any x."""
    e = math.exp(-abs(x))
    loss = math.log1p(e) + max(-x, 0.0)
    return loss, -(e / (1 + e) if x >= 0 else 1 / (1 + e))


def exact(center, context, negatives):
    c, o, n = (x.astype(np.float64) for x in (center, context, negatives))
    loss, slope = pair(float(c @ o))
    grad_c, grad_n = slope * o, np.zeros(n.shape)
    grad_o = slope * c
    for k in range(len(n)):
        more, down = pair(-float(c @ n[k]))
        loss += more
        grad_c = grad_c - down * n[k]
        grad_n[k] = -down * c
    return loss, grad_c, grad_o, grad_n


def holds(candidate, center, context, negatives):
    got = unpack(candidate.sgns_loss(center.copy(), context.copy(), negatives.copy()), 4, *NAMES)
    want = exact(center, context, negatives)
    eps = float(np.finfo(center.dtype).eps)
    scale = float(np.abs(center).astype(np.float64) @ np.max(np.abs(np.vstack([context, negatives])), axis=0))
    noise = 16 * eps * (1 + scale) * (len(center) + len(negatives))  # of a dot product, and so of sigma
    assert_close(got[0], np.float64(want[0]), rtol=16 * eps, atol=noise * (1 + len(negatives)), name="loss")
    size = max(float(np.abs(x).max()) for x in (center, context, negatives))
    for name, mine, wanted in zip(NAMES[1:], got[1:], want[1:], strict=True):
        atol = noise * size * (1 + len(negatives))
        assert_close(mine, wanted, dtype=center.dtype, rtol=16 * eps, atol=atol, name=name)


def arrays(*values, dtype=np.float64):
    return [np.array(value, dtype=dtype) for value in values]


@check("Worked by hand: dot products 0 and ln 3.", "手算例子：点积为 0 和 ln 3。")
def test_by_hand(candidate):
    got = unpack(candidate.sgns_loss(*arrays([1.0], [0.0], [[math.log(3)]])), 4, *NAMES)
    known = (3 * math.log(2), [0.75 * math.log(3)], [-0.5], [[0.75]])
    for name, mine, want in zip(NAMES, got, known, strict=True):
        assert_close(mine, np.array(want), rtol=1e-9, atol=1e-12, name=name)


@check("The context is pulled, the negatives are pushed.", "上下文词被拉近，负样本被推远。")
def test_directions(candidate):
    holds(candidate, *arrays([1.0, 0.5], [2.0, -1.0], [[0.5, 1.0], [-1.0, 3.0]]))
    holds(candidate, *arrays([1.0, -1.0, 0.25], [0.5, 0.5, 2.0], [[1.0, 1.0, 1.0]]))


@check("The negatives add up; their number is not divided out.", "负样本求和，不除以个数。")
def test_sum(candidate):
    row = [0.5, -1.0]
    for count in (1, 2, 5, 20):
        holds(candidate, *arrays([1.0, 2.0], [0.3, 0.1], [row] * count))


@check("A negative may repeat, and may equal the context.", "负样本可以重复，也可以与上下文词相同。")
def test_repeats(candidate):
    holds(candidate, *arrays([1.0, 2.0], [0.5, 0.5], [[0.5, 0.5], [0.5, 0.5], [1.0, -1.0]]))


@check("Dot products of middling size are not treated as large ones.", "中等大小的点积不能当作很大的来近似。")
def test_middling(candidate):
    for dot in (6.5, 8.0, 10.5, 12.0):
        for sign in (1.0, -1.0):
            holds(candidate, *arrays([1.0, 2.0], [sign * dot, 0.0], [[sign * dot, 0.0], [-sign * dot, 0.0]]))


@check("Large dot products of either sign give finite, exact values.", "正负很大的点积也给出有限且准确的值。")
def test_stable(candidate):
    for dtype in (np.float64, np.float32):
        for sign in (1.0, -1.0):
            holds(
                candidate,
                *arrays([10.0, 0.0], [sign * 100.0, 1.0], [[sign * 100.0, 2.0], [-50.0, 0.0]], dtype=dtype),
            )
            holds(candidate, *arrays([40.0], [sign], [[sign], [-sign]], dtype=dtype))
            holds(candidate, *arrays([4.0], [sign * 8.0], [[sign * 8.0]], dtype=dtype))


@check("One dimension and one negative, and many of both.", "一维、一个负样本，以及很多。")
def test_sizes(candidate):
    holds(candidate, *arrays([-0.5], [3.0], [[0.25]]))
    rng = np.random.default_rng(7)
    holds(candidate, rng.standard_normal(64) / 8, rng.standard_normal(64), rng.standard_normal((30, 64)))


@check(
    "On drawn vectors, loss and gradients agree.",
    "在随机向量上，损失与梯度都正确。",
    examples=80,
    source=sources(("normal", "ties", "tiny")),
    depth=sizes(1, 8),
    count=sizes(1, 6),
)
def test_drawn(candidate, source, depth, count):
    holds(candidate, source.array(depth), source.array(depth), source.array(count, depth))


@check(
    "The gradients are those of the loss that comes back, by central differences.",
    "梯度与返回的损失一致（中心差分）。",
    examples=10,
    source=sources(("normal",), ("float64",)),
    depth=sizes(1, 3),
    count=sizes(1, 3),
)
def test_differences(candidate, source, depth, count):
    given = [source.array(depth), source.array(depth), source.array(count, depth)]
    grads = unpack(candidate.sgns_loss(*(x.copy() for x in given)), 4, *NAMES)[1:]
    direction = [source.array(*x.shape) for x in given]
    step = 1e-4
    ends = [
        float(candidate.sgns_loss(*(x + sign * step * d for x, d in zip(given, direction, strict=True)))[0])
        for sign in (1, -1)
    ]
    slope = sum(float(np.sum(g * d)) for g, d in zip(grads, direction, strict=True))
    assert_close(
        np.float64(slope), np.float64((ends[0] - ends[1]) / (2 * step)), rtol=1e-5, atol=1e-6, name="slope"
    )
