"""Averaging gradients over ranks: the step between backward and the optimiser (Li et al. 2020, §3.2.1)."""

import torch
import torch.distributed as dist
from torch import nn

BUCKET = 1 << 16  # elements


def all_reduce_gradients(model: nn.Module, world_size: int) -> None:
    """Make each parameter's .grad the mean over all ranks; one without a gradient stays without."""
    bucket: list[torch.Tensor] = []
    for parameter in model.parameters():
        if parameter.grad is not None:
            bucket.append(parameter.grad)
        if sum(grad.numel() for grad in bucket) >= BUCKET:
            flat = torch.cat([grad.flatten() for grad in bucket])
            dist.all_reduce(flat)
            for grad, piece in zip(bucket, flat.split([grad.numel() for grad in bucket]), strict=True):
                grad.copy_(piece.view_as(grad) / world_size)
            bucket = []
