"""Averaging gradients over ranks: the step between backward and the optimiser (Li et al. 2020, §3.2.1)."""

import torch
import torch.distributed as dist
from torch import nn


def all_reduce_gradients(model: nn.Module, world_size: int) -> None:
    """Make each parameter's .grad the mean over all ranks; one without a gradient stays without."""
    grads = [parameter.grad for parameter in model.parameters() if parameter.grad is not None]
    if not grads:
        return
    flat = torch.cat([grad.flatten().float() for grad in grads])  # one buffer for all
    dist.all_reduce(flat, op=dist.ReduceOp.SUM)
    flat /= world_size
    for grad, piece in zip(grads, flat.split([grad.numel() for grad in grads]), strict=True):
        grad.copy_(piece.view_as(grad))
