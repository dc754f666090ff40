import numpy as np


def mezo_step(params, loss_fn, lr, eps, seed):
    rng = np.random.default_rng(seed)
    zs = [rng.standard_normal(p.shape) for p in params]

    def moved(step):
        return [p + (step * z).astype(p.dtype) for p, z in zip(params, zs, strict=True)]

    loss_plus = loss_fn(moved(eps))
    loss_minus = loss_fn(moved(-eps))
    projected_grad = (loss_plus - loss_minus) / (2 * eps)
    return moved(-lr * projected_grad), projected_grad
