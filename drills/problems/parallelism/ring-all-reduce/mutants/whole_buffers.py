"""Mutant: whole buffers go round the ring instead of chunks."""

import numpy as np


def ring_all_reduce(buffers: list[np.ndarray]) -> tuple[list[np.ndarray], list[int]]:
    """Return each rank's copy of the sum, and the number of elements each rank sent."""
    p = len(buffers)
    totals = [buffer.copy() for buffer in buffers]
    travelling = list(buffers)
    sent = [0] * p
    for _ in range(p - 1):
        for rank in range(p):
            sent[rank] += travelling[rank].size
        travelling = [travelling[rank - 1] for rank in range(p)]
        totals = [total + buffer for total, buffer in zip(totals, travelling, strict=True)]
    return totals, sent
