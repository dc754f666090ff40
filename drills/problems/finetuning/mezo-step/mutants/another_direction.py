import numpy as np


def mezo_step(params, loss_fn, lr, eps, seed):
    def moved(step, rng):
        return [p + (step * rng.standard_normal(p.shape)).astype(p.dtype) for p in params]

    loss_plus = loss_fn(moved(eps, np.random.default_rng(seed)))
    loss_minus = loss_fn(moved(-eps, np.random.default_rng(seed)))
    projected_grad = (loss_plus - loss_minus) / (2 * eps)
    return moved(-lr * projected_grad, np.random.default_rng(seed + 1)), projected_grad
