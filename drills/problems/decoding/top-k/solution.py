"""Top-k filtering (Fan et al. 2018; Holtzman et al. 2020, §3.2)."""

import numpy as np


def top_k_filter(logits: np.ndarray, k: int) -> np.ndarray:
    """Keep the min(k, V) largest logits of each row, ties to the lower index; the others become -inf."""
    order = np.argsort(-logits, axis=-1, kind="stable")  # (..., V), largest first
    best = order[..., :k]  # (..., min(k, V))
    out = np.full_like(logits, -np.inf)
    np.put_along_axis(out, best, np.take_along_axis(logits, best, axis=-1), axis=-1)
    return out
