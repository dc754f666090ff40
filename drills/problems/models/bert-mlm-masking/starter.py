"""BERT's masking for masked language modelling (MLM)."""

import numpy as np


def mask_tokens(
    ids: np.ndarray,
    rng: np.random.Generator,
    mask_id: int,
    vocab_size: int,
    special_ids: list[int],
    probability: float = 0.15,
) -> tuple[np.ndarray, np.ndarray]:
    """Return (inputs, labels), both (B, T) int64.

    ids: (B, T) int64. labels hold the original id where a token was chosen and -100 elsewhere; inputs hold
    mask_id, a random id or the original id at the chosen places and the original id elsewhere.
    """
    raise NotImplementedError
