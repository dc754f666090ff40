"""Clips each array alone."""

import numpy as np


def clip_grad_norm(grads, max_norm):
    total = float(np.sqrt(sum(np.sum(np.square(g, dtype=np.float64)) for g in grads)))
    out = []
    for g in grads:
        norm = float(np.sqrt(np.sum(np.square(g, dtype=np.float64))))
        out.append((g * min(1.0, max_norm / norm)).astype(g.dtype) if norm else g.copy())
    return out, total
