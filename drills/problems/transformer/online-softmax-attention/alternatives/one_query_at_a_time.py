"""One query at a time in float64; the running values are plain numbers and one vector."""

import math

import numpy as np


def flash_attention(q, k, v, block_size):
    n_k, scale = len(k), 1 / math.sqrt(q.shape[1])
    out = np.empty((len(q), v.shape[1]), dtype=q.dtype)
    for i, query in enumerate(q):
        query = query.astype(np.float64) * scale
        m, total, acc = -math.inf, 0.0, np.zeros(v.shape[1])
        for start in range(0, n_k, block_size):
            stop = min(start + block_size, n_k)
            s = k[start:stop] @ query
            m_block = float(s.max())
            if m_block > m:
                correction = math.exp(m - m_block)
                total, acc, m = total * correction, acc * correction, m_block
            p = np.exp(s - m)
            total += float(p.sum())
            acc += p @ v[start:stop]
        out[i] = acc / total
    return out
