"""An MLP under tensor parallelism (Megatron-LM, §3): first layer by columns, second by rows."""

from collections.abc import Callable

import numpy as np


def tensor_parallel_mlp(
    x: np.ndarray,
    w1: np.ndarray,
    w2: np.ndarray,
    world_size: int,
    all_reduce: Callable[[list[np.ndarray]], np.ndarray],
) -> np.ndarray:
    """Return ReLU(x w1ᵀ) w2ᵀ with one all-reduce; x: (..., D), w1: (F, D), w2: (D, F)."""
    partials = []
    w1_shards = np.array_split(w1, world_size, axis=0)  # (F_r, D): outputs of the first layer
    w2_shards = np.array_split(w2, world_size, axis=1)  # (D, F_r): inputs of the second
    for w1_r, w2_r in zip(w1_shards, w2_shards, strict=True):  # what each rank does by itself
        hidden = np.maximum(x @ w1_r.T, 0)  # (..., F_r)
        partials.append(hidden @ w2_r.T)  # (..., D)
    return all_reduce(partials)
