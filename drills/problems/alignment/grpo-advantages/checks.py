"""Checks of `grpo-advantages`: exact fractions for the mean and the squares, one group at a time, are the specification."""

import math
from fractions import Fraction

import torch
from hypothesis import strategies as st

from drills.checking import assert_close, check, require
from drills.strategies import sizes, sources


def oracle(rewards, eps):
    """The advantages in float64; mean and variance are exact."""
    rows = []
    for group in rewards.tolist():
        exact = [Fraction(reward) for reward in group]
        mean = sum(exact) / len(exact)
        variance = sum((reward - mean) ** 2 for reward in exact) / max(len(exact) - 1, 1)
        rows.append(
            [float(reward - mean) / (math.sqrt(variance) + eps) if variance else 0.0 for reward in exact]
        )
    return torch.tensor(rows, dtype=torch.float64)


def rounding(rewards, eps):
    """What the rounding of a mean may leave of each group of equal rewards, (B, 1): nothing where every partial sum is exact."""
    unit, slack = torch.finfo(rewards.dtype).eps, []
    for group in rewards:
        size, reward = len(group), float(group[0])
        sums = (group[0] * torch.arange(1, size + 1)).tolist()
        exact = all(Fraction(total) == count * Fraction(reward) for count, total in enumerate(sums, 1))
        equal = bool((group == group[0]).all())
        slack.append(0.0 if exact or not equal else (size + 2) * unit * abs(reward) / eps)
    return torch.tensor(slack, dtype=torch.float64)[:, None]


def compare(candidate, rewards, eps=None):
    """The advantages, within the rounding of a mean of numbers of this size."""
    got = candidate.grpo_advantages(rewards) if eps is None else candidate.grpo_advantages(rewards, eps)
    eps = 1e-4 if eps is None else eps
    want = oracle(rewards, eps)
    if isinstance(got, torch.Tensor) and got.shape == rewards.shape:
        got = got.masked_fill(got.double().abs() <= rounding(rewards, eps), 0)
    unit = torch.finfo(rewards.dtype).eps
    equal = (rewards == rewards[:, :1]).all(1)
    values = rewards.double()[~equal]
    lost = 0.0
    if len(values):  # some roundings of the largest reward, in the mean, against the group's own spread
        spread = (values - values.mean(1, keepdim=True)).abs().amax(1)
        lost = 8 * unit * float((values.abs().amax(1) / (spread + eps)).max())
    # eps may be rounded to float32
    assert_close(
        got, want, dtype=rewards.dtype, rtol=max(40 * unit, 2e-7) + 4 * lost, atol=4 * lost + 10 * unit
    )
    require(
        bool((got[equal] == 0).all()),
        "A group of equal rewards must give exactly zeros.",
        "一组奖励全部相等时，优势必须恰好为 0。",
        expected=want,
        actual=got,
    )


def groups(*rows, dtype=torch.float64):
    return torch.tensor(rows, dtype=dtype)


@check("Two right answers of five, worked by hand.", "五个回答对了两个的手算例子。")
def test_by_hand(candidate):
    right, wrong = 0.6 / math.sqrt(0.3), -0.4 / math.sqrt(0.3)
    want = groups([right, wrong, wrong, wrong, right])
    assert_close(candidate.grpo_advantages(groups([1, 0, 0, 0, 1]), 1e-12), want, rtol=1e-9)
    compare(candidate, groups([1, 0, 0, 0, 1]))


@check("Each prompt has a mean and a spread of its own.", "每个提示有自己的均值和离散程度。")
def test_groups_apart(candidate):
    compare(candidate, groups([1, 2, 3], [10, 20, 60], [-5, -5, 7], [0, 0, 0]))
    compare(candidate, groups([1, 0], [0, 1], [0.25, 0.75], [3, -4]))
    compare(candidate, groups([1] + [0] * 63, [1] * 63 + [0]))  # one against many lies eight spreads away


@check(
    "Equal rewards give exactly zeros (but for the rounding of a mean that is not exact).",
    "奖励相等时恰好为 0（均值本身有舍入误差时允许残留该误差）。",
)
def test_equal_rewards(candidate):
    for dtype in (torch.float64, torch.float32):
        for size in (2, 3, 7, 9, 10, 49):
            column = groups([0.1], [0.7], [-1 / 3], [0.0], [1e6 + 0.25], [1.0], [-0.5], dtype=dtype)
            compare(candidate, column.repeat(1, size))
        for value in (0.1, 0.3, 0.7, 0.9):  # a group on its own may be summed in another order
            for size in (3, 7, 9):
                compare(candidate, torch.full((1, size), value, dtype=dtype))
        mixed = groups([0.1] * 6, [0.1, 0.1, 0.1, 0.1, 0.1, 0.3], dtype=dtype)
        compare(candidate, mixed)


@check("A group of one answer gives zero.", "每组只有一个回答时优势为 0。")
def test_one_answer(candidate):
    for dtype in (torch.float64, torch.float32):
        compare(candidate, groups([1.5], [-2.0], [0.1], dtype=dtype))
        compare(candidate, groups([3.0], dtype=dtype), 0.5)


@check(
    "eps is added to the standard deviation; it is 1e-4 by default.",
    "eps 加在标准差上，默认 1e-4。",
)
def test_eps(candidate):
    small = groups([1e-4, 0, 2e-4], [1e-6, -1e-6, 0], [1e-8, 0, 0])
    for eps in (None, 1e-8, 1e-6, 0.5, 2.0):
        compare(candidate, small, eps)
        compare(candidate, groups([1, 0, 0, 1], [3, -2, 4, 4]), eps)
    compare(candidate, small.float())
    assert_close(
        candidate.grpo_advantages(groups([1, -1]), eps=1.0),
        groups([1 / (math.sqrt(2) + 1), -1 / (math.sqrt(2) + 1)]),
    )


@check("A common offset of 1e6 does no harm.", "公共偏移达到 1e6 也不影响结果。")
def test_offset(candidate):
    rewards = groups([1.1, 0.3, 0, 2], [0.57, 0.23, -1, 0.1], [3.3, 3.3, 3.3, 3.3])
    for offset in (1e6, -1e6 / 3):
        compare(candidate, rewards + offset)


@check("Two calls do not know of each other.", "两次调用互不影响。")
def test_no_state(candidate):
    for rewards in (groups([1, 0, 4], [2, 2, 5]), groups([1, 0]), groups([1, 0, 4], [2, 2, 5])):
        compare(candidate, rewards)


@check(
    "The advantages equal the definition on drawn rewards.",
    "在随机奖励上，优势等于定义。",
    source=sources(("normal", "ties", "large", "tiny", "positive")),
    batch=sizes(1, 5),
    size=sizes(1, 8),
    eps=st.sampled_from([None, 1e-4, 1e-6, 0.1]),
    examples=80,
)
def test_values(candidate, source, batch, size, eps):
    compare(candidate, source.tensor(batch, size), eps)


@check(
    "The advantages equal the definition on rewards of 0 and 1.",
    "在取值为 0 和 1 的奖励上，优势等于定义。",
    source=sources(),
    batch=sizes(1, 6),
    size=sizes(1, 6),
    scale=st.sampled_from([1.0, 0.1, 0.7]),
    examples=40,
)
def test_right_or_wrong(candidate, source, batch, size, scale):
    compare(candidate, torch.from_numpy((source.mask(batch, size) * scale).astype(source.dtype)))
