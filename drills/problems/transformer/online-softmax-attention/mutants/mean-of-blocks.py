"""Each block is an attention of its own; their results are averaged by the blocks' sizes."""

import numpy as np


def flash_attention(q: np.ndarray, k: np.ndarray, v: np.ndarray, block_size: int) -> np.ndarray:
    n_k = k.shape[0]
    out = np.zeros((q.shape[0], v.shape[1]))
    for start in range(0, n_k, block_size):
        block = slice(start, start + block_size)
        scores = q @ k[block].T / np.sqrt(q.shape[1])
        weights = np.exp(scores - scores.max(axis=1, keepdims=True))
        weights /= weights.sum(axis=1, keepdims=True)
        out += weights @ v[block] * (len(k[block]) / n_k)
    return out.astype(q.dtype)
