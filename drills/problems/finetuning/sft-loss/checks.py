"""Checks of `sft-loss`: Python's own floats, one token at a time, are the specification."""

import math

import numpy as np
import torch
from hypothesis import strategies as st

from drills.checking import assert_close, check, gradients, require
from drills.strategies import Source, sizes, sources


def counting(labels, lengths, pad_id):
    """(b, t, token) of each token that counts."""
    return [
        (b, t, token)
        for b, row in enumerate(labels.tolist())
        for t, token in enumerate(row)
        if t >= max(int(lengths[b]), 1) and token != pad_id
    ]


def oracle(logits, places):
    """The loss and its gradient, in float64."""
    grad = torch.zeros(logits.shape, dtype=torch.float64)
    losses = []
    for b, t, token in places:
        scores = logits[b, t - 1].tolist()
        top = max(scores)
        powers = [math.exp(score - top) for score in scores]
        total = math.fsum(powers)
        losses.append(top - scores[token] + math.log(total))
        grad[b, t - 1] = torch.tensor([power / total for power in powers], dtype=torch.float64)
        grad[b, t - 1, token] -= 1.0
    count = max(len(places), 1)
    return math.fsum(losses) / count, grad / count


def compare(candidate, logits, labels, lengths, pad_id):
    """Loss and gradient against the definition; where nothing counts, a constant 0.0 will do."""
    places = counting(labels, lengths, pad_id)
    loss, grad = oracle(logits, places)
    dtype = logits.dtype
    rtol, unit = (1e-7, 1e-12) if dtype == torch.float64 else (1e-4, 2e-6)
    atol = unit * max(1.0, float(logits.abs().max()))
    got = candidate.sft_loss(logits, labels, lengths, pad_id)
    if places or isinstance(got, torch.Tensor):
        expected = torch.tensor(loss, dtype=torch.float64)
        assert_close(got, expected, dtype=dtype if places else got.dtype, rtol=rtol, atol=atol)
    else:
        assert_close(got, np.float64(0.0))

    leaf = logits.clone().requires_grad_()
    got = candidate.sft_loss(leaf, labels, lengths, pad_id)
    if not places and not getattr(got, "requires_grad", False):
        return
    found = gradients(got, torch.ones((), dtype=dtype), logits=leaf)["logits"]
    assert_close(found, grad, dtype=dtype, rtol=rtol, atol=unit, name="grad logits")
    idle = torch.ones(labels.shape, dtype=torch.bool)
    for b, t, _ in places:
        idle[b, t - 1] = False
    require(
        bool((found[idle] == 0).all()),
        "The gradient must be exactly 0 at logits that predict no token that counts.",
        "没有预测任何计入词元的 logits，梯度必须恰好为 0。",
        expected=grad,
        actual=found,
        name="grad logits",
    )


def batch(source, labels, lengths, vocab, spread=1.0):
    """Logits, labels and prompt lengths from lists."""
    labels = torch.tensor(labels)
    return source.tensor(*labels.shape, vocab) * spread, labels, torch.tensor(lengths)


@check("One token counts: worked by hand.", "只有一个词元计入的手算例子。")
def test_by_hand(candidate):
    logits = torch.tensor([[[5.0, -5.0], [0.0, math.log(3)], [-7.0, 7.0], [3.0, 1.0]]], dtype=torch.float64)
    labels, lengths = torch.tensor([[0, 1, 1, 0]]), torch.tensor([2])
    got = candidate.sft_loss(logits, labels, lengths, 0)
    assert_close(got, torch.tensor(math.log(4 / 3), dtype=torch.float64), rtol=1e-7)


@check(
    "The first token of an answer counts, and the last of the prompt does not.",
    "回答的第一个词元计入，提示的最后一个词元不计入。",
)
def test_boundary(candidate):
    for length in (1, 2, 3, 4):
        compare(candidate, *batch(Source(length), [[1, 3, 2, 4, 2]], [length], 5), 0)


@check("An empty prompt: position 0 still does not count.", "提示为空时，位置 0 仍然不计入。")
def test_empty_prompt(candidate):
    compare(candidate, *batch(Source(1), [[1, 2, 3], [3, 1, 2]], [0, 1], 4), 0)
    compare(candidate, *batch(Source(2), [[2, 2, 1]], [0], 3), 0)


@check(
    "pad_id is any id and does not count, at the end, at the start or in the middle.",
    "pad_id 可以是任意 id，无论在末尾、开头还是中间都不计入。",
)
def test_padding(candidate):
    for pad_id in (0, 2, 4):
        a, b, c = ({0, 1, 2, 3, 4} - {pad_id, 3}).copy()
        rows = [[a, b, c, pad_id, pad_id], [pad_id, pad_id, a, b, c], [a, b, pad_id, c, b], [0, 1, 2, 3, 4]]
        compare(candidate, *batch(Source(pad_id), rows, [1, 3, 1, 0], 5), pad_id)


@check(
    "The mean is over the tokens of the batch, not over its sequences.",
    "平均是对批次里的词元求的，不是对序列求的。",
)
def test_mean_over_tokens(candidate):
    rows = [[1, 2, 3, 4, 1, 2], [1, 2, 0, 0, 0, 0], [1, 2, 3, 0, 0, 0]]
    compare(candidate, *batch(Source(3), rows, [1, 1, 3], 5), 0)


@check("0.0 when no token counts, and no NaN in the gradient.", "没有词元计入时为 0.0，梯度里也没有 NaN。")
def test_nothing_counts(candidate):
    for dtype in ("float64", "float32"):
        source = Source(4, dtype)
        compare(candidate, *batch(source, [[1, 2, 3]], [3], 4), 0)
        compare(candidate, *batch(source, [[1, 2, 3], [3, 0, 0]], [7, 1], 4), 0)
        compare(candidate, *batch(source, [[1]], [0], 3), 0)


@check("Logits of ±1e4 give a finite loss and gradient.", "logits 达到 ±1e4 时，损失与梯度都有限。")
def test_large_logits(candidate):
    for dtype in (torch.float64, torch.float32):
        logits = torch.tensor(
            [[[1e4, -1e4, 0], [-1e4, 0, 1e4], [-1e4, -1e4, -9999]], [[1e4, 1e4, 1e4]] * 3], dtype=dtype
        )
        compare(candidate, logits, torch.tensor([[0, 1, 0], [2, 2, 1]]), torch.tensor([1, 1]), 2)


@check("Two calls do not know of each other.", "两次调用互不影响。")
def test_no_state(candidate):
    first = batch(Source(5), [[1, 2, 3, 0], [2, 3, 1, 1]], [1, 2], 4)
    second = batch(Source(6), [[3, 2, 1]], [2], 4)
    for values, pad_id in ((first, 0), (second, 1), (first, 3), (first, 0)):
        compare(candidate, *values, pad_id)


@check(
    "Loss and gradient equal the definition on drawn batches.",
    "在随机批次上，损失与梯度等于定义。",
    source=sources(("normal", "ties")),
    size=sizes(1, 4),
    length=sizes(1, 6),
    vocab=sizes(2, 5),
    spread=st.sampled_from([1.0, 1.0, 30.0]),
    examples=60,
)
def test_values(candidate, source, size, length, vocab, spread):
    logits = source.tensor(size, length, vocab) * spread
    labels = torch.from_numpy(source.integers(0, vocab, size, length))
    lengths = torch.from_numpy(source.integers(0, length + 2, size))
    compare(candidate, logits, labels, lengths, int(source.integers(0, vocab)))


@check(
    "Loss and gradient equal the definition on prompts, answers and padding to the right or left.",
    "在提示、回答加左填充或右填充的批次上，损失与梯度等于定义。",
    source=sources(),
    size=sizes(1, 4),
    left=st.booleans(),
    pad_id=st.integers(0, 5),
    examples=40,
)
def test_padded_batches(candidate, source, size, left, pad_id):
    vocab, length = 6, 8
    tokens = [token for token in range(vocab) if token != pad_id]
    labels = torch.full((size, length), pad_id)
    lengths = []
    for b in range(size):
        prompt, answer = int(source.integers(0, 4)), int(source.integers(0, 5))
        start = length - prompt - answer if left else 0
        labels[b, start : start + prompt + answer] = torch.tensor(
            [tokens[i] for i in source.integers(0, len(tokens), prompt + answer)], dtype=torch.int64
        )
        lengths.append(start + prompt)
    compare(candidate, source.tensor(size, length, vocab), labels, torch.tensor(lengths), pad_id)
