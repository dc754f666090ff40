"""Top-p (nucleus) filtering (Holtzman et al. 2020, §3.1)."""

import numpy as np


def top_p_filter(probs: np.ndarray, p: float) -> np.ndarray:
    """Keep the smallest set of most likely tokens whose sum is ≥ p, renormalised; the others get 0."""
    if p >= 1:
        return probs.copy()  # rounding may bring a cumulative sum to 1 too early
    order = np.argsort(-probs, axis=-1, kind="stable")  # (..., V), ties to the lower index
    ranked = np.take_along_axis(probs, order, axis=-1)  # most likely first
    ahead = ranked.cumsum(axis=-1) - ranked  # mass of the tokens ranked higher
    kept = ranked * (ahead < p)  # the token that reaches p is the last to stay
    out = np.empty_like(probs)
    np.put_along_axis(out, order, kept, axis=-1)  # back to the vocabulary's order
    return out / out.sum(axis=-1, keepdims=True)
