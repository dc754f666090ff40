"""By the half-angle formula: (1 + cos x) / 2 = cos(x / 2)²."""

from math import cos, pi


def warmup_cosine(step, warmup_steps, total_steps, peak_lr, min_lr=0.0):
    if warmup_steps and step <= warmup_steps:
        return step / warmup_steps * peak_lr
    q = min(1.0, (step - warmup_steps) / (total_steps - warmup_steps))
    share = cos(pi * q / 2) ** 2
    return share * peak_lr + (1 - share) * min_lr
