"""Alignment: groups normalised whole, distributions summed, ratios of probabilities."""

from __future__ import annotations

import math
import statistics
from functools import cache

from . import recomputes


@recomputes("grpo-advantage-of-a-rare-success")
def advantage_of_the_first(g: int, k: int) -> float:
    rewards = [1.0] * k + [0.0] * (g - k)
    return (rewards[0] - statistics.fmean(rewards)) / statistics.pstdev(rewards)


@cache
def gauss_legendre():
    import numpy as np

    return np.polynomial.legendre.leggauss(400)


@recomputes("best-of-n-kl")
def kl_by_integration(n: int) -> float:
    """Best of n has the density n·u^(n−1) over the quantile u of the reward; the integral by Gauss-Legendre."""
    import numpy as np

    nodes, weights = gauss_legendre()
    u = (nodes + 1) / 2
    density = n * u ** (n - 1)
    return float(np.sum(weights / 2 * density * np.log(np.maximum(density, 1e-300))))


@recomputes("rlhf-kl-penalised-reward")
def reward_by_the_ratio(score: float, logp: int, logp_ref: int, beta: float) -> float:
    """score − log of (π / π_ref)^β, the ratio taken as a probability."""
    return score - math.log(math.exp(logp - logp_ref) ** beta)
