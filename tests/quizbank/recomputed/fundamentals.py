"""Fundamentals: the framework's own loss, optimiser and gradients, and a schedule by the textbook's cosine."""

from __future__ import annotations

import math

from . import recomputes


@recomputes("softmax-applied-twice")
def loss_of_a_certain_probability(k: int) -> float:
    import torch

    certain = torch.zeros(1, k, dtype=torch.float64)
    certain[0, 0] = 1
    return float(torch.nn.functional.cross_entropy(certain, torch.tensor([0])))


@recomputes("adam-first-step-uncorrected")
def first_step_of_a_loop(b1: float, b2: float) -> float:
    gradient, m, v = -0.3, 0.0, 0.0
    m = b1 * m + (1 - b1) * gradient
    v = b2 * v + (1 - b2) * gradient * gradient
    return abs(m / math.sqrt(v))


@recomputes("warmup-cosine-value")
def rate_by_the_cosine(w: int, total: int, t: int, peak: int, low: int) -> float:
    return low + 0.5 * (peak - low) * (1 + math.cos(math.pi * (t - w) / (total - w)))


@recomputes("one-sgd-step-by-hand")
def step_by_autograd(w: float, b: int, x: int, y: int, lr: float) -> float:
    import torch

    weight = torch.tensor(float(w), dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.SGD([weight], lr=lr)
    ((weight * x + b - y) ** 2).backward()
    optimiser.step()
    return float(weight.detach())


@recomputes("variance-through-relu-layers")
def variance_by_quadrature(g: float, n: int) -> float:
    """E[relu(z)²] of a normal z by Gauss-Hermite quadrature, layer after layer."""
    import numpy as np

    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    weights = weights / weights.sum()
    variance = 1.0
    for _ in range(n - 1):
        variance = g * float(weights @ np.maximum(nodes * math.sqrt(variance), 0) ** 2)
    return variance


@recomputes("sigmoid-chain-bound")
def gradient_with_the_best_biases(w: int, n: int) -> float:
    """Biases that put every pre-activation at 0, differentiated by autograd."""
    import torch

    first = torch.tensor(0.3, dtype=torch.float64, requires_grad=True)
    h = first
    for _ in range(n):
        h = torch.sigmoid(w * h - w * h.detach())
    h.backward()
    assert first.grad is not None
    return float(first.grad)
