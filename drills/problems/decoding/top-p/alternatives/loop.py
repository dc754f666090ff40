"""One row at a time, with Python's own sort; math.fsum keeps the running sum exact."""

import math

import numpy as np


def top_p_filter(probs, p):
    out = np.zeros_like(probs)
    for index in np.ndindex(probs.shape[:-1]):
        row = probs[index].tolist()
        ranking = sorted(range(len(row)), key=lambda i: (-row[i], i))
        kept = []
        for i in ranking:
            kept.append(i)
            if p < 1 and math.fsum(row[j] for j in kept) >= p:
                break
        out[index][kept] = probs[index][kept] / math.fsum(row[j] for j in kept)
    return out
