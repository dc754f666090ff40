"""LOMO: each parameter is updated inside the backward pass, and its gradient released at once."""

from torch import Tensor, nn


def lomo_step(model: nn.Module, loss: Tensor, lr: float, max_norm: float | None = None) -> float:
    """One step of SGD, fused with the backward pass; returns the gradients' global norm before clipping.

    At most one parameter's gradient is in memory at a time. With max_norm a first pass gathers the norm and changes nothing.
    Afterwards every p.grad is None and no hook is left.
    """
    raise NotImplementedError
