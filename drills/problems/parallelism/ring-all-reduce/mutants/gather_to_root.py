"""Mutant: rank 0 gathers, adds and sends the sum back."""

import numpy as np


def ring_all_reduce(buffers: list[np.ndarray]) -> tuple[list[np.ndarray], list[int]]:
    """Return each rank's copy of the sum, and the number of elements each rank sent."""
    p, n = len(buffers), buffers[0].size
    total = buffers[0].copy()
    for buffer in buffers[1:]:
        total += buffer
    return [total.copy() for _ in range(p)], [(p - 1) * n] + [n] * (p - 1)
