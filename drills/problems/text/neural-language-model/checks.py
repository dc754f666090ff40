"""Checks of `neural-language-model`: loops over examples, words and units in float64 are the specification."""

import math

import numpy as np
from hypothesis import strategies as st

from drills.checking import assert_close, assert_equal, check, require, unpack
from drills.strategies import Source, sizes, sources


def same_examples(candidate, ids, context_size, start_id):
    got = unpack(candidate.nnlm_examples(list(ids), context_size, start_id), 2, "contexts", "targets")
    contexts = np.full((len(ids), context_size), start_id, dtype=np.int64)
    for t in range(len(ids)):
        for place in range(context_size):
            source = t - context_size + place
            if source >= 0:
                contexts[t, place] = ids[source]
    for name, mine, want in zip(
        ("contexts", "targets"), got, (contexts, np.array(ids, np.int64)), strict=True
    ):
        assert_equal(mine, want, name=name)
        require(
            mine.dtype == np.int64,
            f"{name} has dtype {mine.dtype}, it must be int64.",
            f"{name} 的 dtype 是 {mine.dtype}，应为 int64。",
            actual=mine,
            name=name,
        )


def oracle(params, contexts, targets):
    """Loss and gradients; every sum is written out."""
    p = {name: value.astype(np.float64) for name, value in params.items()}
    (vocab, width), units = p["C"].shape, len(p["d"])
    inputs = p["H"].shape[1]
    grads = {name: np.zeros_like(value) for name, value in p.items()}
    losses = []
    for context, target in zip(contexts, targets, strict=True):
        x = [p["C"][word, i] for word in context for i in range(width)]
        hidden = [
            math.tanh(math.fsum([p["d"][j], *(p["H"][j, i] * x[i] for i in range(inputs))]))
            for j in range(units)
        ]
        y = []
        for v in range(vocab):
            direct = [p["W"][v, i] * x[i] for i in range(inputs)] if "W" in p else []
            y.append(math.fsum([p["b"][v], *direct, *(p["U"][v, j] * hidden[j] for j in range(units))]))
        top = max(y)
        total = math.fsum(math.exp(z - top) for z in y)
        losses.append(math.log(total) + top - y[target])
        delta = [(math.exp(y[v] - top) / total - (v == target)) / len(targets) for v in range(vocab)]
        grad_x = [0.0] * inputs
        for v in range(vocab):
            grads["b"][v] += delta[v]
            for j in range(units):
                grads["U"][v, j] += delta[v] * hidden[j]
            for i in range(inputs if "W" in p else 0):
                grads["W"][v, i] += delta[v] * x[i]
                grad_x[i] += delta[v] * p["W"][v, i]
        for j in range(units):
            back = math.fsum(delta[v] * p["U"][v, j] for v in range(vocab)) * (1 - hidden[j] ** 2)
            grads["d"][j] += back
            for i in range(inputs):
                grads["H"][j, i] += back * x[i]
                grad_x[i] += back * p["H"][j, i]
        for i in range(inputs):
            grads["C"][context[i // width], i % width] += grad_x[i]
    return math.fsum(losses) / len(targets), grads


def same_loss(candidate, params, contexts, targets, saturated=False):
    """With saturated units (tanh is ±1 or 0) the size of the pre-activations adds no error to the logits."""
    mine = {name: value.copy() for name, value in params.items()}
    got = unpack(candidate.nnlm_loss(mine, contexts.copy(), targets.copy()), 2, "loss", "grads")
    loss, grads = oracle(params, contexts, targets)
    dtype = params["C"].dtype
    eps, inputs = float(np.finfo(dtype).eps), params["H"].shape[1]
    largest = {name: max(1.0, float(np.abs(value).max())) for name, value in params.items()}
    x = largest["C"]
    logit = largest["b"] + len(params["d"]) * largest["U"] + inputs * x * largest.get("W", 0.0)
    pre_activation = largest["d"] + inputs * x * largest["H"]
    # of a logit, and so of delta
    unit = 64 * eps * (logit + len(params["d"]) * largest["U"] * pre_activation)
    if saturated:
        unit = 16 * eps * logit
    assert_close(got[0], np.float64(loss), rtol=0, atol=unit, name="loss")
    names = isinstance(got[1], dict) and sorted(got[1]) == sorted(params)
    require(
        names,
        f"grads must be a dict with the keys {', '.join(sorted(params))}: those of params.",
        f"grads 应为字典，键与 params 相同：{'、'.join(sorted(params))}。",
        actual=got[1],
        name="grads",
    )
    paths = len(params["b"]) * (largest["U"] * largest["H"] * len(params["d"]) + largest.get("W", 0.0))
    scale = {"b": 1.0, "U": 1.0, "W": x, "d": largest["U"] * len(params["b"]), "C": paths * contexts.size}
    scale["H"] = scale["d"] * x
    for name, want in grads.items():
        assert_close(
            got[1][name], want, dtype=dtype, rtol=0, atol=unit * scale[name], name=f"grads[{name!r}]"
        )


def draw(source, vocab, width, n, units, direct=True):
    """Parameters of about one over the root of what they sum over."""
    shapes = {"C": (vocab, width), "H": (units, n * width), "d": (units,), "U": (vocab, units), "b": (vocab,)}
    if direct:
        shapes["W"] = (vocab, n * width)
    fan_in = {"H": n * width, "U": units, "W": n * width}
    return {
        name: (source.array(*shape) / fan_in.get(name, 1) ** 0.5).astype(source.dtype)
        for name, shape in shapes.items()
    }


def batch_of(source, vocab, batch, n):
    return source.integers(0, vocab, batch, n), source.integers(0, vocab, batch)


def hand_params():
    log3 = math.log(3)
    return {
        "C": np.array([[1.0], [2.0]]),
        "H": np.array([[log3 / 2, 0.0]]),
        "d": np.array([0.0]),
        "U": np.array([[2 * log3], [0.0]]),
        "b": np.array([0.0, 0.0]),
    }


def given(candidate, params, loss, **grads):
    """Compare with numbers worked by hand."""
    got = unpack(candidate.nnlm_loss(params, np.array([[0, 1]]), np.array([0])), 2, "loss", "grads")
    assert_close(got[0], np.float64(loss), name="loss")
    for name, want in grads.items():
        have = got[1].get(name) if isinstance(got[1], dict) else None
        assert_close(have, np.array(want), rtol=1e-9, atol=1e-12, name=f"grads[{name!r}]")


@check("Worked by hand: the examples of [5, 7, 5].", "手算例子：[5, 7, 5] 的样本。")
def test_examples_by_hand(candidate):
    same_examples(candidate, [5, 7, 5], 2, 0)


@check("Worked by hand: one example without direct connections.", "手算例子：一个样本，没有直连。")
def test_loss_by_hand(candidate):
    log3 = math.log(3)
    given(
        candidate,
        hand_params(),
        math.log(4 / 3),
        b=[-1 / 4, 1 / 4],
        U=[[-1 / 8], [1 / 8]],
        d=[-3 / 8 * log3],
        H=[[-3 / 8 * log3, -3 / 4 * log3]],
        C=[[-3 / 16 * log3**2], [0.0]],
    )


@check("Worked by hand: the same example with direct connections.", "手算例子：同一个样本，带直连。")
def test_direct_by_hand(candidate):
    log3 = math.log(3)
    params = hand_params() | {"W": np.array([[0.0, 0.0], [0.0, log3 / 2]])}
    given(
        candidate,
        params,
        math.log(2),
        W=[[-1 / 2, -1.0], [1 / 2, 1.0]],
        d=[-3 / 4 * log3],
        C=[[-3 / 8 * log3**2], [log3 / 4]],
    )


@check(
    "Every token is a target; contexts are in the order of the text, filled up with start_id in front.",
    "每个 token 都是目标；上下文按文本顺序排列，前面不足时用 start_id 补。",
)
def test_examples_edges(candidate):
    for ids in ([], [4], [1, 2, 3, 4, 5], [0, 0, 9], [7, 7, 7, 7]):
        for context_size in (1, 2, 3, 7):
            for start_id in (0, 9):
                same_examples(candidate, ids, context_size, start_id)


@check(
    "The place of a word in the context matters: the embeddings stand side by side, oldest first.",
    "词在上下文中的位置有区别：各个嵌入按从旧到新的顺序拼接。",
)
def test_order(candidate):
    source = Source(1)
    params = draw(source, 5, 3, 3, 4)
    for context in ([0, 1, 2], [2, 1, 0], [1, 0, 2], [0, 2, 1]):
        same_loss(candidate, params, np.array([context]), np.array([4]))


@check(
    "A word that stands several times, in a context or in the batch, gets all its gradients.",
    "一个词多次出现，无论在同一上下文还是同一批次，都收到全部梯度。",
)
def test_repeated_words(candidate):
    source = Source(2)
    params = draw(source, 4, 2, 3, 5)
    for contexts, targets in (
        ([[1, 1, 1]], [0]),
        ([[1, 2, 1]], [1]),
        ([[0, 1, 2], [0, 1, 2]], [3, 3]),
        ([[0, 1, 2], [2, 0, 1], [3, 3, 0]], [0, 1, 2]),
    ):
        same_loss(candidate, params, np.array(contexts), np.array(targets))


@check("With and without direct connections.", "有直连与没有直连都正确。")
def test_direct_connections(candidate):
    source = Source(3)
    contexts, targets = batch_of(source, 4, 3, 2)
    for direct in (True, False, True):
        same_loss(candidate, draw(source, 4, 3, 2, 5, direct), contexts, targets)


@check("Loss and gradients are means over the batch.", "损失和梯度都是对批次的平均。")
def test_batch(candidate):
    source = Source(4)
    params = draw(source, 4, 2, 2, 3)
    for batch in (1, 2, 5):
        same_loss(candidate, params, np.array([[0, 2]] * batch), np.array([1] * batch))


@check("One unit, one dimension, one word of context, one word in all.", "各个大小都为 1。")
def test_size_one(candidate):
    source = Source(5)
    for vocab, width, n, units in (
        (1, 1, 1, 1),
        (3, 1, 1, 1),
        (2, 3, 1, 1),
        (2, 1, 3, 1),
        (2, 1, 1, 4),
        (4, 2, 2, 4),
    ):
        contexts, targets = batch_of(source, vocab, 2, n)
        same_loss(candidate, draw(source, vocab, width, n, units), contexts, targets)


@check(
    "Pre-activations and logits of ±1e4 give a finite, right result.",
    "激活前的值和 logits 达到 ±1e4 时，结果有限且正确。",
)
def test_large(candidate):
    for dtype in (np.float64, np.float32):
        params = {
            "C": np.array([[64, -64], [128, 0], [0, 32]], dtype),
            "H": np.array([[64, 32, 0, 64], [-64, 0, -64, 0], [0, 0, 0, 0]], dtype),
            "d": np.array([0, 64, 0.5], dtype),
            "U": np.array([[8192, 4096, 0], [4096, -8192, 0], [-8192, 0, 0]], dtype),
            "b": np.array([0.0, 64, -64], dtype),
        }
        contexts = np.array([[0, 1], [1, 2], [2, 2]])
        for shift in range(3):
            same_loss(candidate, params, contexts, (np.arange(3) + shift) % 3, saturated=True)
            same_loss(candidate, params, contexts[:1], np.array([shift]), saturated=True)


@check(
    "Examples whose logits are all near 1e4 and all near −1e4 stand in one batch.",
    "同一批次里，有的样本 logits 都在 1e4 附近，有的都在 −1e4 附近。",
)
def test_rows_apart(candidate):
    for dtype in (np.float64, np.float32):
        params = {
            "C": np.array([[128], [-128], [0]], dtype),
            "H": np.array([[1.0]], dtype),
            "d": np.array([0.0], dtype),
            "U": np.array([[8192], [8192], [8192]], dtype),
            "b": np.array([0.0, 1, 2], dtype),
        }
        for targets in ([0, 1, 2], [2, 0, 1], [1, 2, 0]):
            same_loss(candidate, params, np.array([[0], [1], [2]]), np.array(targets), saturated=True)


@check("A second call does not remember the first.", "第二次调用不受第一次影响。")
def test_no_state(candidate):
    source = Source(6)
    params = draw(source, 3, 2, 2, 3)
    for contexts, targets in (([[0, 1]], [2]), ([[2, 2]], [0]), ([[0, 1]], [2])):
        same_loss(candidate, params, np.array(contexts), np.array(targets))
        same_examples(candidate, [*targets, *contexts[0]], 2, 1)


@check(
    "The examples follow the definition for drawn sequences.",
    "在随机序列上，样本符合定义。",
    examples=40,
    ids=st.lists(st.integers(0, 5), max_size=8),
    context_size=sizes(1, 4),
    start_id=st.integers(0, 6),
)
def test_examples(candidate, ids, context_size, start_id):
    same_examples(candidate, ids, context_size, start_id)


@check(
    "Loss and gradients equal the definition for drawn networks and batches.",
    "在随机的网络与批次上，损失和梯度都等于定义。",
    examples=40,
    source=sources(("normal", "ties", "tiny")),
    batch=sizes(1, 4),
    vocab=sizes(1, 5),
    width=sizes(1, 3),
    n=sizes(1, 3),
    units=sizes(1, 4),
    direct=st.booleans(),
)
def test_values(candidate, source, batch, vocab, width, n, units, direct):
    contexts, targets = batch_of(source, vocab, batch, n)
    same_loss(candidate, draw(source, vocab, width, n, units, direct), contexts, targets)
