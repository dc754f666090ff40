"""In place, on float64 copies."""

import numpy as np


def adamw_step(param, grad, m, v, t, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    dtype = param.dtype
    p, g, m, v = (np.array(x, dtype=np.float64) for x in (param, grad, m, v))
    m *= betas[0]
    m += (1.0 - betas[0]) * g
    v *= betas[1]
    v += (1.0 - betas[1]) * g * g
    update = (m / (1.0 - betas[0] ** t)) / (np.sqrt(v / (1.0 - betas[1] ** t)) + eps)
    p -= lr * (update + weight_decay * p)
    return p.astype(dtype), m.astype(dtype), v.astype(dtype)
