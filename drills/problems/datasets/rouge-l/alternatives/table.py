"""The whole table in NumPy."""

import numpy as np


def rouge_l(candidate, reference):
    m, n = len(candidate), len(reference)
    table = np.zeros((m + 1, n + 1), dtype=int)
    for i in range(m):
        for j in range(n):
            if candidate[i] == reference[j]:
                table[i + 1, j + 1] = table[i, j] + 1
            else:
                table[i + 1, j + 1] = max(table[i, j + 1], table[i + 1, j])
    lcs = table[m, n]
    p = lcs / m if m else 0.0
    r = lcs / n if n else 0.0
    f = 2 * p * r / (p + r) if p + r else 0.0
    return p, r, f
