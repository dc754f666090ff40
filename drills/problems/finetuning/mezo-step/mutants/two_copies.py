import numpy as np


def mezo_step(params, loss_fn, lr, eps, seed):
    def moved(step):
        rng = np.random.default_rng(seed)
        return [p + (step * rng.standard_normal(p.shape)).astype(p.dtype) for p in params]

    plus, minus = moved(eps), moved(-eps)
    projected_grad = (loss_fn(plus) - loss_fn(minus)) / (2 * eps)
    del plus, minus
    return moved(-lr * projected_grad), projected_grad
