"""Ring all-reduce: sum a vector over all ranks, with chunks that travel round a ring."""

import numpy as np


def ring_all_reduce(buffers: list[np.ndarray]) -> tuple[list[np.ndarray], list[int]]:
    """Return what each rank holds after the all-reduce, and how many elements each rank sent.

    buffers[r]: (n,), the vector of rank r. results[r]: (n,), the sum over all ranks, in the same dtype.
    sent[r]: elements that rank r passed on to its neighbour, over reduce-scatter and all-gather together.
    """
    raise NotImplementedError
