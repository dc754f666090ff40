"""Every rank gathers all gradients and takes the mean by itself."""

import torch
import torch.distributed as dist


def all_reduce_gradients(model, world_size):
    with torch.no_grad():
        for _, parameter in sorted(model.named_parameters()):
            mine = parameter.grad
            if mine is None:
                continue
            all_of_them = [torch.empty_like(mine) for _ in range(world_size)]
            dist.all_gather(all_of_them, mine)
            parameter.grad = torch.stack(all_of_them).sum(dim=0) / world_size
