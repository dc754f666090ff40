import numpy as np


def top_k_filter(logits, k):
    kth = np.sort(logits, axis=-1)[..., -min(k, logits.shape[-1]), None]
    return np.where(logits >= kth, logits, -np.inf).astype(logits.dtype)
