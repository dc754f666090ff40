"""Checks of `attention`: an explicit loop in float64 is the specification."""

import numpy as np
from hypothesis import strategies as st

from drills.checking import assert_close, check, fresh_rng, require
from drills.strategies import leading_axes, sizes, sources


def oracle(q, k, v, mask=None):
    """One query at a time, in float64."""
    *lead, n_q, depth = q.shape
    n_k = k.shape[-2]
    allowed = np.broadcast_to(True if mask is None else mask, (*lead, n_q, n_k))
    out = np.zeros((*lead, n_q, v.shape[-1]))
    for index in np.ndindex(*lead, n_q):
        batch, keys = index[:-1], np.flatnonzero(allowed[index])
        if keys.size:
            scores = k[batch].astype(np.float64)[keys] @ q[index].astype(np.float64) / np.sqrt(depth)
            weights = np.exp(scores - scores.max())
            out[index] = weights / weights.sum() @ v[batch].astype(np.float64)[keys]
    return out


shapes = {"lead": leading_axes(), "n_q": sizes(), "n_k": sizes(), "depth": sizes(), "width": sizes()}


def draw(source, lead, n_q, n_k, depth, width):
    return source.array(*lead, n_q, depth), source.array(*lead, n_k, depth), source.array(*lead, n_k, width)


def close(got, q, k, v, mask=None):
    rounding = {"rtol": 1e-4, "atol": 1e-5} if q.dtype == np.float32 else {}
    assert_close(got, oracle(q, k, v, mask), dtype=q.dtype, terms=k.shape[-2] * q.shape[-1], **rounding)


@check("The scale is 1/√D, worked by hand on one query.", "缩放因子是 1/√D：单个查询的手算例子。")
def test_scale_by_hand(candidate):
    q, k, v = (
        np.array([[2.0, 0, 0, 0]]),
        np.array([[np.log(3), 0, 0, 0], [0.0] * 4]),
        np.array([[1.0], [0.0]]),
    )
    assert_close(candidate.attention(q, k, v), np.array([[0.75]]))  # scores ln 3 and 0 after 2/√4


@check("A query with nothing allowed gives zeros, not NaN.", "没有任何可见键的查询输出全零，而不是 NaN。")
def test_nothing_allowed(candidate):
    rng = fresh_rng(1)
    q, k, v = rng.standard_normal((2, 3, 4)), rng.standard_normal((2, 5, 4)), rng.standard_normal((2, 5, 3))
    mask = np.ones((2, 3, 5), dtype=bool)
    mask[0, 1] = False
    close(candidate.attention(q, k, v, mask), q, k, v, mask)
    nothing = np.zeros((3, 5), dtype=bool)
    close(candidate.attention(q, k, v, nothing), q, k, v, nothing)


@check("Scores of ±1e6 give a finite, right result.", "分数达到 ±1e6 时结果有限且正确。")
def test_large_scores(candidate):
    for dtype in (np.float64, np.float32):
        v = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], dtype=dtype)
        q = np.array([[100.0, 0.0], [-100.0, 0.0]], dtype=dtype)
        k = np.array([[100.0, 0.0], [99.0, 0.0], [-100.0, 1.0]], dtype=dtype)
        close(candidate.attention(q.copy(), k.copy(), v.copy()), q, k, v)
        q = np.array([[1000.0], [-1000.0]], dtype=dtype)
        for keys in ([998, 1000, 999], [-998, -1000, -999], [1000, 1000, -1000]):  # scores to ±1e6, all exact
            k = np.array(keys, dtype=dtype)[:, None]
            close(candidate.attention(q.copy(), k.copy(), v.copy()), q, k, v)


@check("A masked key has no influence, however large its score.", "被屏蔽的键无论分数多大都没有影响。")
def test_masked_key_has_no_influence(candidate):
    q, v = np.array([[10.0, 0.0]]), np.array([[1.0], [100.0]])
    k = np.array([[0.0, 0.0], [1000.0, 0.0]])
    mask = np.array([[True, False]])
    assert_close(candidate.attention(q, k, v, mask), np.array([[1.0]]))
    for dtype in (np.float64, np.float32):
        q, k, v = (np.array(rows, dtype=dtype) for rows in ([[1e3], [-1e3]], [[-1e3], [1e3]], [[1], [100]]))
        # the only allowed score is -1e6, the forbidden one 1e6
        for mask in (np.array([[True, False], [False, True]]), np.array([[True, False], [False, False]])):
            close(candidate.attention(q.copy(), k.copy(), v.copy(), mask.copy()), q, k, v, mask)


@check(
    "A mask with fewer axes or axes of size one broadcasts.",
    "轴数较少或含长度为 1 的轴的掩码按广播规则对齐。",
)
def test_mask_broadcasts(candidate):
    rng = fresh_rng(2)
    few = ((5,), (4, 5), (4, 1), (3, 4, 5), (3, 1, 5), (2, 1, 1, 5), (2, 1, 4, 5), (1, 3, 4, 1))
    square = ((4,), (1, 4), (4, 1), (3, 1, 4), (2, 1, 1, 4))  # Tq = Tk: one axis still means the keys
    for lead, n_k, masks in (
        ((2, 3), 5, few),
        ((2, 3), 4, square),
        ((2, 1, 3), 5, ((2, 1, 1, 4, 5), (1, 3, 1, 5))),
        ((4,), 5, ((4, 5), (5,))),  # as many batch elements as queries
        ((4, 3), 5, ((4, 5), (3, 1, 5))),
    ):
        parts = ((*lead, 4, 6), (*lead, n_k, 6), (*lead, n_k, 2))
        q, k, v = (rng.standard_normal(shape) for shape in parts)
        for shape in masks:
            mask = rng.random(shape) < 0.6
            close(candidate.attention(q.copy(), k.copy(), v.copy(), mask.copy()), q, k, v, mask)


@check(
    "The output equals the definition on drawn shapes: batch axes, Tq ≠ Tk, D ≠ Dv.",
    "在随机形状（批量轴、Tq ≠ Tk、D ≠ Dv）上输出等于定义。",
    source=sources(("normal", "ties")),
    **shapes,
)
def test_values(candidate, source, lead, n_q, n_k, depth, width):
    q, k, v = draw(source, lead, n_q, n_k, depth, width)
    close(candidate.attention(q, k, v), q, k, v)


@check(
    "The output equals the definition under any boolean mask that broadcasts.",
    "在任意可广播的布尔掩码下输出等于定义。",
    source=sources(("normal", "positive")),
    form=st.sampled_from(["full", "shared", "keys", "queries", "row", "inner", "causal"]),
    **shapes,
)
def test_mask(candidate, source, form, lead, n_q, n_k, depth, width):
    q, k, v = draw(source, lead, n_q, n_k, depth, width)
    full = source.mask(*lead, n_q, n_k)
    mask = {
        "full": full,
        "shared": source.mask(n_q, n_k),
        "keys": source.mask(*lead, 1, n_k),
        "queries": source.mask(*lead, n_q, 1),
        "row": source.mask(n_k),
        "inner": source.mask(*lead[1:], n_q, n_k),
        "causal": np.tri(n_q, n_k, n_k - n_q, dtype=bool),
    }[form]
    close(candidate.attention(q, k, v, mask), q, k, v, mask)


@check(
    "Scores of ±1e6 give finite weights that still sum to one.",
    "分数达到 ±1e6 时权重有限且和为 1。",
    source=sources(("large",)),
    examples=25,
    **shapes,
)
def test_stability(candidate, source, lead, n_q, n_k, depth, width):
    q, k, _ = draw(source, lead, n_q, n_k, depth, width)
    ones = np.ones((*lead, n_k, width), dtype=q.dtype)
    got = candidate.attention(q, k, ones)
    require(
        isinstance(got, np.ndarray) and bool(np.isfinite(got).all()),
        "The output must be finite for large scores.",
        "分数很大时输出必须有限。",
        actual=got,
    )
    assert_close(got, np.ones((*lead, n_q, width)), dtype=q.dtype, rtol=1e-5)
