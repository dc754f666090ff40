"""The norm of the arrays' norms, as PyTorch has it."""

import numpy as np


def clip_grad_norm(grads, max_norm):
    total = np.linalg.norm([np.linalg.norm(g.ravel()) for g in grads])
    coefficient = np.clip(max_norm / max(total, 1e-30), None, 1.0)
    return [(g * coefficient).astype(g.dtype) for g in grads], total
