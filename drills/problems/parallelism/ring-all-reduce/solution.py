"""Ring all-reduce: reduce-scatter, then all-gather (Patarasuk and Yuan 2009)."""

import numpy as np


def ring_all_reduce(buffers: list[np.ndarray]) -> tuple[list[np.ndarray], list[int]]:
    """Return each rank's copy of the sum, and the number of elements each rank sent."""
    p = len(buffers)
    chunks = [np.array_split(buffer.copy(), p) for buffer in buffers]  # chunks[rank][c], views of a copy
    sent = [0] * p
    for step in range(p - 1):  # reduce-scatter: rank r passes chunk r − step on, its neighbour adds it
        for rank in range(p):
            c = (rank - step) % p
            chunks[(rank + 1) % p][c] += chunks[rank][c]
            sent[rank] += chunks[rank][c].size
    for step in range(p - 1):  # all-gather: rank r owns the whole sum of chunk r + 1 and passes it on
        for rank in range(p):
            c = (rank + 1 - step) % p
            chunks[(rank + 1) % p][c][:] = chunks[rank][c]
            sent[rank] += chunks[rank][c].size
    return [np.concatenate(own) for own in chunks], sent
