"""Padding a batch."""

import numpy as np


def pad_batch(
    sequences: list[list[int]], pad_id: int, max_length: int | None = None, side: str = "right"
) -> tuple[np.ndarray, np.ndarray]:
    """Return (ids, mask) for sequences of different lengths, empty ones included.

    Truncates to max_length (keeping the start), pads to the longest that is left, on `side` ("right" or "left").
    ids: (B, T) int64; mask: (B, T) bool, True on real tokens.
    """
    raise NotImplementedError
