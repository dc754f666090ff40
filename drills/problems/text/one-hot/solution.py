"""One-hot encoding that refuses ids it does not know."""

import numpy as np


def one_hot(ids: np.ndarray, num_classes: int, ignore_index: int | None = None) -> np.ndarray:
    """Return the one-hot rows of `ids`, (..., num_classes) float32; zeros where an id is `ignore_index`."""
    counts = np.ones(ids.shape, dtype=bool) if ignore_index is None else ids != ignore_index
    outside = (ids < 0) | (ids >= num_classes)
    if np.any(outside & counts):
        raise ValueError(f"an id lies outside 0 … {num_classes - 1}")
    hit = ids[..., None] == np.arange(num_classes)  # (..., C)
    return (hit & counts[..., None]).astype(np.float32)
