"""As one flat vector."""

import numpy as np


def clip_grad_norm(grads, max_norm):
    flat = np.concatenate([g.reshape(-1) for g in grads])
    norm = np.linalg.norm(flat)
    factor = min(1.0, max_norm / (norm + 1e-6)) if norm > max_norm else 1.0
    return [g if factor == 1.0 else g * g.dtype.type(factor) for g in grads], norm
