"""Checks of `cross-entropy`: one sample at a time with Python's math is the specification."""

import math

import numpy as np
from hypothesis import strategies as st

from drills.checking import assert_close, check, fresh_rng, require, unpack
from drills.strategies import sizes, sources


def oracle(logits, targets, ignore_index=-100):
    """Loss and gradient in float64."""
    kept = [n for n in range(len(targets)) if targets[n] != ignore_index]
    losses, grad = [], np.zeros(logits.shape)
    for n in kept:
        row = [float(z) for z in logits[n]]
        top = max(row)
        total = math.fsum(math.exp(z - top) for z in row)
        losses.append(math.log(total) + top - row[targets[n]])
        for c, z in enumerate(row):
            grad[n, c] = (math.exp(z - top) / total - (c == targets[n])) / len(kept)
    return (math.fsum(losses) / len(kept) if kept else 0.0), grad


def compare(candidate, logits, targets, *ignore_index, **named):
    """logsumexp is rounded like the largest logit, and so are the loss and the exponents of the gradient."""
    loss, grad = unpack(
        candidate.cross_entropy(logits.copy(), targets.copy(), *ignore_index, **named),
        2,
        "loss",
        "grad_logits",
    )
    want_loss, want_grad = oracle(logits, targets, *ignore_index, **named)
    unit = 16 * float(np.finfo(logits.dtype).eps) * (2 + float(np.abs(logits).max(initial=0)))
    ignored = targets == (ignore_index[0] if ignore_index else named.get("ignore_index", -100))
    count = max(int((~ignored).sum()), 1)
    assert_close(loss, np.float64(want_loss), rtol=0, atol=unit, name="loss")
    assert_close(grad, want_grad, dtype=logits.dtype, rtol=0, atol=unit / count, name="grad_logits")
    require(
        bool((grad[ignored] == 0).all()),
        "The gradient of an ignored sample must be exactly 0.",
        "被忽略样本的梯度必须严格为 0。",
        actual=grad,
        name="grad_logits",
    )


@check("Worked by hand: three samples, one of them ignored.", "手算例子：三个样本，其中一个被忽略。")
def test_by_hand(candidate):
    logits = np.array([[0.0, np.log(3)], [0.0, 0.0], [5.0, 1.0]])
    result = candidate.cross_entropy(logits, np.array([0, 1, -100]))
    loss, grad = unpack(result, 2, "loss", "grad_logits")
    assert_close(loss, np.log(8) / 2, atol=1e-12, name="loss")
    want = np.array([[-3 / 8, 3 / 8], [1 / 4, -1 / 4], [0.0, 0.0]])
    assert_close(grad, want, atol=1e-12, name="grad_logits")


@check(
    "The loss and the gradient are means, for one sample and for many.",
    "损失和梯度都是平均值：一个样本与多个样本。",
)
def test_mean(candidate):
    rng = fresh_rng(1)
    for n, c in ((1, 3), (2, 3), (7, 4), (5, 2), (3, 1)):
        compare(candidate, rng.standard_normal((n, c)), rng.integers(0, c, n))


@check("Logits of ±1e4 give a finite, right loss and gradient.", "logits 达到 ±1e4 时损失与梯度有限且正确。")
def test_large(candidate):
    rows = np.array([[1e4, 0.0, -1e4], [-1e4, -1e4, -1e4 - 1], [1000.0, 0.0, 999.0], [1e4, 1e4, 1e4 - 3]])
    for dtype in (np.float64, np.float32):
        for shift in range(3):
            compare(candidate, rows.astype(dtype), (np.arange(4) + shift) % 3)
        for row in rows.astype(dtype):
            for target in range(3):
                compare(candidate, row[None], np.array([target]))


@check(
    "Ignored targets count neither in the loss nor in the mean, wherever they stand.",
    "被忽略的目标既不计入损失也不计入个数，无论出现在哪里。",
)
def test_ignored(candidate):
    rng = fresh_rng(2)
    for targets in ([-100, 0, 2, 1], [1, -100, -100, 2], [0, 1, 2, -100], [-100, -100, 1, -100]):
        logits = rng.standard_normal((4, 3))
        compare(candidate, logits, np.array(targets))
        compare(candidate, logits.astype(np.float32), np.array(targets))
    huge = np.array([[1e4, -1e4, 0.0], [1.0, 2.0, 3.0]])
    compare(candidate, huge, np.array([-100, 0]))


@check(
    "Any ignore_index is obeyed, one of the classes too, and -100 is the default only.",
    "任何 ignore_index 都有效（也可以是某个类别），-100 只是默认值。",
)
def test_ignore_index(candidate):
    logits = fresh_rng(3).standard_normal((5, 3)) * 2
    for ignore_index in (-1, 0, 1, 2, 255):
        targets = np.array([0, ignore_index, 1, 2, ignore_index])
        compare(candidate, logits, targets, ignore_index)
        compare(candidate, logits, targets, ignore_index=ignore_index)
    compare(candidate, logits, np.array([2, 0, 1, 2, 0]), -1)


@check(
    "All ignored, or no sample at all: loss 0.0 and a gradient of zeros.",
    "全部被忽略或没有样本：损失 0.0，梯度全零。",
)
def test_nothing_counts(candidate):
    rng = fresh_rng(4)
    for dtype in (np.float64, np.float32):
        compare(candidate, rng.standard_normal((3, 4)).astype(dtype), np.full(3, -100))
        compare(candidate, rng.standard_normal((1, 4)).astype(dtype), np.array([2]), 2)
        compare(candidate, np.zeros((0, 4), dtype=dtype), np.zeros(0, dtype=np.int64))


@check("A second call does not remember the first.", "第二次调用不受第一次影响。")
def test_no_state(candidate):
    rng = fresh_rng(5)
    for _ in range(3):
        compare(candidate, rng.standard_normal((4, 3)), rng.integers(0, 3, 4))


@check(
    "Loss and gradient equal the definition on drawn batches, classes and ignored targets.",
    "在随机的批量、类别数和被忽略目标下，损失与梯度等于定义。",
    examples=100,
    source=sources(("normal", "ties", "large", "tiny", "positive", "negative")),
    n=sizes(0, 6),
    c=sizes(1, 6),
    ignore_index=st.sampled_from((-100, -1, 0, 1, 7)),
    share=st.sampled_from((0.0, 0.3, 0.7)),
)
def test_values(candidate, source, n, c, ignore_index, share):
    logits = source.array(n, c)
    targets = np.where(source.mask(n, share=share), ignore_index, source.integers(0, c, n))
    compare(candidate, logits, targets, ignore_index)
