"""Rank r takes every world_size-th hidden unit; einsum, one function for a rank."""

import numpy as np


def one_rank(x, w1, w2):
    hidden = np.einsum("...d,fd->...f", x, w1)
    hidden = hidden * (hidden > 0)
    return np.einsum("...f,df->...d", hidden, w2)


def tensor_parallel_mlp(x, w1, w2, world_size, all_reduce):
    return all_reduce([one_rank(x, w1[r::world_size], w2[:, r::world_size]) for r in range(world_size)])
