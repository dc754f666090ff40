"""Checks of `dropout`: each element is 0 or x / (1 − p), and which it is follows independent coins, tested exactly.

A right solution is rejected with a probability below 1e-9 over all checks together; a drop rate that is off by
0.04, and any two elements that share their draw, are found with a probability above 0.99.
"""

import numpy as np
from hypothesis import strategies as st

from drills.checking import assert_close, assert_distribution, check, fresh_rng, require
from drills.strategies import leading_axes, sizes, sources


def dropped(out, x, p):
    """Where elements were dropped, once each is seen to be 0 or x / (1 − p); x has no zeros."""
    require(
        isinstance(out, np.ndarray) and out.shape == x.shape,
        f"The result must be an array of shape {x.shape}.",
        f"结果必须是形状为 {x.shape} 的数组。",
        actual=out,
    )
    gone = out == 0
    assert_close(out, np.where(gone, 0.0, x.astype(np.float64) / (1 - p)), dtype=x.dtype, atol=0.0)
    return gone


def follows_coins(masks, p, name, *, stages=(1_000, 4_000)):
    """Rows of k booleans (n, k): each of the 2**k combinations comes as often as k independent coins make it."""
    _, width = masks.shape
    outcomes = masks @ (1 << np.arange(width))
    counts = [sum(bool(code >> i & 1) for i in range(width)) for code in range(2**width)]
    probabilities = np.array([p**n * (1 - p) ** (width - n) for n in counts])
    left = iter(outcomes.tolist())
    assert_distribution(
        lambda count: [next(left) for _ in range(count)],
        probabilities,
        stages=[stage for stage in stages if stage < len(outcomes)] + [len(outcomes)],
        false_reject=1e-11,
        name=name,
    )


def pairs_along(mask, axis):
    """Disjoint pairs of neighbours along an axis, (n, 2)."""
    lines = np.moveaxis(mask, axis, -1)
    return lines[..., : lines.shape[-1] // 2 * 2].reshape(-1, 2)


@check("In evaluation the result equals x, whatever p is.", "评估时不论 p 是多少，结果都等于 x。")
def test_evaluation(candidate):
    for dtype in (np.float64, np.float32):
        x = np.array([[4.0, -8.0, 0.5], [3.0, 0.0, -1.0]], dtype=dtype)
        for p in (0.0, 0.3, 0.5, 1.0):
            got = candidate.dropout(x.copy(), p, fresh_rng(1), training=False)
            assert_close(got, x, rtol=0, atol=0)
        assert_close(candidate.dropout(x.copy(), 0.3, fresh_rng(1), False), x, rtol=0, atol=0)


@check("p = 0 gives x back, p = 1 gives zeros and no NaN.", "p = 0 时结果就是 x；p = 1 时全为零，没有 NaN。")
def test_ends(candidate):
    for dtype in (np.float64, np.float32):
        x = np.full((5, 8), -2.0, dtype=dtype)
        assert_close(candidate.dropout(x.copy(), 0.0, fresh_rng(2)), x)
        assert_close(candidate.dropout(x.copy(), 1.0, fresh_rng(2)), np.zeros_like(x))
        assert_close(candidate.dropout(x.copy(), 0, fresh_rng(2)), x)
        assert_close(candidate.dropout(x.copy(), 1, fresh_rng(2), True), np.zeros_like(x))


@check(
    "What is kept is divided by 1 − p: with p = 0.2 each 4 becomes 0 or 5.",
    "保留下来的元素除以 1 − p：p = 0.2 时，每个 4 变成 0 或 5。",
)
def test_kept_values(candidate):
    for dtype in (np.float64, np.float32):
        for p in (0.2, 0.5, 0.75):
            x = np.full((10, 20), 4.0, dtype=dtype)
            dropped(candidate.dropout(x.copy(), p, fresh_rng(3)), x, p)


@check(
    "An element is dropped with probability p, not 1 − p.",
    "元素被丢弃的概率是 p，而不是 1 − p。",
)
def test_rate(candidate):
    for key, (p, shape) in enumerate(
        ((0.05, (200, 200)), (0.25, (100, 120)), (0.3, (12, 1000)), (0.8, (12_000,)))
    ):
        x = np.full(shape, 2.0)
        gone = dropped(candidate.dropout(x.copy(), p, fresh_rng(4, key)), x, p)
        follows_coins(gone.reshape(-1, 1), p, "dropped", stages=(1_000,))


@check(
    "All elements are drawn independently: neighbours along every axis share nothing.",
    "每个元素独立抽取：沿任何一个轴的相邻元素都不共用抽取结果。",
)
def test_neighbours(candidate):
    for key, shape in enumerate(((4000,), (60, 64), (16, 16, 16), (8, 8, 8, 8), (2, 2, 1024), (4096, 1))):
        x = np.full(shape, 1.0)
        gone = dropped(candidate.dropout(x.copy(), 0.3, fresh_rng(5, key)), x, 0.3)
        for axis in range(len(shape)):
            if shape[axis] > 1:
                follows_coins(pairs_along(gone, axis), 0.3, f"dropped pair along axis {axis}")


@check(
    "In tiny arrays too: how many are dropped is left to chance, none to all.",
    "很小的数组也一样：丢弃几个由随机决定，从零个到全部都可能。",
)
def test_tiny_arrays(candidate):
    for key, (shape, p) in enumerate((((1,), 0.3), ((2,), 0.5), ((3,), 0.3), ((2, 2), 0.4), ((1, 4), 0.25))):
        x = np.full(shape, 1.0)
        drawn = candidate.many(1500, "dropout", x.copy(), p, fresh_rng(6, key))
        gone = np.stack([dropped(out, x, p).ravel() for out in drawn])
        follows_coins(gone, p, "dropped elements", stages=(500,))


@check(
    "Two calls in a row with one generator draw afresh.",
    "用同一个生成器连续调用两次，会重新抽取。",
)
def test_calls_in_a_row(candidate):
    x, rng = np.full((40, 50), 3.0), fresh_rng(7)
    first = dropped(candidate.dropout(x.copy(), 0.4, rng), x, 0.4)
    second = dropped(candidate.dropout(x.copy(), 0.4, rng), x, 0.4)
    follows_coins(np.stack([first.ravel(), second.ravel()], axis=1), 0.4, "element dropped in both calls")


@check(
    "All chance comes from rng: equal seeds give equal results whatever was called before, other seeds other ones.",
    "随机性只来自 rng：种子相同结果就相同，与之前的调用无关；种子不同结果不同。",
)
def test_reproducible(candidate):
    x = np.full((8, 16), 1.0)

    def run(key, p=0.5, size=8):
        return candidate.dropout(x[:size].copy(), p, fresh_rng(8, key))

    first, other = run(1), run(2)
    run(3, p=0.1)
    run(3, size=2)
    again = run(1)
    require(
        bool(np.array_equal(first, again)),
        "The same generator state must give the same result.",
        "生成器状态相同，结果必须相同。",
        expected=first,
        actual=again,
    )
    require(
        not np.array_equal(first, other),
        "Different seeds must give different results: the draw does not use rng.",
        "不同种子应得到不同的结果：抽取没有用到 rng。",
        actual=other,
    )


@check(
    "Whether an element is dropped does not depend on its value.",
    "元素是否被丢弃与它的取值无关。",
)
def test_value_plays_no_part(candidate):
    values = np.array([-1e3, 0.25, 1e3])
    x = np.repeat(values, 12_000).reshape(300, 120)
    gone = dropped(candidate.dropout(x.copy(), 0.3, fresh_rng(9)), x, 0.3)
    for value in values:
        follows_coins(gone[x == value].reshape(-1, 1), 0.3, f"dropped among x = {value:g}", stages=())


@check(
    "On drawn shapes, values and p, each element is 0 or x / (1 − p) in the dtype of x.",
    "在随机形状、取值与 p 上，每个元素都是 0 或 x / (1 − p)，dtype 与 x 相同。",
    source=sources(("normal", "large", "tiny", "negative")),
    lead=leading_axes(3, high=4),
    width=sizes(1, 8),
    p=st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 0.99]),
    training=st.booleans(),
)
def test_values(candidate, source, lead, width, p, training):
    x = source.array(*lead, width)
    got = candidate.dropout(x.copy(), p, np.random.default_rng(source.seed), training)
    if training and p > 0:
        dropped(got, x, p)
    else:
        assert_close(got, x)
