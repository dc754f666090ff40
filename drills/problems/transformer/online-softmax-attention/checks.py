"""Checks of `online-softmax-attention`: one query at a time over all keys, in float64, and the memory that one call holds."""

import numpy as np
from hypothesis import strategies as st

from drills.checking import assert_close, check, fresh_rng, require
from drills.strategies import Source, sizes, sources


def oracle(q, k, v):
    """The definition, one query at a time."""
    k, v = k.astype(np.float64), v.astype(np.float64)
    out = np.zeros((q.shape[0], v.shape[1]))
    for i, query in enumerate(q.astype(np.float64)):
        scores = (k * query).sum(axis=1) / np.sqrt(q.shape[1])
        weights = np.exp(scores - scores.max())
        out[i] = weights / weights.sum() @ v
    return out


def compare(candidate, q, k, v, block_size):
    want = oracle(q, k, v)
    rounding = (
        {"rtol": 1e-4, "atol": 1e-5 * max(1.0, float(np.abs(v).max()))} if q.dtype == np.float32 else {}
    )
    got = candidate.flash_attention(q.copy(), k.copy(), v.copy(), block_size)
    assert_close(got, want, dtype=q.dtype, terms=10 * k.shape[0], **rounding)


def draw(source, n_q, n_k, depth, width):
    return source.array(n_q, depth), source.array(n_k, depth), source.array(n_k, width)


def column(*values, dtype=np.float64):
    return np.array(values, dtype=dtype)[:, None]


@check("Three keys in blocks of two, worked by hand.", "三个键、块大小为 2 的手算例子。")
def test_by_hand(candidate):
    q, k, v = column(1.0), column(0.0, np.log(2), np.log(5)), column(8.0, 4.0, 16.0)
    assert_close(candidate.flash_attention(q, k, v, 2), column(12.0))


@check(
    "Any block size gives the same: one, some that do not divide Tk, Tk itself and more.",
    "块大小不影响结果：1、不能整除 Tk 的、恰好 Tk 以及更大。",
)
def test_block_sizes(candidate):
    q, k, v = draw(Source(1), 3, 7, 4, 2)
    for block_size in (1, 2, 3, 4, 6, 7, 8, 100):
        compare(candidate, q, k, v, block_size)


@check(
    "The maximum comes in the first block, in the last one, or in the middle; each query has its own.",
    "最大值在第一块、最后一块或中间；各个查询互不相同。",
)
def test_where_the_maximum_is(candidate):
    v = np.arange(12.0).reshape(6, 2)
    q = np.array([[2.0], [-2.0], [0.0], [1.0]])
    for keys in ([0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0], [0, 2, 5, 4, 1, 3], [3, 3, 3, 3, 3, 3]):
        for block_size in (1, 2, 4, 5):
            compare(candidate, q, column(*map(float, keys)), v, block_size)


@check(
    "Scores of ±1e6 give a finite, right result, wherever they stand.",
    "分数达到 ±1e6 时，无论出现在哪里，结果都有限且正确。",
)
def test_large_scores(candidate):
    v = column(1, 2, 3, 5, 7)
    near = (  # neighbours' scores differ by 1000, or not at all
        [998, 1000, 999, -1000, 1000],
        [-998, -1000, -999, -998, -999],
        [1000, 1000, -1000, -1000, -1000],
    )
    apart = ([-1000, -999, 0, 999, 1000], [1000, 999, 0, -999, -1000], [0, -1000, 1000, -999, 999])
    for block_size in (1, 2, 5):
        for keys in (*near, *apart):
            compare(candidate, column(1000, -1000, 1), column(*keys), v, block_size)
        for keys in apart:  # float32 cannot tell 1e6 from 1e6 + 0.01, as a log-sum-exp must in a tie
            arrays = (column(*values, dtype=np.float32) for values in ((1000, -1000, 1), keys, v[:, 0]))
            compare(candidate, *arrays, block_size)


@check(
    "Sizes of one: a single query, key, channel or value column.",
    "长度为 1 的情形：单个查询、单个键、单个通道或单列值。",
)
def test_size_one(candidate):
    for n_q, n_k, depth, width in ((1, 5, 3, 2), (4, 1, 3, 2), (3, 5, 1, 2), (3, 5, 4, 1), (1, 1, 1, 1)):
        compare(candidate, *draw(Source(2), n_q, n_k, depth, width), 2)


@check(
    "Another call in between, with other arrays of the same shape, changes nothing.",
    "中间换一组形状相同的数组再调用，不影响结果。",
)
def test_no_state(candidate):
    rng = fresh_rng(3)
    first, other = (draw(Source(int(rng.integers(1000))), 4, 6, 3, 2) for _ in range(2))
    for arrays in (first, other, first):
        compare(candidate, *arrays, 4)


@check(
    "The memory held stays under Tq · Tk · itemsize / 4: the matrix of scores never exists as a whole.",
    "占用的额外内存低于 Tq · Tk · itemsize / 4：完整的分数矩阵从不存在。",
)
def test_memory(candidate):
    compare(candidate, *draw(Source(4), 3, 5, 2, 2), 2)  # what is loaded at a first call is not counted
    n_q, n_k = 160, 416  # few enough pairs for Python's own loops, which are slow while memory is traced
    block_size = n_k // 32
    q, k, v = draw(Source(5), n_q, n_k, 1, 1)
    got, peak = candidate.peak_memory("flash_attention", q.copy(), k.copy(), v.copy(), block_size)
    bound = n_q * n_k * q.itemsize // 4
    require(
        peak < bound,
        f"One call held {peak} bytes at once; with Tq = {n_q}, Tk = {n_k}, blocks of {block_size} and float64 it must be under {bound}.",
        f"一次调用最多同时占用了 {peak} 字节；Tq = {n_q}、Tk = {n_k}、块大小 {block_size}、float64 时应低于 {bound}。",
    )
    assert_close(got, oracle(q, k, v), dtype=q.dtype, terms=n_k)


shapes = {
    "n_q": sizes(1, 5),
    "n_k": sizes(1, 12),
    "depth": sizes(1, 5),
    "width": sizes(1, 4),
    "block_size": st.integers(1, 14),
}


@check(
    "The output equals the definition on drawn shapes and block sizes.",
    "在随机形状与块大小下输出等于定义。",
    source=sources(("normal", "ties", "positive", "negative")),
    examples=80,
    **shapes,
)
def test_values(candidate, source, n_q, n_k, depth, width, block_size):
    compare(candidate, *draw(source, n_q, n_k, depth, width), block_size)


@check(
    "Scores of about ±1e6 give finite weights that sum to one.",
    "分数约为 ±1e6 时权重有限且和为 1。",
    source=sources(("large",)),
    examples=30,
    **shapes,
)
def test_stability(candidate, source, n_q, n_k, depth, width, block_size):
    q, k, _ = draw(source, n_q, n_k, depth, width)
    ones = np.ones((n_k, width), dtype=q.dtype)
    got = candidate.flash_attention(q, k, ones, block_size)
    require(
        isinstance(got, np.ndarray) and bool(np.isfinite(got).all()),
        "The output must be finite for large scores.",
        "分数很大时输出必须有限。",
        actual=got,
    )
    rtol = 1e-5 if q.dtype == np.float64 else 1e-3
    assert_close(got, np.ones((n_q, width)), dtype=q.dtype, rtol=rtol)
