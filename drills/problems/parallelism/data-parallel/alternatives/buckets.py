"""One flat buffer a dtype, sent at once, as DDP's buckets are."""

import torch
import torch.distributed as dist


def all_reduce_gradients(model, world_size):
    buckets = {}
    for parameter in model.parameters():
        if parameter.grad is not None:
            buckets.setdefault(parameter.grad.dtype, []).append(parameter)
    for parameters in buckets.values():
        flat = torch.cat([parameter.grad.reshape(-1) for parameter in parameters])
        dist.all_reduce(flat)
        flat.div_(world_size)
        pieces = flat.split([parameter.numel() for parameter in parameters])
        for parameter, piece in zip(parameters, pieces, strict=True):
            parameter.grad.copy_(piece.view_as(parameter))
