"""LOMO (Lv et al. 2023, §3.2): SGD fused with the backward pass, which never holds more than one gradient."""

import torch
from torch import Tensor, nn


def lomo_step(model: nn.Module, loss: Tensor, lr: float, max_norm: float | None = None) -> float:
    """Update the parameters in place; returns the global norm of the gradients before clipping."""
    params = [p for p in model.parameters() if p.requires_grad]
    if max_norm is None:
        return backward(params, loss, lr)
    norm = backward(params, loss, 0.0, retain_graph=True)  # the norm is known only at the end of a pass
    backward(params, loss, lr * min(1.0, max_norm / max(norm, 1e-12)))
    return norm


def backward(params: list[nn.Parameter], loss: Tensor, rate: float, retain_graph: bool = False) -> float:
    """One backward pass that uses up each gradient as it arrives; returns their global norm."""
    squares = 0.0

    @torch.no_grad()
    def use(p: Tensor) -> None:
        nonlocal squares
        squares += p.grad.square().sum().item()
        if rate:
            p.sub_(rate * p.grad)  # nothing further down reads p: its gradient is complete
        p.grad = None

    hooks = [p.register_post_accumulate_grad_hook(use) for p in params]
    loss.backward(retain_graph=retain_graph)
    for hook in hooks:
        hook.remove()
    return squares**0.5
