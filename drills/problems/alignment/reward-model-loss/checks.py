"""Checks of `reward-model-loss`: Python's own floats, one pair at a time, are the specification."""

import math

import torch
from hypothesis import strategies as st

from drills.checking import assert_close, check, gradients, require, unpack
from drills.strategies import Source, sizes, sources


def last_of(mask):
    """The position of each row's last True."""
    return [max(t for t, real in enumerate(row) if real) for row in mask.tolist()]


def oracle(values, margin):
    """Loss, accuracy, and the gradients of both arrays of rewards, in float64."""
    chosen, chosen_mask, rejected, rejected_mask = values
    grads = [torch.zeros(chosen.shape, dtype=torch.float64), torch.zeros(rejected.shape, dtype=torch.float64)]
    losses, right, pairs = [], 0, len(chosen)
    for i, (a, b) in enumerate(zip(last_of(chosen_mask), last_of(rejected_mask), strict=True)):
        good, bad = float(chosen[i, a]), float(rejected[i, b])
        z = math.fsum([good, -bad, 0.0 if margin is None else -float(margin[i])])
        tail = math.exp(-abs(z))
        losses.append(max(-z, 0.0) + math.log1p(tail))
        slope = -(tail if z > 0 else 1.0) / (1.0 + tail) / pairs
        grads[0][i, a], grads[1][i, b] = slope, -slope
        right += good > bad
    return math.fsum(losses) / pairs, right / pairs, grads


def compare(candidate, values, margin=None, *, spelt_out=False):
    """Loss, accuracy and gradients of one batch against the definition."""
    more = {} if margin is None and not spelt_out else {"margin": margin}
    loss, accuracy, grads = oracle(values, margin)
    chosen, chosen_mask, rejected, rejected_mask = values
    dtype, unit = chosen.dtype, torch.finfo(chosen.dtype).eps
    largest = max(
        [1.0, *(float(v[m].abs().max()) for v, m in ((chosen, chosen_mask), (rejected, rejected_mask)))]
    )
    tolerance = {"rtol": max(100 * unit, 1e-8), "atol": 16 * unit * largest}
    got = unpack(candidate.reward_model_loss(*values, **more), 2, "loss", "accuracy")
    assert_close(got[0], torch.tensor(loss, dtype=torch.float64), dtype=dtype, name="loss", **tolerance)
    number = isinstance(got[1], (int, float)) or getattr(got[1], "ndim", None) == 0
    require(
        number and abs(float(got[1]) - accuracy) < 1e-6,
        "accuracy is not the share of pairs with r_chosen > r_rejected.",
        "accuracy 不是满足 r_chosen > r_rejected 的样本对所占的比例。",
        expected=accuracy,
        actual=got[1],
        name="accuracy",
    )

    mine = {"chosen": chosen.clone().requires_grad_(), "rejected": rejected.clone().requires_grad_()}
    got = unpack(
        candidate.reward_model_loss(mine["chosen"], chosen_mask, mine["rejected"], rejected_mask, **more),
        2,
        "loss",
        "accuracy",
    )
    found = gradients(got[0], torch.ones((), dtype=dtype), **mine)
    for (name, grad), want in zip(found.items(), grads, strict=True):
        assert_close(grad, want, dtype=dtype, name=f"grad {name}", **tolerance)
        require(
            bool((grad[want == 0] == 0).all()),
            "The gradient must be exactly 0 everywhere but at the last real token.",
            "除最后一个真实词元外，梯度必须恰好为 0。",
            expected=want,
            actual=grad,
            name=f"grad {name}",
        )


def mask_of(*lengths, width, left=False):
    """Rows of `length` real tokens, padded on the right or on the left."""
    rows = [[t < n for t in range(width)] for n in lengths]
    return torch.tensor([row[::-1] if left else row for row in rows])


def pairs_of(good, bad, dtype=torch.float64):
    """A batch of sequences of one token with these rewards."""
    columns = [torch.tensor(values, dtype=dtype)[:, None] for values in (good, bad)]
    ones = torch.ones(len(good), 1, dtype=torch.bool)
    return columns[0], ones, columns[1], ones.clone()


@check("Two pairs worked by hand, without and with a margin.", "手算例子：两对样本，不带与带 margin。")
def test_by_hand(candidate):
    chosen = torch.tensor([[9.0, 1.0, -5.0], [0.0, 4.0, 2.0]], dtype=torch.float64)
    rejected = torch.tensor([[0.0, 7.0], [2.0, 9.0]], dtype=torch.float64)
    masks = mask_of(2, 3, width=3), mask_of(1, 1, width=2)
    values = (chosen, masks[0], rejected, masks[1])
    for margin, gaps in ((None, (1.0, 0.0)), (torch.tensor([1.0, 2.0], dtype=torch.float64), (0.0, -2.0))):
        want = sum(math.log1p(math.exp(-gap)) for gap in gaps) / 2
        more = {} if margin is None else {"margin": margin}
        loss, accuracy = unpack(candidate.reward_model_loss(*values, **more), 2, "loss", "accuracy")
        assert_close(loss, torch.tensor(want, dtype=torch.float64), name="loss")
        require(
            abs(float(accuracy) - 0.5) < 1e-6,
            "accuracy must be 0.5: the first pair is in order, the second is tied.",
            "accuracy 应为 0.5：第一对次序正确，第二对平局。",
            actual=accuracy,
            name="accuracy",
        )
        compare(candidate, values, margin)


@check(
    "The reward is that of the last real token, with padding on the right, on the left and with gaps.",
    "奖励取自最后一个真实词元，无论填充在右、在左，还是掩码有空洞。",
)
def test_last_token(candidate):
    gaps = torch.tensor([[1, 0, 1, 0, 0], [0, 1, 0, 0, 1], [1, 1, 0, 1, 0]], dtype=torch.bool)
    for key, left in enumerate((False, True)):
        masks = mask_of(5, 2, 1, width=5, left=left), mask_of(3, 1, 6, width=6, left=left)
        for chosen_mask, rejected_mask in (masks, (gaps, masks[1]), (masks[0], gaps), (gaps, gaps.flip(0))):
            source = Source(key)
            chosen, rejected = source.tensor(3, 5), source.tensor(3, rejected_mask.shape[1])
            compare(candidate, (chosen, chosen_mask, rejected, rejected_mask))


@check(
    "The two sides may differ in length and need not be padded alike.",
    "两边的长度可以不同，填充方式也不必一致。",
)
def test_lengths_differ(candidate):
    for key, (a, b) in enumerate(((2, 7), (7, 2), (1, 4), (4, 1), (1, 1))):
        source = Source(10 + key)
        masks = mask_of(a, 1, width=a), mask_of(1, b, width=b, left=True)
        compare(candidate, (source.tensor(2, a), masks[0], source.tensor(2, b), masks[1]))


@check(
    "NaN, infinity and large numbers on the padding reach neither loss nor gradient.",
    "填充位置上的 NaN、无穷与大数既不影响损失，也不影响梯度。",
)
def test_junk(candidate):
    for key, junk in enumerate((1e6, float("nan"), float("inf"))):
        for left in (False, True):
            source = Source(20 + key)
            masks = mask_of(4, 2, 1, width=4, left=left), mask_of(1, 3, 2, width=3, left=left)
            chosen, rejected = (source.tensor(*mask.shape).masked_fill(~mask, junk) for mask in masks)
            compare(candidate, (chosen, masks[0], rejected, masks[1]))


@check("Differences of ±1e4 give finite losses and gradients.", "差值达到 ±1e4 时，损失与梯度都有限且正确。")
def test_large_gaps(candidate):
    for dtype in (torch.float64, torch.float32):
        for good, bad in (
            ([-1e4], [0.0]),
            ([0.0], [-1e4]),
            ([5e3, -5e3], [-5e3, 5e3]),
            ([-300.0, 1.0, 40.0], [0.0, 1.0, 0.0]),
        ):
            compare(candidate, pairs_of(good, bad, dtype))
            compare(candidate, pairs_of(good, bad, dtype), torch.full((len(good),), 3.0, dtype=dtype))


@check("The margin is subtracted from each pair's own difference.", "每一对样本的差值减去各自的 margin。")
def test_margin(candidate):
    good, bad = [2.0, 2.0, 0.0, -1.0], [0.0, 0.0, 0.0, 1.0]
    for margin in (
        [0.0, 0.0, 0.0, 0.0],
        [3.0, 1.0, 2.0, 0.5],
        [1.0, 1.0, 1.0, 1.0],
        [0.0, 0.0, 3.0, 0.0],
        [1.0, -2.0, 0.5, -4.0],
    ):
        compare(candidate, pairs_of(good, bad), torch.tensor(margin, dtype=torch.float64))
    compare(candidate, pairs_of(good, bad), None, spelt_out=True)


@check(
    "Accuracy: a tie is not in order, the smallest lead is, and the margin plays no part.",
    "accuracy：平局不算正确，再小的领先也算正确，并且与 margin 无关。",
)
def test_accuracy(candidate):
    for good, bad in (
        ([1.0, 1.0, 1.0], [1.0, 1.0, 1.0]),
        ([1.0, 2.0, 0.0], [0.5, 2.0, 1.0]),
        ([3.0, 2.0, 1.0], [0.0, 0.0, 0.0]),
        ([0.0], [5.0]),
    ):
        compare(candidate, pairs_of(good, bad))
        compare(candidate, pairs_of(good, bad), torch.full((len(good),), 2.5, dtype=torch.float64))
    for dtype in (torch.float64, torch.float32):
        low, high = (
            0.25,
            0.25 * (1.0 + torch.finfo(dtype).eps),
        )  # neighbours: σ of their difference rounds to 1/2
        compare(candidate, pairs_of([high, high, low], [low, low, high], dtype))


@check(
    "Only the difference counts: one constant added to all rewards changes nothing.",
    "只有差值起作用：给所有奖励加同一个常数，结果不变。",
)
def test_shift(candidate):
    for shift in (-8.0, 64.0):
        good, bad = [1.5, -0.5, 0.25], [0.5, 1.0, 0.25]
        compare(candidate, pairs_of([g + shift for g in good], [b + shift for b in bad]))


@check(
    "Loss, accuracy and gradients equal the definition on drawn batches.",
    "在随机批次上，损失、accuracy 与梯度等于定义。",
    source=sources(("normal", "ties")),
    spread=st.sampled_from([1.0, 30.0]),
    size=sizes(1, 5),
    lengths=st.tuples(sizes(1, 6), sizes(1, 6)),
    with_margin=st.booleans(),
    examples=50,
)
def test_values(candidate, source, spread, size, lengths, with_margin):
    values = []
    for length in lengths:
        mask = torch.from_numpy(source.mask(size, length, share=0.6))
        mask[torch.arange(size), torch.from_numpy(source.integers(0, length, size))] = True
        values += [source.tensor(size, length) * spread, mask]
    margin = source.tensor(size, kind="positive") * spread if with_margin else None
    compare(candidate, tuple(values), margin)
