"""Pair by pair in Python, in float64."""

import math

import numpy as np


def terms(x):
    """-ln sigma(x) and its derivative."""
    if x >= 0:
        e = math.exp(-x)
        return math.log1p(e), -e / (1 + e)
    e = math.exp(x)
    return -x + math.log1p(e), -1 / (1 + e)


def sgns_loss(center, context, negatives):
    c, o = center.astype(float), context.astype(float)
    total, slope = terms(float(c @ o))
    grad_c, grad_o = slope * o, slope * c
    grad_n = np.zeros(negatives.shape)
    for k, n in enumerate(negatives.astype(float)):
        loss, slope = terms(-float(c @ n))
        total += loss
        grad_c = grad_c - slope * n
        grad_n[k] = -slope * c
    dtype = center.dtype
    return total, grad_c.astype(dtype), grad_o.astype(dtype), grad_n.astype(dtype)
