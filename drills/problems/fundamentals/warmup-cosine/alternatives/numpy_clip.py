"""Both pieces with NumPy, the progress clipped."""

import numpy as np


def warmup_cosine(step, warmup_steps, total_steps, peak_lr, min_lr=0.0):
    progress = np.clip((step - warmup_steps) / (total_steps - warmup_steps), 0, 1)
    decayed = min_lr + (peak_lr - min_lr) * (1 + np.cos(np.pi * progress)) / 2
    return np.where(step < warmup_steps, peak_lr * step / max(warmup_steps, 1), decayed)[()]
