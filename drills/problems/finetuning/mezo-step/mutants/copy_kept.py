import numpy as np


def mezo_step(params, loss_fn, lr, eps, seed):
    def moved(step):
        rng = np.random.default_rng(seed)
        return [p + (step * rng.standard_normal(p.shape)).astype(p.dtype) for p in params]

    loss_plus = loss_fn(moved(eps))
    perturbed = moved(-eps)
    projected_grad = (loss_plus - loss_fn(perturbed)) / (2 * eps)
    return moved(-lr * projected_grad), projected_grad
