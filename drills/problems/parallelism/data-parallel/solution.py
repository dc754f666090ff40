"""Averaging gradients over ranks: the step between backward and the optimiser (Li et al. 2020, §3.2.1)."""

import torch.distributed as dist
from torch import nn


def all_reduce_gradients(model: nn.Module, world_size: int) -> None:
    """Make each parameter's .grad the mean over all ranks; one without a gradient stays without."""
    for parameter in model.parameters():  # in the same order on every rank, or they would wait for each other
        if parameter.grad is not None:
            dist.all_reduce(parameter.grad, op=dist.ReduceOp.SUM)
            parameter.grad /= world_size
