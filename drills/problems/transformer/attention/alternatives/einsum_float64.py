"""einsum, computed in float64 throughout and cast back at the end."""

import numpy as np


def attention(q, k, v, mask=None):
    scores = np.einsum("...qd,...kd->...qk", q.astype(np.float64), k.astype(np.float64)) * q.shape[-1] ** -0.5
    if mask is not None:
        scores = np.where(np.broadcast_to(mask, scores.shape), scores, -1e300)
    scores -= scores.max(axis=-1, keepdims=True)
    weights = np.exp(scores)
    if mask is not None:
        weights = weights * mask
    norm = weights.sum(axis=-1, keepdims=True)
    weights = np.divide(weights, norm, out=np.zeros_like(weights), where=norm > 0)
    return np.einsum("...qk,...kv->...qv", weights, v.astype(np.float64)).astype(q.dtype)
