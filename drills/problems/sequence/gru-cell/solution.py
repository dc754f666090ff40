"""One step of a GRU (Cho et al. 2014), with PyTorch's weights and its place for the reset gate."""

import numpy as np


def sigmoid(a: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(−a)), which never overflows in this form."""
    return 0.5 * (1 + np.tanh(0.5 * a))


def gru_cell(
    x: np.ndarray,
    h: np.ndarray,
    w_ih: np.ndarray,
    w_hh: np.ndarray,
    b_ih: np.ndarray,
    b_hh: np.ndarray,
) -> np.ndarray:
    """Return the next hidden state."""
    from_input = x @ w_ih.T + b_ih  # (B, 3H)
    from_state = h @ w_hh.T + b_hh  # (B, 3H)
    x_r, x_z, x_n = np.split(from_input, 3, axis=1)  # (B, H) each
    h_r, h_z, h_n = np.split(from_state, 3, axis=1)
    r = sigmoid(x_r + h_r)  # reset: how much of the past enters the candidate
    z = sigmoid(x_z + h_z)  # update: how much of the past is kept
    n = np.tanh(x_n + r * h_n)  # candidate
    return (1 - z) * n + z * h
