"""One-hot encoding by rows of the identity matrix."""

import numpy as np


def one_hot(ids, num_classes, ignore_index=None):
    ids = np.asarray(ids)
    if np.any(ids >= num_classes):
        raise ValueError("an id is too large")
    out = np.eye(num_classes, dtype=np.float32)[np.where(ids < -num_classes, 0, ids)]
    if ignore_index is not None:
        out[ids == ignore_index] = 0
    return out
