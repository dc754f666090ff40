"""BERT's masking for masked language modelling (Devlin et al. 2018, §3.1 and appendix A.1)."""

import numpy as np


def mask_tokens(
    ids: np.ndarray,
    rng: np.random.Generator,
    mask_id: int,
    vocab_size: int,
    special_ids: list[int],
    probability: float = 0.15,
) -> tuple[np.ndarray, np.ndarray]:
    """Return (inputs, labels), both (B, T): 15 % chosen, of these 80 % masked, 10 % random, 10 % kept."""
    ordinary = ~np.isin(ids, special_ids)
    chosen = ordinary & (rng.random(ids.shape) < probability)  # (B, T)
    labels = np.where(chosen, ids, -100)  # the kept ones are predicted too

    order = rng.permutation(np.flatnonzero(chosen))
    fate = np.zeros(ids.size)
    fate[order] = np.arange(order.size) / max(order.size, 1)
    fate = fate.reshape(ids.shape)
    noise = rng.integers(0, vocab_size, ids.shape)
    inputs = np.where(chosen & (fate < 0.8), mask_id, ids)
    inputs = np.where(chosen & (fate >= 0.9), noise, inputs)
    return inputs, labels
