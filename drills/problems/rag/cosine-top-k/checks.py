"""Checks of `cosine-top-k`: one document at a time with math.fsum is the specification.

Equal rows may differ by a rounding after a matrix product, so the order of ties is tested only on vectors with one
or four entries of ±2^e: their lengths and cosines are exact however they are computed. Elsewhere documents
whose cosines agree to a few roundings may come in any order.
"""

import math

import numpy as np
from hypothesis import strategies as st

from drills.checking import assert_close, assert_equal, check, fresh_rng, require, unpack
from drills.strategies import sizes, sources


def cosines(query, docs):
    """The score of every document, in float64."""
    q = [float(x) for x in query]
    scores = []
    for doc in docs.tolist():
        lengths = math.sqrt(math.fsum(x * x for x in q)) * math.sqrt(math.fsum(x * x for x in doc))
        scores.append(math.fsum(x * y for x, y in zip(q, doc, strict=True)) / lengths if lengths else 0.0)
    return np.array(scores)


def call(candidate, query, docs, k):
    """The two arrays that come back, of the right type, shape and dtype, with distinct indices in range."""
    count = min(k, len(docs))
    indices, scores = unpack(candidate.cosine_top_k(query.copy(), docs.copy(), k), 2, "indices", "scores")
    require(
        isinstance(indices, np.ndarray) and indices.dtype.kind in "iu" and indices.shape == (count,),
        f"indices must be an integer array of shape ({count},).",
        f"indices 应为形状 ({count},) 的整数数组。",
        actual=indices,
        name="indices",
    )
    require(
        len(set(indices.tolist())) == count and all(0 <= i < len(docs) for i in indices.tolist()),
        f"indices must be {count} different numbers in [0, {len(docs)}).",
        f"indices 应为 [0, {len(docs)}) 内 {count} 个互不相同的数。",
        actual=indices,
        name="indices",
    )
    return indices.astype(np.int64), scores


def close(candidate, query, docs, k):
    """Best first up to rounding, and each score is the cosine of its own document."""
    indices, scores = call(candidate, query, docs, k)
    truth = cosines(query, docs)
    atol = 8 * float(np.finfo(query.dtype).eps) * (query.size + 4)
    assert_close(scores, truth[indices], dtype=query.dtype, rtol=0, atol=atol, name="scores")
    best = -np.sort(-truth)[: len(indices)]
    require(
        bool(np.all(np.abs(truth[indices] - best) <= 2 * atol)),
        "The best documents must come first.",
        "必须从最相似的文档开始排列。",
        expected=np.argsort(-truth, kind="stable")[: len(indices)],
        actual=indices,
        name="indices",
    )


def exact(candidate, query, docs, k):
    """Lengths and cosines are exact, so the order is fixed."""
    indices, scores = call(candidate, query, docs, k)
    truth = cosines(query, docs)
    ranking = sorted(range(len(docs)), key=lambda i: (-truth[i], i))[:k]
    assert_equal(indices, np.array(ranking), name="indices")
    atol = 4 * float(np.finfo(query.dtype).eps)
    assert_close(scores, truth[ranking], dtype=query.dtype, rtol=0, atol=atol, name="scores")


def dyadic(source, count, depth):
    """Vectors with no, one or four entries of ±2^e, e from -3 to 3 for each vector."""
    rng = source.rng
    out = np.zeros((count, depth))
    for row in out:
        entries = rng.choice([0, 1, 4], p=[0.15, 0.35, 0.5]) if depth >= 4 else rng.integers(0, 2)
        places = rng.permutation(depth)[:entries]
        row[places] = rng.choice([-1.0, 1.0, 1.0], size=entries) * 2.0 ** rng.integers(-3, 4)
    return out.astype(source.dtype)


@check(
    "Worked by hand: query (3, 4) against (4, 3), (-3, -4), (0, 0) and (6, 8).",
    "手算例子：查询 (3, 4)，文档 (4, 3)、(-3, -4)、(0, 0)、(6, 8)。",
)
def test_by_hand(candidate):
    query, docs = np.array([3.0, 4.0]), np.array([[4.0, 3.0], [-3.0, -4.0], [0.0, 0.0], [6.0, 8.0]])
    order, expected = np.array([3, 0, 2, 1]), np.array([1.0, 0.96, 0.0, -1.0])
    for k in (1, 2, 3, 4):
        indices, scores = call(candidate, query, docs, k)
        assert_equal(indices, order[:k], name="indices")
        assert_close(scores, expected[:k], dtype=np.float64, atol=1e-14, name="scores")


@check("The length of a vector has no influence on its score.", "向量的长度不影响分数。")
def test_length_has_no_influence(candidate):
    rng = fresh_rng(1)
    directions = np.array(
        [[1.0, 0.1, 0.0], [1.0, 0.5, 0.2], [0.3, 1.0, -0.5], [-1.0, 0.2, 0.3], [0.9, -0.4, 0.8]]
    )
    for dtype in (np.float64, np.float32):
        for scale in (1.0, 0.1, 1e3):
            lengths = 2.0 ** rng.permutation(np.array([-17, -9, 0, 11, 20]))
            docs = (directions * lengths[:, None]).astype(dtype)
            query = (scale * np.array([1.0, 0.3, 0.1])).astype(dtype)
            for k in (1, 3, 5):
                close(candidate, query, docs, k)


@check("Query and documents may all be tiny.", "查询和文档的长度可以同时很小。")
def test_all_tiny(candidate):
    for dtype in (np.float64, np.float32):
        query = np.array([3e-5, 4e-5], dtype=dtype)
        docs = np.array([[4e-5, 3e-5], [-3e-5, -4e-5], [0.0, 0.0], [6e-5, 8e-5]], dtype=dtype)
        close(candidate, query, docs, 4)


@check(
    "A zero document scores 0, above all negative scores and below all positive ones.",
    "零向量文档得 0 分，排在所有负分之前、所有正分之后。",
)
def test_zero_document(candidate):
    docs = np.array([[-1.0, 0.0], [0.0, 0.0], [1.0, 0.0], [-2.0, -2.0], [0.0, 0.0], [0.5, 0.5]])
    for dtype in (np.float64, np.float32):
        for k in (2, 3, 4, 6):
            close(candidate, np.array([2.0, 1.0], dtype=dtype), docs.astype(dtype), k)
            exact(candidate, np.array([4.0, 0.0], dtype=dtype), docs[:3].astype(dtype), min(k, 3))
    exact(candidate, np.array([1.0, 0.0]), np.zeros((3, 2)), 2)


@check("A zero query scores 0 with every document.", "零查询与每篇文档的分数都是 0。")
def test_zero_query(candidate):
    docs = np.array([[1.0, 2.0], [0.0, 0.0], [-3.0, 1.0]])
    for dtype in (np.float64, np.float32):
        for k in (1, 2, 3, 5):
            exact(candidate, np.zeros(2, dtype=dtype), docs.astype(dtype), k)


@check(
    "Ties go to the lower index, among hundreds of documents too.",
    "分数相同时下标小的在前，几百篇文档时也一样。",
)
def test_ties(candidate):
    for dtype in (np.float64, np.float32):
        query = np.array([2.0, 0.0, 0.0, 0.0], dtype=dtype)
        small = np.array(
            [[0, 1, 0, 0], [4, 0, 0, 0], [1, 1, 1, 1], [0.5, 0, 0, 0], [2, -2, 2, 2], [1, 0, 0, 0]]
        )
        for k in range(1, 7):
            exact(candidate, query, small.astype(dtype), k)
        many = np.tile(small, (60, 1)).astype(dtype)
        for k in (5, 100, 200, 359):
            exact(candidate, query, many, k)
        exact(candidate, query, np.tile(small[2:3], (300, 1)).astype(dtype), 40)


@check(
    "k beyond N returns all N; one document and one dimension are legal.",
    "k 超过 N 时返回全部 N 个；一篇文档、一维向量也合法。",
)
def test_sizes(candidate):
    for dtype in (np.float64, np.float32):
        docs = np.array([[1.0, 2.0], [2.0, -1.0], [3.0, 0.5]], dtype=dtype)
        for k in (3, 4, 100):
            close(candidate, np.array([1.0, 1.0], dtype=dtype), docs, k)
        for k in (1, 5):
            close(candidate, np.array([1.0, 1.0], dtype=dtype), docs[:1], k)
            exact(
                candidate,
                np.array([-2.0], dtype=dtype),
                np.array([[3.0], [-0.5], [0.0], [-8.0]], dtype=dtype),
                k,
            )


@check(
    "On drawn vectors the best come first, each with its own cosine.",
    "在随机向量上，最相似的排在最前，每个分数都是对应文档的余弦。",
    examples=80,
    source=sources(("normal", "ties", "large", "positive", "negative")),
    count=sizes(1, 12),
    depth=sizes(1, 8),
    k=st.integers(1, 15),
    zeros=st.sampled_from([0.0, 0.0, 0.3]),
)
def test_values(candidate, source, count, depth, k, zeros):
    query = source.array(depth)
    docs = source.array(count, depth)
    docs[source.mask(count, share=zeros)] = 0
    close(candidate, query, docs, k)


@check(
    "On drawn vectors with exact cosines, ties and zero vectors come in the order of their indices.",
    "在余弦可精确表示的随机向量上，并列和零向量按下标排列。",
    examples=60,
    source=sources(("normal",)),
    count=sizes(1, 40),
    depth=sizes(1, 9),
    k=st.integers(1, 45),
)
def test_exact_order(candidate, source, count, depth, k):
    exact(candidate, dyadic(source, 1, depth)[0], dyadic(source, count, depth), k)


@check(
    "Hundreds of documents of 64 dimensions, far from and close to the query.",
    "几百篇 64 维文档，与查询有远有近。",
    examples=10,
    source=sources(("normal", "large", "tiny")),
    count=st.integers(100, 400),
    k=st.integers(1, 60),
)
def test_many_documents(candidate, source, count, k):
    query = source.array(64)
    docs = source.array(count, 64)
    docs[::3] += query
    close(candidate, query, docs, k)
