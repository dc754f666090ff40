"""Recurrent networks: PyTorch's own modules counted, ticks and products run through."""

from __future__ import annotations

import math

from . import recomputes


@recomputes("stacked-lstm-critical-path")
def ticks_until_the_last_cell(l: int, t: int) -> float:
    column = [0] * l
    for _step in range(t):
        for layer in range(l):
            below = column[layer - 1] if layer else 0
            column[layer] = max(column[layer], below) + 1
    return float(column[-1])


@recomputes("lstm-parameter-count")
def parameters_of_a_real_lstm(i: int, h: int) -> float:
    import torch

    return float(sum(p.numel() for p in torch.nn.LSTM(i, h, device="meta").parameters()))


@recomputes("lstm-forget-bias-retention")
def content_step_by_step(b: int, t: int) -> float:
    cell = 100.0
    for _ in range(t):
        cell *= (1 + math.tanh(b / 2)) / 2  # the sigmoid, by way of tanh
    return cell


@recomputes("rnn-gradient-bound")
def gradient_at_its_steepest(w: float, t: int) -> float:
    """Inputs that hold every state at 0, where tanh' is 1: the bound is reached. By autograd."""
    import torch

    first = torch.zeros((), dtype=torch.float64, requires_grad=True)
    h = first
    for _ in range(t):
        h = torch.tanh(w * h)
    h.backward()
    assert first.grad is not None
    return float(first.grad)


@recomputes("bidirectional-gru-parameters")
def parameters_of_a_real_gru(i: int, h: int) -> float:
    import torch

    layer = torch.nn.GRU(i, h, num_layers=2, bidirectional=True, device="meta")
    return float(sum(p.numel() for p in layer.parameters()))
