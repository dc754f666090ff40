"""The logistic function by tanh, which never overflows."""

import numpy as np


def sgns_loss(center, context, negatives):
    def sigma(x):
        return 0.5 * (1 + np.tanh(0.5 * x))

    def log_sigma(x):
        return np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x)))

    pos, neg = np.dot(context, center), np.einsum("kd,d->k", negatives, center)
    loss = -(log_sigma(pos) + np.sum(log_sigma(-neg)))
    g_pos, g_neg = sigma(pos) - 1, sigma(neg)
    g_center = g_pos * context + (g_neg[:, None] * negatives).sum(0)
    return (
        loss,
        g_center.astype(center.dtype),
        (g_pos * center).astype(center.dtype),
        (g_neg[:, None] * center).astype(center.dtype),
    )
