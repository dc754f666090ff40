"""Checks of `cbow`: the definition with explicit loops in float64 is the specification."""

import math

import numpy as np
from hypothesis import strategies as st

from drills.checking import assert_close, assert_equal, check, require, unpack
from drills.strategies import Source, sizes, sources


def examples_oracle(ids, window):
    found = []
    for t in range(len(ids)):
        context = [ids[s] for s in range(len(ids)) if s != t and abs(s - t) <= window]
        if context:
            found.append((context, ids[t]))
    return found


def same_examples(candidate, ids, window):
    got = candidate.cbow_examples(list(ids), window)
    pairs = isinstance(got, (list, tuple)) and all(
        isinstance(pair, (list, tuple)) and len(pair) == 2 and isinstance(pair[0], (list, tuple))
        for pair in got
    )
    require(
        pairs,
        "It must return a list of pairs (context, target), each context a list.",
        "应返回 (context, target) 组成的列表，其中 context 是列表。",
        actual=got,
    )
    assert_equal(
        [(list(context), target) for context, target in got], examples_oracle(ids, window), name="examples"
    )


def loss_oracle(w_in, w_out, contexts, targets):
    """Loss and gradients, one example, one word and one dimension at a time."""
    w_in, w_out = w_in.astype(np.float64), w_out.astype(np.float64)
    (v, d), batch = w_in.shape, len(targets)
    losses, grad_in, grad_out = [], np.zeros((v, d)), np.zeros((v, d))
    for context, target in zip(contexts, targets, strict=True):
        hidden = [math.fsum(w_in[c, i] for c in context) / len(context) for i in range(d)]
        logits = [math.fsum(w_out[j, i] * hidden[i] for i in range(d)) for j in range(v)]
        top = max(logits)
        total = math.fsum(math.exp(z - top) for z in logits)
        losses.append(math.log(total) - (logits[target] - top))
        for j in range(v):
            delta = (math.exp(logits[j] - top) / total - (j == target)) / batch
            for i in range(d):
                grad_out[j, i] += delta * hidden[i]
                for c in context:
                    grad_in[c, i] += delta * w_out[j, i] / len(context)
    return np.float64(math.fsum(losses) / batch), grad_in, grad_out


def same_loss(candidate, w_in, w_out, contexts, targets):
    got = candidate.cbow_loss(w_in, w_out, [list(context) for context in contexts], list(targets))
    got = unpack(got, 3, "loss", "grad_in", "grad_out")
    wanted = loss_oracle(w_in, w_out, contexts, targets)
    terms = w_in.shape[1] + len(w_in) + sum(map(len, contexts))
    scale = max(
        1.0, float(np.abs(w_in).max()) * float(np.abs(w_out).max())
    )  # of a logit, which rounds before the softmax
    unit = {"float64": 1e-13, "float32": 3e-7}[w_in.dtype.name] * terms * scale
    assert_close(got[0], wanted[0], dtype=w_in.dtype, atol=unit, name="loss")
    for name, mine, grad, other in zip(
        ("grad_in", "grad_out"), got[1:], wanted[1:], (w_out, w_in), strict=True
    ):
        atol = unit * max(1.0, float(np.abs(other).max()))
        assert_close(mine, grad, dtype=w_in.dtype, atol=atol, name=name)


@check("Worked by hand: the examples of [5, 7, 5].", "手算例子：[5, 7, 5] 的样本。")
def test_examples_by_hand(candidate):
    same_examples(candidate, [5, 7, 5], 1)
    same_examples(candidate, [1, 2, 3, 4, 5], 2)


@check("Worked by hand: one context of two words.", "手算例子：两个词的上下文。")
def test_loss_by_hand(candidate):
    w_in, w_out = np.array([[2.0, 0], [0, 4], [1, 1]]), np.array([[1, 0], [0, 0.5], [-1, 1]])
    got = unpack(candidate.cbow_loss(w_in, w_out, [[0, 1]], [2]), 3, "loss", "grad_in", "grad_out")
    assert_close(got[0], np.float64(math.log(3)), name="loss")
    assert_close(got[1], np.array([[1 / 2, -1 / 4], [1 / 2, -1 / 4], [0, 0]]), name="grad_in")
    assert_close(got[2], np.array([[1, 2], [1, 2], [-2, -4]]) / 3, name="grad_out")


@check("At the edges the context is shorter, on either side.", "靠近两端时上下文变短，两侧都一样。")
def test_edges(candidate):
    for window in (1, 2, 3, 4, 9):
        same_examples(candidate, [10, 11, 12, 13, 14, 15], window)
        same_examples(candidate, [3, 4], window)


@check(
    "The same word at another position stays in the context, only the position itself is left out.",
    "同一个词在别的位置要保留在上下文里，去掉的只是该位置自身。",
)
def test_repeated_word(candidate):
    for ids in ([7, 7], [7, 7, 7, 7], [1, 2, 1, 2, 1], [0, 0, 3, 0]):
        for window in (1, 2, 5):
            same_examples(candidate, ids, window)


@check("One token, or none, gives no example.", "只有一个 token 或没有 token 时，没有样本。")
def test_no_context(candidate):
    for ids in ([], [4], [0]):
        for window in (1, 3):
            same_examples(candidate, ids, window)


@check(
    "An id that stands twice counts twice in the mean, and gets both gradients.",
    "出现两次的 id 在平均里算两次，也收到两份梯度。",
)
def test_repeated_id(candidate):
    source = Source(1)
    w_in, w_out = source.array(4, 3), source.array(4, 3)
    for contexts, targets in (
        ([[1, 1]], [0]),
        ([[1, 1, 2]], [3]),
        ([[2, 0, 2, 2, 1]], [2]),
        ([[1, 2], [2, 3], [2]], [0, 1, 2]),
    ):
        same_loss(candidate, w_in, w_out, contexts, targets)


@check(
    "Each context is averaged over its own length, long and short ones in one batch.",
    "每个上下文除以自己的长度，同一批次里长短可以不同。",
)
def test_lengths(candidate):
    source = Source(2)
    w_in, w_out = source.array(5, 2), source.array(5, 2)
    same_loss(candidate, w_in, w_out, [[0, 1, 2, 3], [4], [1, 3, 0]], [4, 0, 2])
    same_loss(candidate, w_in, w_out, [[3]], [1])


@check("Loss and gradients are means over the batch.", "损失和梯度都是对批次的平均。")
def test_batch(candidate):
    source = Source(3)
    w_in, w_out = source.array(3, 4), source.array(3, 4)
    for batch in (1, 2, 5):
        same_loss(candidate, w_in, w_out, [[0, 2]] * batch, [1] * batch)


@check("One word, one dimension, one example.", "只有一个词、一个维度、一个样本。")
def test_size_one(candidate):
    same_loss(candidate, np.array([[2.0]]), np.array([[3.0]]), [[0, 0]], [0])
    same_loss(candidate, np.array([[2.0], [-1.0]]), np.array([[3.0], [0.5]]), [[1]], [0])
    same_loss(candidate, np.array([[2.0, -1.0, 0.5]]), np.array([[3.0, 1.0, 0.0]]), [[0]], [0])


@check(
    "Large logits: finite and right, whichever word is the target.",
    "logits 很大时结果有限且正确，目标是哪个词都一样。",
)
def test_large(candidate):
    for dtype in (np.float64, np.float32):
        w_in = np.array([[64, 0], [0, 128], [-64, 64], [32, 32]], dtype)
        w_out = np.array([[32, 16], [64, -16], [-32, 64], [32, 16]], dtype)
        for target in range(4):
            same_loss(candidate, w_in, w_out, [[0, 1]], [target])
            same_loss(candidate, w_in, w_out, [[2], [0, 3, 0, 1]], [target, 3 - target])


@check("A second call does not remember the first.", "第二次调用不受第一次影响。")
def test_no_state(candidate):
    source = Source(4)
    w_in, w_out = source.array(3, 2), source.array(3, 2)
    for contexts, targets in (([[0, 1]], [2]), ([[2]], [0]), ([[0, 1]], [2])):
        same_loss(candidate, w_in, w_out, contexts, targets)
        same_examples(candidate, [*targets, *contexts[0]], 2)


@check(
    "The examples follow the definition for drawn sequences.",
    "在随机序列上，样本符合定义。",
    examples=60,
    ids=st.lists(st.integers(0, 4), max_size=9),
    window=sizes(1, 5),
)
def test_examples(candidate, ids, window):
    same_examples(candidate, ids, window)


@check(
    "Loss and gradients equal the definition for drawn batches.",
    "在随机批次上，损失和梯度都等于定义。",
    examples=60,
    source=sources(("normal", "ties", "tiny")),
    batch=sizes(1, 4),
    v=sizes(1, 6),
    d=sizes(1, 5),
    longest=sizes(1, 5),
)
def test_values(candidate, source, batch, v, d, longest):
    w_in, w_out = source.array(v, d), source.array(v, d)
    lengths = source.integers(1, longest + 1, batch).tolist()
    contexts = [source.integers(0, v, length).tolist() for length in lengths]
    same_loss(candidate, w_in, w_out, contexts, source.integers(0, v, batch).tolist())
