"""Entry by entry."""

import math

import numpy as np


def adamw_step(param, grad, m, v, t, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    b1, b2 = betas
    new = [np.empty_like(param) for _ in range(3)]
    for i in np.ndindex(param.shape):
        g = float(grad[i])
        first = b1 * float(m[i]) + (1 - b1) * g
        second = b2 * float(v[i]) + (1 - b2) * g * g
        step = first / (1 - b1**t) / (math.sqrt(second / (1 - b2**t)) + eps)
        new[0][i] = float(param[i]) * (1 - lr * weight_decay) - lr * step
        new[1][i] = first
        new[2][i] = second
    return tuple(new)
