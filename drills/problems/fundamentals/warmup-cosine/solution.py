"""Linear warm-up, then cosine decay (Loshchilov and Hutter 2017, equation 5)."""

import math


def warmup_cosine(
    step: int, warmup_steps: int, total_steps: int, peak_lr: float, min_lr: float = 0.0
) -> float:
    """The learning rate at a step: up from 0, down along half a cosine, then constant."""
    if step < warmup_steps:
        return peak_lr * step / warmup_steps
    if step >= total_steps:
        return min_lr
    progress = (step - warmup_steps) / (total_steps - warmup_steps)
    return min_lr + 0.5 * (peak_lr - min_lr) * (1 + math.cos(math.pi * progress))
