"""Checks of `info-nce`: Python's own floats, one pair at a time, are the specification; gradients by hand."""

import math

import torch
from hypothesis import strategies as st

from drills.checking import assert_close, check, gradients
from drills.strategies import Source, sizes, sources


def oracle(queries, keys, temperature):
    """The loss and the gradients of queries and keys, in float64."""
    q, k = queries.tolist(), keys.tolist()
    q_norm, k_norm = ([math.sqrt(math.fsum(x * x for x in row)) for row in rows] for rows in (q, k))
    size, depth = queries.shape
    grads = torch.zeros(2, size, depth, dtype=torch.float64)
    losses = []
    for i in range(size):
        cosines = [
            math.fsum(a * b for a, b in zip(q[i], k[j], strict=True)) / (q_norm[i] * k_norm[j])
            for j in range(size)
        ]
        margins = [(cosine - cosines[i]) / temperature for cosine in cosines]
        top = max(margins)
        total = math.fsum(math.exp(margin - top) for margin in margins)
        losses.append(top + math.log(total))
        for j in range(size):
            slope = (math.exp(margins[j] - top) / total - (i == j)) / (temperature * size)
            for d in range(depth):
                a, b = q[i][d] / q_norm[i], k[j][d] / k_norm[j]
                grads[0, i, d] += slope * (b - cosines[j] * a) / q_norm[i]
                grads[1, j, d] += slope * (a - cosines[j] * b) / k_norm[j]
    return torch.tensor(math.fsum(losses) / size, dtype=torch.float64), grads


def compare(candidate, queries, keys, temperature=None):
    """Loss and gradients against the definition; the rounding of a cosine is divided by the temperature."""
    options = {} if temperature is None else {"temperature": temperature}
    tau = 0.07 if temperature is None else temperature
    loss, grads = oracle(queries, keys, tau)
    dtype = queries.dtype
    # in float64 far above the rounding, so that an eps beside the norm is no mistake
    unit = 1e-6 if dtype == torch.float32 else 1e-8
    sharp = unit * (1 + 1 / tau)
    assert_close(
        candidate.info_nce(queries, keys, **options), loss, dtype=dtype, rtol=10 * unit, atol=2 * sharp
    )
    leaves = {"queries": queries.clone().requires_grad_(), "keys": keys.clone().requires_grad_()}
    got = candidate.info_nce(*leaves.values(), **options)
    found = gradients(got, torch.ones((), dtype=dtype), **leaves)
    for name, want in zip(leaves, grads, strict=True):
        # an error of `sharp` in the logits, times the slope of a logit, 1 / (tau · length)
        shortest = float(leaves[name].detach().double().norm(dim=1).min())
        atol = 8 * sharp / (tau * shortest)
        assert_close(found[name], want, dtype=dtype, rtol=10 * unit, atol=atol, name=f"grad {name}")


def vectors(*rows, dtype=torch.float64):
    return torch.tensor(rows, dtype=dtype)


def draw(source, size, depth):
    """Vectors that are not short: the direction of a short one is mostly rounding."""
    rows = source.tensor(size, depth)
    return rows + torch.where(rows >= 0, 0.3, -0.3).to(rows.dtype)


@check("Two queries and two keys, worked by hand.", "两个查询、两个 key 的手算例子。")
def test_by_hand(candidate):
    queries, keys = vectors([3, 4], [0, 2]), vectors([6, 8], [4, 3])
    want = (math.log1p(math.exp(-0.08)) + math.log1p(math.exp(0.4))) / 2
    assert_close(candidate.info_nce(queries, keys, 0.5), torch.tensor(want, dtype=torch.float64), rtol=1e-7)
    compare(candidate, queries, keys, 0.5)


@check("From queries to keys, not the other way.", "方向是从查询到 key，不是反过来。")
def test_direction(candidate):
    queries, keys = vectors([1, 0], [1, 0.1], [1, -0.1]), vectors([1, 0], [0, 1], [0, -1])
    compare(candidate, queries, keys, 0.5)
    compare(candidate, keys, queries, 0.5)


@check("The lengths of the vectors do not matter.", "向量的长度不影响结果。")
def test_lengths(candidate):
    source = Source(1)
    queries, keys = draw(source, 4, 3), draw(source, 4, 3)
    lengths = vectors([0.1], [1], [5], [100])
    compare(candidate, queries * lengths, keys, 0.5)
    compare(candidate, queries, keys * lengths, 0.5)
    compare(candidate, queries * 30, keys / 3)


@check("The temperature is 0.07 by default, and divides.", "温度默认 0.07，而且是除以它。")
def test_temperature(candidate):
    source = Source(2)
    queries, keys = draw(source, 3, 4), draw(source, 3, 4)
    for temperature in (None, 0.07, 0.5, 1.0, 5.0):
        compare(candidate, queries, keys, temperature)


@check("A single pair has no negatives: the loss is 0.", "只有一对时没有负例，损失为 0。")
def test_single_pair(candidate):
    for dtype in (torch.float64, torch.float32):
        compare(candidate, vectors([1, 2, 2], dtype=dtype), vectors([-2, 1, 3], dtype=dtype))


@check(
    "The positive counts in the denominator; equal keys share the mass.",
    "分母包括正例；相同的 key 平分概率。",
)
def test_equal_keys(candidate):
    keys = vectors([1, 2], [1, 2], [1, 2], [1, 2])
    compare(candidate, vectors([1, 0], [0, 1], [3, 1], [-1, 1]), keys)  # ln 4 whatever the query
    compare(candidate, keys, keys, 0.2)


@check("A temperature of 0.001 gives a finite loss.", "温度为 0.001 时损失有限。")
def test_low_temperature(candidate):
    for dtype in (torch.float64, torch.float32):
        queries, keys = (
            vectors([1, 0], [0, 2], [-1, 0], dtype=dtype),
            vectors([0, 1], [0, 1], [1, 0], dtype=dtype),
        )
        for temperature in (0.01, 0.001):
            compare(candidate, queries, keys, temperature)
            compare(candidate, keys, keys, temperature)


@check(
    "Loss and gradients equal the definition on drawn embeddings.",
    "在随机向量上，损失与梯度等于定义。",
    source=sources(("normal", "ties", "positive")),
    size=sizes(1, 6),
    depth=sizes(1, 6),
    temperature=st.sampled_from([None, 0.05, 0.2, 1.0, 3.0]),
    examples=60,
)
def test_values(candidate, source, size, depth, temperature):
    compare(candidate, draw(source, size, depth), draw(source, size, depth), temperature)
