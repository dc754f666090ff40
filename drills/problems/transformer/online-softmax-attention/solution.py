"""Attention by online softmax: the forward pass of FlashAttention (Dao et al. 2022, §3.1)."""

import math

import numpy as np


def flash_attention(q: np.ndarray, k: np.ndarray, v: np.ndarray, block_size: int) -> np.ndarray:
    """Return softmax(q kᵀ / √D) v, (Tq, Dv), in one pass over blocks of keys."""
    n_q, depth = q.shape
    top = np.full((n_q, 1), -np.inf, dtype=q.dtype)  # m: the largest score so far
    total = np.zeros((n_q, 1))  # l: the sum of exp(score − m) so far
    out = np.zeros((n_q, v.shape[1]))  # O: the sum of exp(score − m) · value so far
    for start in range(0, k.shape[0], block_size):
        block = slice(start, start + block_size)  # the last one may be shorter
        scores = q @ k[block].T / math.sqrt(depth)  # (Tq, block)
        new_top = np.maximum(top, scores.max(axis=1, keepdims=True))
        weights = np.exp(scores - new_top, out=scores)  # in the same memory
        fade = np.exp(top - new_top)  # what was summed up was relative to the old maximum; 0 at the start
        total = total * fade + weights.sum(axis=1, keepdims=True)
        out = out * fade + weights @ v[block]
        top = new_top
    return (out / total).astype(q.dtype)
