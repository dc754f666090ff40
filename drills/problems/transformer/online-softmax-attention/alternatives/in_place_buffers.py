"""FlashAttention's order: tiles of queries too, buffers that are written in place, divided once at the end."""

import numpy as np

ROWS = 32


def flash_attention(q: np.ndarray, k: np.ndarray, v: np.ndarray, block_size: int) -> np.ndarray:
    out = np.zeros((q.shape[0], v.shape[1]), dtype=np.float64)
    for row in range(0, q.shape[0], ROWS):
        tile = q[row : row + ROWS].astype(np.float64)
        tile /= np.sqrt(q.shape[1])
        acc = out[row : row + ROWS]  # a view
        m = np.full(len(tile), np.finfo(np.float64).min)
        norm = np.zeros(len(tile))
        for keys, values in zip(
            np.array_split(k, range(block_size, len(k), block_size)),
            np.array_split(v, range(block_size, len(v), block_size)),
            strict=True,
        ):
            s = tile @ keys.T.astype(np.float64)
            old = m.copy()
            np.maximum(m, s.max(axis=1), out=m)
            s -= m[:, None]
            np.exp(s, out=s)
            shrink = np.exp(old - m)
            norm *= shrink
            norm += s.sum(axis=1)
            acc *= shrink[:, None]
            acc += s @ values
        acc /= norm[:, None]
    return out.astype(q.dtype, copy=False)
