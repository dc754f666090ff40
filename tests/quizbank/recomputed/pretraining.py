"""Pretraining: budgets counted down, distributions written out, memory added up tensor by tensor."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from . import recomputes


@recomputes("mixture-weight-to-epochs")
def passes_over_the_source(total: int, size: int, weight: int) -> float:
    """Draws the source's share of every 100 tokens and starts it anew whenever it is used up."""
    unit = 1000  # tokens that stand for a billion
    whole, place = 0, 0
    for _ in range(total * unit // 100):
        place += weight
        if place >= size * unit:
            whole, place = whole + 1, place - size * unit
    return whole + place / (size * unit)


@recomputes("bits-per-byte-from-perplexity")
def bits_per_byte(size: int, tokens: int, ppl: int) -> float:
    """Code length of uniform choices among `ppl` tokens, in nats, turned into bits and spread over the bytes."""
    nats = -np.log(np.full(tokens * 1000, 1 / ppl)).sum()
    return float(nats / np.log(2.0) / (size * 1000))


@recomputes("benchmark-standard-error")
def spread_of_the_share(acc: int, n: int) -> float:
    """The standard deviation of the share of right answers, from the whole binomial distribution."""
    p = acc / 100
    chances = [math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]
    shares = [100 * k / n for k in range(n + 1)]
    mean = math.fsum(c * s for c, s in zip(chances, shares, strict=True))
    return math.sqrt(math.fsum(c * (s - mean) ** 2 for c, s in zip(chances, shares, strict=True)))


@recomputes("memory-peak-while-loading")
def peak_over_the_events(n: int, m: int, c: int) -> float:
    """Walks through the allocations of a model of ten tensors and keeps the highest sum."""
    tensors = [n * 10**8] * 10
    now = peak = 0
    for bytes_each in (m, c):  # the model, then the checkpoint
        for numbers in tensors:
            now += numbers * bytes_each
            peak = max(peak, now)
    return peak / 1e9


@recomputes("compute-optimal-size")
def size_that_uses_up_the_budget(m: int, k: int) -> float:
    """Halving: the largest model whose training on 20 tokens a parameter the budget pays for."""
    budget, low, high = float(f"{m}e{k}"), 0.0, 1e13
    for _ in range(200):
        size = (low + high) / 2
        forward, backward = 2 * size, 4 * size  # FLOPs a token
        low, high = (size, high) if (forward + backward) * (20 * size) <= budget else (low, size)
    return low / 1e9


@recomputes("accumulation-steps-for-a-token-batch")
def passes_until_the_batch_is_full(batch: int, gpus: int, micro: int, length: int) -> int:
    seen = passes = 0
    while seen < batch:
        seen += sum(length for _ in range(gpus) for _ in range(micro))
        passes += 1
    return passes


@recomputes("perplexity-of-uneven-batches")
def perplexity_token_by_token(n1: int, n2: int, l1: float, l2: float) -> float:
    """The reciprocal of the geometric mean of all token probabilities."""
    import numpy as np

    losses = np.concatenate([np.full(n1, l1), np.full(n2, l2)])
    return float(np.exp(-np.log(np.exp(-losses)).mean()))


@recomputes("training-days-from-6nd")
def days_run_through(n: int, t: int, gpus: int, mfu: int) -> float:
    """Tokens a day at the speed reached, then days."""
    flops_a_token = 2 * n * 10**9 + 4 * n * 10**9  # forward, backward
    tokens_a_day = Fraction(gpus * 989 * 10**12 * mfu * 86400, 100 * flops_a_token)
    return float(Fraction(t * 10**12) / tokens_a_day)
