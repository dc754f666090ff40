"""The backward pass of the token and position embedding."""

import numpy as np


def embedding_backward(
    grad_out: np.ndarray,
    ids: np.ndarray,
    vocab_size: int,
    num_positions: int,
    scale: float = 1.0,
    padding_idx: int | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Return (grad_token: (V, D), grad_position: (P, D)) of out[b, t] = scale · token[ids[b, t]] + position[t].

    grad_out: (B, T, D); ids: (B, T) integers; V = vocab_size, P = num_positions. padding_idx: the token whose row gets no gradient.
    """
    raise NotImplementedError
