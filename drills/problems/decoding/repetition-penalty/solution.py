"""The repetition penalty of CTRL (Keskar et al. 2019, §4.1), negative logits treated as Hugging Face does."""

import numpy as np


def apply_repetition_penalty(logits: np.ndarray, token_ids: np.ndarray, penalty: float) -> np.ndarray:
    """Divide positive logits of tokens seen in their row by the penalty, multiply negative ones; (B, V)."""
    if penalty <= 0:
        raise ValueError("the penalty must be positive")
    seen = np.zeros(logits.shape, dtype=bool)  # (B, V)
    np.put_along_axis(seen, token_ids, True, axis=1)
    penalised = np.where(logits > 0, logits / penalty, logits * penalty)  # less likely on either side of 0
    return np.where(seen, penalised, logits).astype(logits.dtype)
