import numpy as np


def mezo_step(params, loss_fn, lr, eps, seed):
    theta = [p.copy() for p in params]

    def move(step):
        rng = np.random.default_rng(seed)
        for p in theta:
            p += (step * rng.standard_normal(p.shape)).astype(p.dtype)

    loss = loss_fn(theta)
    move(eps)
    projected_grad = (loss_fn(theta) - loss) / eps
    move(-eps - lr * projected_grad)
    return theta, projected_grad
