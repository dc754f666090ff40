"""The warm-up by interpolation."""

import numpy as np


def warmup_cosine(step, warmup_steps, total_steps, peak_lr, min_lr=0.0):
    if step < warmup_steps:
        return float(np.interp(step, [0, warmup_steps], [0.0, peak_lr]))
    left = max(total_steps - step, 0) / (total_steps - warmup_steps)
    return float(min_lr + (peak_lr - min_lr) * 0.5 * (1 - np.cos(np.pi * left)))
