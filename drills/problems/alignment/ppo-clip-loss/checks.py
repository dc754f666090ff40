"""Checks of `ppo-clip-loss`: Python's own floats, one element at a time, by the quadrants of ratio and advantage."""

import math

import torch
from hypothesis import strategies as st

from drills.checking import assert_close, check, gradients
from drills.strategies import Source, sources


def oracle(new, old, advantages, clip):
    """The loss and its gradient with respect to the new log-probabilities, in float64."""
    terms, slopes = [], []
    for n, o, a in zip(*(value.reshape(-1).tolist() for value in (new, old, advantages)), strict=True):
        ratio = math.exp(n - o)
        held = ratio > 1 + clip if a > 0 else ratio < 1 - clip
        bound = 1 + clip if a > 0 else 1 - clip
        terms.append(-(bound if held else ratio) * a)
        slopes.append(0.0 if held else -ratio * a)
    grad = torch.tensor(slopes, dtype=torch.float64).reshape(new.shape) / len(terms)
    return torch.tensor(math.fsum(terms) / len(terms), dtype=torch.float64), grad


def compare(candidate, new, old, advantages, clip=None):
    """Loss and gradient against the definition; no ratio may lie on a bound of the clip."""
    options = {} if clip is None else {"clip": clip}
    loss, grad = oracle(new, old, advantages, 0.2 if clip is None else clip)
    dtype = new.dtype
    unit = torch.finfo(dtype).eps
    size = max(
        1e-30, float((torch.exp(new.double() - old.double()).clamp(min=2) * advantages.double().abs()).max())
    )
    shift = 8 * unit * (1 + max(float(new.abs().max()), float(old.abs().max())))  # of the log-ratio
    # 1 ± clip may be rounded to float32, as by torch.where(advantages > 0, 1 + clip, 1 - clip)
    atol = size * (shift + max(4 * unit * (8 + new.numel() ** 0.5), 1e-7))
    assert_close(
        candidate.ppo_clip_loss(new, old, advantages, **options), loss, dtype=dtype, rtol=0, atol=atol
    )
    leaf = new.clone().requires_grad_()
    got = candidate.ppo_clip_loss(leaf, old, advantages, **options)
    found = gradients(got, torch.ones((), dtype=dtype), logp_new=leaf)["logp_new"]
    assert_close(found, grad, dtype=dtype, rtol=0, atol=4 * atol / new.numel(), name="grad logp_new")


def of_ratios(ratios, advantages, dtype=torch.float64, old=-1.5):
    """Log-probabilities with these ratios."""
    advantages = torch.tensor(advantages, dtype=dtype)
    old = torch.full_like(advantages, old)
    return old + torch.tensor(ratios, dtype=dtype).log(), old, advantages


@check("Two ratios of 2 with A = 1 and A = −1, worked by hand.", "比值都是 2、A 为 1 与 −1 的手算例子。")
def test_by_hand(candidate):
    values = of_ratios([2.0, 2.0], [1.0, -1.0])
    assert_close(
        candidate.ppo_clip_loss(*values, clip=0.5), torch.tensor(0.25, dtype=torch.float64), rtol=1e-7
    )
    compare(candidate, *values, 0.5)


@check(
    "The four quadrants: ratio too high or too low, A positive or negative.",
    "四个象限：比值过高或过低，A 为正或为负。",
)
def test_quadrants(candidate):
    for ratio in (0.3, 0.9, 1.1, 2.5):
        for advantage in (2.0, -2.0):
            compare(candidate, *of_ratios([ratio], [advantage]))
            compare(candidate, *of_ratios([ratio, 1.0], [advantage, 0.0]), 0.3)


@check(
    "At ratio 1, where the first step stands, the gradient is −A / N.",
    "比值为 1（第一步）时，梯度为 −A / N。",
)
def test_first_step(candidate):
    for dtype in (torch.float64, torch.float32):
        compare(candidate, *of_ratios([1.0] * 4, [1.0, -2.0, 0.5, 0.0], dtype, old=-2.0))
        compare(candidate, *of_ratios([1.0], [3.0], dtype, old=-2.0))


@check(
    "The bounds are 1 − clip and 1 + clip; clip is 0.2 by default.",
    "上下界是 1 − clip 与 1 + clip；clip 默认 0.2。",
)
def test_bounds(candidate):
    ratios = [0.05, 0.45, 0.55, 0.79, 0.81, 0.87, 0.93, 1.07, 1.13, 1.19, 1.21, 1.45, 1.55, 4.0]
    for sign in (1.0, -1.0):
        for clip in (None, 0.1, 0.3, 0.5, 0.9):
            compare(candidate, *of_ratios(ratios, [sign] * len(ratios)), clip)


@check(
    "A ratio far above 1 is not held where the minimum takes it, nor one far below.",
    "比值远大于或远小于 1 时，取最小值选中的比值不受限制。",
)
def test_far_ratios(candidate):
    for ratio in (50.0, 2e5, 1e-3, 1e-6):
        for advantage in (1.0, -1.0):
            compare(candidate, *of_ratios([ratio], [advantage], old=-20.0))
    compare(candidate, *of_ratios([2e5, 0.5], [-1.0, 2.0], torch.float32, old=-20.0))


@check(
    "Any shape, a single number included; the mean is over all elements.",
    "任意形状，包括单个数；对所有元素求平均。",
)
def test_shapes(candidate):
    for i, shape in enumerate([(), (1,), (5,), (2, 3), (3, 1, 2), (2, 2, 2, 2)]):
        source = Source(i)
        old = source.tensor(*shape, kind="negative")
        compare(candidate, old + source.tensor(*shape) * 0.4, old, source.tensor(*shape))


@check(
    "Advantages are used as they are, all of one sign or all equal too.",
    "优势原样使用，全部同号或全部相等时也一样。",
)
def test_advantages_as_they_are(candidate):
    for advantages in ([1.0, 1.0, 1.0], [5.0, 6.0, 7.0], [-0.5, -0.25, -3.0], [0.0, 0.0, 0.0]):
        compare(candidate, *of_ratios([0.5, 1.1, 1.7], advantages))


@check(
    "Only the difference of the log-probabilities matters, however small they are.",
    "只有对数概率之差起作用，无论概率多小。",
)
def test_small_probabilities(candidate):
    for old in (-1e-3, -30.0, -800.0):
        compare(candidate, *of_ratios([0.5, 0.95, 1.1, 2.0], [1.0, -1.0, 2.0, -2.0], old=old))


@check(
    "Loss and gradient equal the definition on drawn log-probabilities and advantages.",
    "在随机的对数概率与优势上，损失与梯度等于定义。",
    source=sources(("normal", "positive", "negative", "ties")),
    shape=st.lists(st.integers(1, 4), max_size=3).map(tuple),
    spread=st.sampled_from([0.1, 0.4, 1.5]),
    clip=st.sampled_from([None, 0.1, 0.2, 0.35, 0.6]),
    examples=80,
)
def test_values(candidate, source, shape, spread, clip):
    old = source.tensor(*shape, kind="negative")
    new = old + source.tensor(*shape, kind="normal") * spread
    gap = (torch.exp(new.double() - old.double()) - 1).abs() - (0.2 if clip is None else clip)
    new = torch.where(gap.abs() < 1e-3, old, new)  # on a bound either slope would be right
    compare(candidate, new, old, source.tensor(*shape), clip)
