"""Clips by value."""

import numpy as np


def clip_grad_norm(grads, max_norm):
    total = float(np.sqrt(sum(np.sum(np.square(g, dtype=np.float64)) for g in grads)))
    return [np.clip(g, -max_norm, max_norm).astype(g.dtype) for g in grads], total
