"""All transfers started first, last layers first; waited for afterwards."""

import torch.distributed as dist


def all_reduce_gradients(model, world_size):
    gradients = [parameter.grad for parameter in model.parameters() if parameter.grad is not None]
    for gradient in gradients:
        gradient.mul_(1 / world_size)
    for work in [dist.all_reduce(gradient, async_op=True) for gradient in reversed(gradients)]:
        work.wait()
