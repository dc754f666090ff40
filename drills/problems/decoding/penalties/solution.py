"""Frequency and presence penalties, as in the OpenAI API."""

import numpy as np


def apply_penalties(
    logits: np.ndarray,
    token_ids: np.ndarray,
    frequency_penalty: float = 0.0,
    presence_penalty: float = 0.0,
) -> np.ndarray:
    """Return logits − frequency_penalty · count − presence_penalty · [count > 0] for each token."""
    counts = np.bincount(token_ids, minlength=len(logits))  # (V,)
    penalty = frequency_penalty * counts + presence_penalty * (counts > 0)  # (V,)
    return (logits - penalty).astype(logits.dtype)
