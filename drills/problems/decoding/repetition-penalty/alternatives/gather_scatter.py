"""Gather, scale, scatter, as with tensors: a repeated token gets the same value written twice."""

import numpy as np


def apply_repetition_penalty(logits, token_ids, penalty):
    if penalty <= 0:
        raise ValueError("penalty")
    rows = np.arange(len(logits))[:, None]  # (B, 1)
    scores = logits[rows, token_ids].astype(np.float64)  # (B, T)
    scores *= np.power(float(penalty), -np.sign(scores))
    out = np.array(logits)
    out[rows, token_ids] = scores
    return out
