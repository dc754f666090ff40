"""The running means move towards the new value, as with torch.lerp; the corrections go into the step and the root."""

import numpy as np


def adamw_step(param, grad, m, v, t, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    beta1, beta2 = betas
    m = m + (1 - beta1) * (grad - m)
    v = v + (1 - beta2) * (np.square(grad) - v)
    root = np.sqrt(v) / (1 - beta2**t) ** 0.5 + eps
    decayed = param * (1 - lr * weight_decay)
    return decayed - lr / (1 - beta1**t) * m / root, m, v
