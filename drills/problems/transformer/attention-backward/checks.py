"""Checks of `attention-backward`: the softmax's Jacobian, one query at a time in float64, is the specification."""

import numpy as np

from drills.checking import assert_close, check, fresh_rng, require, unpack
from drills.strategies import leading_axes, sizes, sources

NAMES = ("grad_q", "grad_k", "grad_v")


def oracle(grad_out, q, k, v):
    """The three gradients, and for each the size of the terms that sum up to it."""
    grad_out, q, k, v = (a.astype(np.float64) for a in (grad_out, q, k, v))
    scale = 1 / np.sqrt(q.shape[-1])
    grads = [np.zeros_like(a) for a in (q, k, v)]
    terms = [np.zeros_like(a) for a in (q, k, v)]
    for index in np.ndindex(*q.shape[:-1]):
        batch, query, upstream = index[:-1], q[index], grad_out[index]
        scores = k[batch] @ query * scale
        weights = np.exp(scores - scores.max())
        weights /= weights.sum()
        jacobian = np.diag(weights) - np.outer(weights, weights)
        spread = np.diag(weights) + np.outer(
            weights, weights
        )  # what the Jacobian's two terms are, one by one
        at_scores = jacobian @ (v[batch] @ upstream)
        for kept, w, s, ks, qs, up in (
            (grads, weights, at_scores, k[batch], query, upstream),
            (
                terms,
                weights,
                spread @ (np.abs(v[batch]) @ np.abs(upstream)),
                np.abs(k[batch]),
                np.abs(query),
                np.abs(upstream),
            ),
        ):
            kept[0][index] += s @ ks * scale
            kept[1][batch] += np.outer(s, qs) * scale
            kept[2][batch] += np.outer(w, up)
    top = (
        np.abs(q).sum(-1).max() * np.abs(k).max() * scale
    )  # a bound of the scores, whose rounding enters exp
    return grads, [float(size.max()) * (1 + top) for size in terms]


def compare(candidate, grad_out, q, k, v):
    wanted, sizes_ = oracle(grad_out, q, k, v)
    found = unpack(candidate.attention_backward(grad_out, q, k, v), 3, *NAMES)
    rtol, unit = (1e-9, 1e-13) if q.dtype == np.float64 else (1e-4, 1e-6)
    for got, want, size, name in zip(found, wanted, sizes_, NAMES, strict=True):
        assert_close(got, want, dtype=q.dtype, rtol=rtol, atol=unit * size + 1e-30, name=name)
    return found


shapes = {"lead": leading_axes(), "n_q": sizes(), "n_k": sizes(), "depth": sizes(), "width": sizes()}


def draw(source, lead, n_q, n_k, depth, width):
    """grad_out, q, k and v."""
    return (
        source.array(*lead, n_q, width),
        source.array(*lead, n_q, depth),
        source.array(*lead, n_k, depth),
        source.array(*lead, n_k, width),
    )


@check("One query over two keys, worked by hand.", "一个查询、两个键的手算例子。")
def test_by_hand(candidate):
    found = candidate.attention_backward(
        np.array([[1.0]]),
        np.array([[2.0, 0, 0, 0]]),
        np.array([[np.log(3), 0, 0, 0], [0.0] * 4]),
        np.array([[1.0], [0.0]]),
    )
    grad_q, grad_k, grad_v = unpack(found, 3, *NAMES)
    row = np.array([3 / 16, 0, 0, 0])
    assert_close(grad_v, np.array([[0.75], [0.25]]), name="grad_v")
    assert_close(grad_k, np.stack([row, -row]), name="grad_k")
    assert_close(grad_q, row[None] / 2 * np.log(3), name="grad_q")


@check(
    "With a single key the weight is 1: nothing reaches q and k, all of it reaches v.",
    "只有一个键时权重恒为 1：q、k 的梯度为零，梯度全部传给 v。",
)
def test_single_key(candidate):
    rng = fresh_rng(1)
    grad_out, q = rng.standard_normal((2, 3, 5)), rng.standard_normal((2, 3, 4))
    k, v = rng.standard_normal((2, 1, 4)), rng.standard_normal((2, 1, 5))
    grad_q, grad_k, grad_v = unpack(candidate.attention_backward(grad_out, q, k, v), 3, *NAMES)
    assert_close(grad_q, np.zeros_like(q), atol=1e-12, name="grad_q")
    assert_close(grad_k, np.zeros_like(k), atol=1e-12, name="grad_k")
    assert_close(grad_v, grad_out.sum(axis=-2, keepdims=True), name="grad_v")


@check(
    "Two to five axes, with Tq, Tk, D and Dv all different.",
    "二维到五维输入，且 Tq、Tk、D、Dv 各不相同。",
)
def test_axes(candidate):
    rng = fresh_rng(2)
    for lead in ((), (3,), (2, 3), (2, 1, 3)):
        for dtype in (np.float64, np.float32):
            shapes_ = ((4, 2), (4, 3), (5, 3), (5, 2))
            compare(candidate, *(rng.standard_normal((*lead, *shape)).astype(dtype) for shape in shapes_))


@check(
    "Scores around ±1000 with weights that are neither 0 nor 1 give the right gradients.",
    "分数在 ±1000 附近、权重又不是 0 或 1 时，梯度正确。",
)
def test_large_scores(candidate):
    for dtype in (np.float64, np.float32):
        q = np.array([[1.0], [-1.0], [0.5]], dtype=dtype)
        k = np.array([[998.0], [1000.0], [999.0]], dtype=dtype)
        v = np.array([[1.0, 2.0], [-3.0, 4.0], [5.0, -6.0]], dtype=dtype)
        grad_out = np.array([[1.0, -1.0], [0.5, 2.0], [-2.0, 1.0]], dtype=dtype)
        compare(candidate, grad_out.copy(), q.copy(), k.copy(), v.copy())
        compare(candidate, grad_out, q, -k, v)


@check(
    "Scores of ±1e6 give finite gradients, right where they are far apart, in float64 also where keys tie.",
    "分数达到 ±1e6 时梯度有限；分数相差很大时数值正确，float64 下键并列时也正确。",
)
def test_huge_scores(candidate):
    for dtype in (np.float64, np.float32):
        q = np.array([[1000.0], [-1000.0]], dtype=dtype)
        k = np.array([[1000.0], [1000.0], [-1000.0]], dtype=dtype)
        v = np.array([[1.0], [3.0], [5.0]], dtype=dtype)
        grad_out = np.array([[1.0], [2.0]], dtype=dtype)
        # weights ½ ½ 0 and 0 0 1; only the first query's two tied keys move anything
        found = unpack(candidate.attention_backward(grad_out, q, k, v), 3, *NAMES)
        wanted = ([[0.0], [0.0]], [[-500.0], [500.0], [0.0]], [[0.5], [0.5], [2.0]])
        for got, want, name, atol in zip(found, wanted, NAMES, (0.01, 0.01, 1e-6), strict=True):
            if dtype == np.float32:  # a log-sum-exp of 1e6 has no digits left for the weights
                atol = np.inf if np.isfinite(got).all() else 0.0
            assert_close(got, np.array(want), dtype=dtype, rtol=1e-5, atol=atol, name=name)
        for keys in (
            [998, 1000, 999],
            [-1000, 998, 1000],
            [999, 1000, -1000],
        ):  # far apart: each query reads one key
            k = np.array(keys, dtype=dtype)[:, None]
            found = unpack(candidate.attention_backward(grad_out, q, k, v), 3, *NAMES)
            shared = np.zeros((3, 1))
            shared[np.argmax(keys)] += 1.0
            shared[np.argmin(keys)] += 2.0
            for got, want, name in zip(
                found, (np.zeros((2, 1)), np.zeros((3, 1)), shared), NAMES, strict=True
            ):
                assert_close(got, want, dtype=dtype, rtol=1e-5, atol=0.01, name=name)


@check(
    "The gradients are those of the definition on drawn shapes: batch axes, Tq ≠ Tk, D ≠ Dv.",
    "在随机形状（批量轴、Tq ≠ Tk、D ≠ Dv）上，梯度等于定义的梯度。",
    source=sources(("normal", "ties", "positive", "tiny")),
    **shapes,
)
def test_values(candidate, source, lead, n_q, n_k, depth, width):
    compare(candidate, *draw(source, lead, n_q, n_k, depth, width))


@check(
    "The gradients are linear in grad_out: one query's gradient is not spread over the others.",
    "梯度对 grad_out 线性：只有一个查询有上游梯度时，其他查询的 grad_q 为零。",
    source=sources(),
    examples=20,
    **shapes,
)
def test_one_query(candidate, source, lead, n_q, n_k, depth, width):
    grad_out, q, k, v = draw(source, lead, n_q, n_k, depth, width)
    grad_out[..., 1:, :] = 0
    grad_q, _, _ = compare(candidate, grad_out, q, k, v)
    require(
        not np.any(grad_q[..., 1:, :]),
        "A query whose grad_out is zero must get a zero grad_q.",
        "grad_out 为零的查询，grad_q 也应为零。",
        actual=grad_q,
        name="grad_q",
    )


@check(
    "Scores of ±1e6 on drawn shapes: all finite, and grad_v still shares out all of grad_out.",
    "在随机形状上分数达到 ±1e6：梯度都有限，且 grad_v 恰好分完 grad_out。",
    source=sources(),
    examples=25,
    **shapes,
)
def test_stability(candidate, source, lead, n_q, n_k, depth, width):
    grad_out, q, k, v = draw(source, lead, n_q, n_k, depth, width)
    found = unpack(candidate.attention_backward(grad_out, q * 1000, k * 1000, v), 3, *NAMES)
    for got, like, name in zip(found, (q, k, v), NAMES, strict=True):
        require(
            isinstance(got, np.ndarray) and got.shape == like.shape and bool(np.isfinite(got).all()),
            f"{name} must be finite for large scores.",
            f"分数很大时 {name} 必须有限。",
            actual=got,
            name=name,
        )
    shared = found[2].astype(np.float64).sum(axis=-2)
    scale = float(np.abs(grad_out).max()) * n_q * n_k
    unit = 1e-12 if q.dtype == np.float64 else 1e-5
    assert_close(shared, grad_out.astype(np.float64).sum(axis=-2), rtol=0, atol=unit * scale, name="Σ grad_v")
