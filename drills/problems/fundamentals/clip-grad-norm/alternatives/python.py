"""With math.hypot over Python floats."""

import math


def clip_grad_norm(grads, max_norm):
    total = math.hypot(*(float(value) for grad in grads for value in grad.flat))
    if total > max_norm:
        clipped = []
        for grad in grads:
            copy = grad.copy()
            copy *= max_norm / total
            clipped.append(copy)
        return clipped, total
    return list(grads), total
