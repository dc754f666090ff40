"""Checks of `embedding-backward`: each row of a table is the exact sum over the places that read it."""

import math

import numpy as np
from hypothesis import strategies as st

from drills.checking import assert_close, check, fresh_rng, require, unpack
from drills.strategies import Source, sizes, sources


def oracle(grad_out, ids, vocab_size, num_positions, scale=1.0, padding_idx=None):
    """Row by row in float64: which places read this row, and what came back from them?"""
    batch, length, width = grad_out.shape
    places = [(b, t) for b in range(batch) for t in range(length)]

    def row(read_by):
        return [math.fsum(float(grad_out[place][d]) for place in read_by) for d in range(width)]

    token = np.zeros((vocab_size, width))
    for v in range(vocab_size):
        if v != padding_idx:
            token[v] = scale * np.array(row([place for place in places if ids[place] == v]))
    position = np.zeros((num_positions, width))
    for p in range(num_positions):
        position[p] = row([place for place in places if place[1] == p])
    return token, position


def compare(candidate, grad_out, ids, vocab_size, num_positions, **options):
    got = candidate.embedding_backward(grad_out.copy(), ids.copy(), vocab_size, num_positions, **options)
    got = unpack(got, 2, "grad_token", "grad_position")
    wanted = oracle(grad_out, ids, vocab_size, num_positions, **options)
    size = float(np.abs(grad_out).max(initial=0)) * max(1.0, abs(options.get("scale", 1.0)))
    unit = {"float64": 1e-14, "float32": 3e-7}[grad_out.dtype.name] * size * max(ids.size, 1)
    for name, mine, want in zip(("grad_token", "grad_position"), got, wanted, strict=True):
        assert_close(mine, want, dtype=grad_out.dtype, rtol=0, atol=unit, name=name)


@check("Worked by hand: two sequences, a scale, a padding token.", "手算例子：两个序列、缩放与填充词元。")
def test_by_hand(candidate):
    grad_out = np.array([[[1.0, 2], [3, 4]], [[5, 6], [7, 8]]])
    ids = np.array([[1, 0], [1, 1]])
    for padding_idx, first in ((None, [6.0, 8.0]), (0, [0.0, 0.0])):
        got = candidate.embedding_backward(
            grad_out.copy(), ids.copy(), 3, 3, scale=2.0, padding_idx=padding_idx
        )
        token, position = unpack(got, 2, "grad_token", "grad_position")
        assert_close(token, np.array([first, [26.0, 32.0], [0.0, 0.0]]), name="grad_token")
        assert_close(position, np.array([[6.0, 8.0], [10.0, 12.0], [0.0, 0.0]]), name="grad_position")


@check(
    "A repeated token adds up, within a sequence and across the batch.",
    "重复的词元梯度相加：同一序列之内与批次之间都如此。",
)
def test_repeats(candidate):
    source = Source(1)
    for ids in ([[2, 2, 2]], [[2], [2], [2]], [[0, 1, 0], [1, 1, 3]], [[3, 3], [3, 3]]):
        ids = np.array(ids)
        compare(candidate, source.array(*ids.shape, 3), ids, 5, 4)


@check(
    "Tokens and positions that were not read get zeros; the tables keep their whole shape.",
    "没有用到的词元和位置梯度为零，两张表保持完整的形状。",
)
def test_unread_rows(candidate):
    source = Source(2)
    for vocab_size, num_positions in ((2, 2), (3, 2), (9, 2), (2, 7), (50, 20)):
        compare(
            candidate, source.array(3, 2, 4), np.array([[0, 1], [1, 1], [1, 0]]), vocab_size, num_positions
        )


@check(
    "Any padding_idx: the first row, the last one, one that does not occur, one that stands everywhere.",
    "任意 padding_idx：第一行、最后一行、没有出现的，以及处处都是的。",
)
def test_padding(candidate):
    source = Source(3)
    ids = np.array([[3, 1, 0, 0], [2, 3, 3, 0]])
    for padding_idx in (0, 1, 3, 4):
        compare(candidate, source.array(2, 4, 3), ids, 5, 4, padding_idx=padding_idx)
    compare(candidate, source.array(2, 4, 3), ids, 5, 4, padding_idx=None)
    compare(candidate, source.array(2, 4, 3), ids, 5, 4)
    compare(candidate, source.array(2, 2, 3), np.zeros((2, 2), int), 3, 2, padding_idx=0)


@check(
    "The scale is on the tokens alone; 1 is the default, and it may be 0 or negative.",
    "缩放只作用于词元；默认为 1，也可以是 0 或负数。",
)
def test_scale(candidate):
    source = Source(4)
    ids = np.array([[0, 2, 2], [1, 2, 0]])
    for scale in (1.0, 16.0, 0.25, 0.0, -3.0):
        compare(candidate, source.array(2, 3, 4), ids, 4, 5, scale=scale)
        compare(candidate, source.array(2, 3, 4), ids, 4, 5, scale=scale, padding_idx=2)


@check("Size one in every axis.", "各个轴长度都为 1。")
def test_size_one(candidate):
    source = Source(5)
    compare(candidate, source.array(1, 1, 1), np.zeros((1, 1), int), 1, 1)
    compare(candidate, source.array(1, 3, 2), np.array([[1, 0, 1]]), 2, 3)
    compare(candidate, source.array(3, 1, 2), np.array([[1], [0], [1]]), 2, 2)


@check("B = 0 or T = 0 gives zeros.", "B = 0 或 T = 0 时梯度全零。")
def test_empty(candidate):
    for batch, length in ((0, 3), (2, 0), (0, 0)):
        for dtype in (np.float64, np.float32):
            grad_out, ids = np.zeros((batch, length, 2), dtype), np.zeros((batch, length), int)
            compare(candidate, grad_out, ids, 3, 4, padding_idx=0)


@check(
    "ids of int32 and int64, gradients of float32 and float64.",
    "ids 为 int32 或 int64，梯度为 float32 或 float64。",
)
def test_dtypes(candidate):
    for dtype in ("float64", "float32"):
        for kind in (np.int32, np.int64):
            source = Source(6, dtype)
            ids = source.integers(0, 4, 2, 5).astype(kind)
            compare(candidate, source.array(2, 5, 3), ids, 4, 6, scale=math.sqrt(3), padding_idx=1)


@check("A large vocabulary: no array of B·T·V elements.", "词表很大时，不能出现 B·T·V 个元素的数组。")
def test_memory(candidate):
    rng = fresh_rng(
        7
    )  # 40 of each: a one-hot array of a single sequence, T·V elements in float64, stays far below
    grad_out, ids = rng.standard_normal((40, 40, 4)), rng.integers(0, 20_000, (40, 40))
    got, peak = candidate.peak_memory("embedding_backward", grad_out, ids, 20_000, 40)
    token, position = unpack(got, 2, "grad_token", "grad_position")
    want = np.zeros((20_000, 4))
    for b in range(40):
        for t in range(40):
            want[ids[b, t]] += grad_out[b, t]
    assert_close(token, want, rtol=0, atol=1e-12, name="grad_token")
    assert_close(position, grad_out.sum(0), rtol=0, atol=1e-12, name="grad_position")
    limit = grad_out.shape[0] * grad_out.shape[1] * 20_000
    require(
        peak < limit,
        f"Your code held {peak:,} bytes at once; a one-hot array of booleans alone would take {limit:,}.",
        f"代码同时占用了 {peak:,} 字节；单是布尔型的 one-hot 数组就要 {limit:,} 字节。",
    )


@check("A second call does not remember the first.", "第二次调用不受第一次影响。")
def test_no_state(candidate):
    source = Source(8)
    for ids in ([[0, 1]], [[1, 1]], [[0, 1]]):
        compare(candidate, source.array(1, 2, 3), np.array(ids), 2, 2)


@check(
    "Both gradients equal the definition on drawn shapes, ids and options.",
    "在随机形状、词元与选项下，两个梯度都等于定义。",
    examples=60,
    source=sources(("normal", "ties", "large", "tiny")),
    batch=sizes(0, 4),
    length=sizes(0, 5),
    width=sizes(1, 4),
    vocab_size=sizes(1, 6),
    spare=sizes(0, 3),
    scale=st.sampled_from((1.0, 2.0, 0.5, math.sqrt(8))),
    padding_idx=st.sampled_from((None, 0, 1, 2)),
)
def test_values(candidate, source, batch, length, width, vocab_size, spare, scale, padding_idx):
    grad_out, ids = source.array(batch, length, width), source.integers(0, vocab_size, batch, length)
    options = {"scale": scale}
    if padding_idx is not None:
        options["padding_idx"] = min(padding_idx, vocab_size - 1)
    compare(candidate, grad_out, ids, vocab_size, max(length + spare, 1), **options)
