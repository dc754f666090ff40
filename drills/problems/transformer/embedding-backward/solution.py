"""Backward of out[b, t] = scale · token[ids[b, t]] + position[t] (Vaswani et al. 2017, §3.4; padding_idx as in torch.nn.Embedding)."""

import numpy as np


def embedding_backward(
    grad_out: np.ndarray,
    ids: np.ndarray,
    vocab_size: int,
    num_positions: int,
    scale: float = 1.0,
    padding_idx: int | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the gradients of both tables, (V, D) and (P, D)."""
    _, length, width = grad_out.shape  # (B, T, D)
    grad_token = np.zeros((vocab_size, width), dtype=grad_out.dtype)
    np.add.at(grad_token, ids, scale * grad_out)  # adds up where an id repeats, as += would not
    if padding_idx is not None:
        grad_token[padding_idx] = 0
    grad_position = np.zeros((num_positions, width), dtype=grad_out.dtype)
    grad_position[:length] = grad_out.sum(axis=0)  # broadcast over the batch forward, summed backward
    return grad_token, grad_position
