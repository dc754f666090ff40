"""As PyTorch writes it: the coefficient is clamped to 1 and always applied."""

import numpy as np


def clip_grad_norm(grads, max_norm):
    total_norm = np.linalg.norm(np.array([np.linalg.norm(g) for g in grads]))
    clip_coef = max_norm / (total_norm + 1e-6)
    clip_coef_clamped = min(clip_coef, 1.0)
    return [(g * clip_coef_clamped).astype(g.dtype) for g in grads], total_norm
