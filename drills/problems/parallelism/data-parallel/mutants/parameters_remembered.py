"""Averaging gradients over ranks: the step between backward and the optimiser (Li et al. 2020, §3.2.1)."""

import torch.distributed as dist
from torch import nn

_trained: dict[int, list[nn.Parameter]] = {}


def all_reduce_gradients(model: nn.Module, world_size: int) -> None:
    """Make each parameter's .grad the mean over all ranks; one without a gradient stays without."""
    if id(model) not in _trained:
        _trained[id(model)] = [parameter for parameter in model.parameters() if parameter.grad is not None]
    for parameter in _trained[id(model)]:
        if parameter.grad is not None:
            dist.all_reduce(parameter.grad, op=dist.ReduceOp.SUM)
            parameter.grad /= world_size
