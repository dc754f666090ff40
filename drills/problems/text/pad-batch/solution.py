"""A batch of token ids with its padding mask."""

import numpy as np


def pad_batch(
    sequences: list[list[int]], pad_id: int, max_length: int | None = None, side: str = "right"
) -> tuple[np.ndarray, np.ndarray]:
    """Cut, measure what is left, and fill; the mask comes from the lengths, as pad_id may be a real token."""
    cut = [sequence[:max_length] for sequence in sequences]
    longest = max(len(sequence) for sequence in cut)
    ids = np.full((len(cut), longest), pad_id, dtype=np.int64)
    mask = np.zeros((len(cut), longest), dtype=bool)
    for row, sequence in enumerate(cut):
        start = 0 if side == "right" else longest - len(sequence)
        ids[row, start : start + len(sequence)] = sequence
        mask[row, start : start + len(sequence)] = True
    return ids, mask
