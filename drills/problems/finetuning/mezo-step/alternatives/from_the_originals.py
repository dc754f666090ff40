"""Each point is computed afresh from the caller's arrays, and let go before the next."""

import numpy as np


def _shifted(params, step, seed):
    rng = np.random.default_rng(seed)
    return [p + (step * rng.standard_normal(p.shape)).astype(p.dtype) for p in params]


def mezo_step(params, loss_fn, lr, eps, seed):
    loss_plus = loss_fn(_shifted(params, eps, seed))
    loss_minus = loss_fn(_shifted(params, -eps, seed))
    grad = (loss_plus - loss_minus) / (2 * eps)
    return _shifted(params, -lr * grad, seed), grad
