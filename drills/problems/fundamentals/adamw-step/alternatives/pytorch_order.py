"""In PyTorch's order: decay by multiplying first, the corrections folded into scalars."""

import math

import numpy as np


def adamw_step(param, grad, m, v, t, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    b1, b2 = betas
    p = param * (1 - lr * weight_decay)
    m = m + (grad - m) * (1 - b1)
    v = v * b2 + grad * grad * (1 - b2)
    denominator = np.sqrt(v) / math.sqrt(1 - b2**t) + eps
    p = p - (lr / (1 - b1**t)) * (m / denominator)
    return p.astype(param.dtype), m.astype(param.dtype), v.astype(param.dtype)
