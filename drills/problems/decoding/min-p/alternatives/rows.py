"""Row by row in Python."""

import numpy as np


def min_p_filter(probs, min_p):
    out = np.zeros_like(probs)
    for index in np.ndindex(probs.shape[:-1]):
        row = probs[index]
        best = max(float(p) for p in row)
        keep = [i for i, p in enumerate(row) if float(p) >= min_p * best]
        total = sum(float(row[i]) for i in keep)
        for i in keep:
            out[(*index, i)] = float(row[i]) / total
    return out
