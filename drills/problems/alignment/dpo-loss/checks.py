"""Checks of `dpo-loss`: Python's own floats, one pair at a time, are the specification."""

import math

import torch
from hypothesis import strategies as st

from drills.checking import assert_close, check, gradients
from drills.strategies import sizes, sources

NAMES = ("policy_chosen", "policy_rejected", "ref_chosen", "ref_rejected")


def oracle(values, beta):
    """The loss of each pair, and its derivative with respect to the margin."""
    losses, slopes = [], []
    for chosen, rejected, ref_chosen, ref_rejected in zip(*(value.tolist() for value in values), strict=True):
        z = beta * math.fsum([chosen, -rejected, -ref_chosen, ref_rejected])
        tail = math.exp(-abs(z))
        losses.append(max(-z, 0.0) + math.log1p(tail))
        slopes.append(-beta * (tail if z > 0 else 1.0) / (1.0 + tail))
    return torch.tensor(losses, dtype=torch.float64), torch.tensor(slopes, dtype=torch.float64)


def compare(candidate, values, beta=None):
    """Losses and gradients of the policy's log-probabilities against the definition."""
    options = {} if beta is None else {"beta": beta}
    beta = 0.1 if beta is None else beta
    chosen, rejected, *reference = values
    dtype = chosen.dtype
    losses, slopes = oracle(values, beta)
    # the four terms may be added in any order: a few roundings of the largest, times beta
    unit = torch.finfo(dtype).eps
    rounding = 8 * unit * beta * max(float(value.abs().max()) for value in values)
    # softplus is allowed to call log(1 + e^z) z from z = 20 on, and beta may be rounded to float32
    tolerance = {"rtol": max(100 * unit, 1e-6), "atol": rounding + 10 * unit}
    assert_close(candidate.dpo_loss(*values, **options), losses, dtype=dtype, **tolerance)

    mine = {
        "policy_chosen": chosen.clone().requires_grad_(),
        "policy_rejected": rejected.clone().requires_grad_(),
    }
    grad_out = torch.linspace(0.5, 2.0, len(losses), dtype=dtype)
    got = candidate.dpo_loss(*mine.values(), *reference, **options)
    found = gradients(got, grad_out, **mine)
    want = {"policy_chosen": slopes * grad_out, "policy_rejected": -slopes * grad_out}
    tolerance["atol"] = 4 * beta * (rounding + 10 * unit)
    for name, value in want.items():
        assert_close(found[name], value, dtype=dtype, name=f"grad {name}", **tolerance)


def pairs(*rows, dtype=torch.float64):
    """Four tensors from rows of four numbers."""
    return list(torch.tensor(rows, dtype=dtype).T.contiguous())


@check("The example worked by hand: margin 2, β = 0.5.", "手算例子：差值 2，β = 0.5。")
def test_by_hand(candidate):
    values = pairs([-1.0, -3.0, -2.0, -2.0])
    assert_close(
        candidate.dpo_loss(*values, beta=0.5), torch.tensor([math.log1p(math.exp(-1))], dtype=torch.float64)
    )
    compare(candidate, pairs([-2.0, -1.0, -2.5, -4.0]), 0.5)


@check(
    "Each of the four log-probabilities counts, with its own sign; β is 0.1 by default.",
    "四个对数概率各以自己的符号起作用；β 默认是 0.1。",
)
def test_each_argument_counts(candidate):
    compare(candidate, pairs([3.0, 0, 0, 0], [0, 3.0, 0, 0], [0, 0, 3.0, 0], [0, 0, 0, 3.0], [0, 0, 0, 0]))


@check("One loss for each pair, for a single pair too.", "每一对一个损失，只有一对时也一样。")
def test_one_loss_per_pair(candidate):
    for size in (1, 2, 5):
        compare(candidate, pairs(*([-float(i), -2.0 * i - 1, -0.5, -1.5] for i in range(size))))


@check("Margins of ±1e4 give finite losses and gradients.", "差值达到 ±1e4 时，损失与梯度都有限且正确。")
def test_large_margins(candidate):
    rows = [[0, -1e4, 0, 0], [-1e4, 0, 0, 0], [-1e4, -5.0, -7.0, -1e4], [-300.0, 0, 0, 0], [0, -300.0, 0, 0]]
    for dtype in (torch.float64, torch.float32):
        for beta in (None, 1.0):
            compare(candidate, pairs(*rows, dtype=dtype), beta)


@check(
    "Losses and gradients equal the definition on drawn log-probabilities and β.",
    "在随机的对数概率与 β 上，损失与梯度等于定义。",
    source=sources(("normal", "negative", "ties")),
    spread=st.sampled_from([1.0, 30.0, 1000.0]),
    size=sizes(1, 6),
    beta=st.sampled_from([None, 0.01, 0.1, 0.5, 1, 2.0]),
    examples=80,
)
def test_values(candidate, source, spread, size, beta):
    compare(candidate, [source.tensor(size) * spread for _ in NAMES], beta)
