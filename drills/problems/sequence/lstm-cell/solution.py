"""One step of an LSTM (Hochreiter & Schmidhuber 1997, with forget gates), with PyTorch's weights."""

import numpy as np


def sigmoid(z: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(−z)), which never overflows in this form."""
    return 0.5 * (1 + np.tanh(0.5 * z))


def lstm_cell(
    x: np.ndarray,
    h: np.ndarray,
    c: np.ndarray,
    w_ih: np.ndarray,
    w_hh: np.ndarray,
    b_ih: np.ndarray,
    b_hh: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the next hidden state and the next cell state."""
    gates = x @ w_ih.T + b_ih + h @ w_hh.T + b_hh  # (B, 4H)
    i, f, g, o = np.split(gates, 4, axis=1)  # (B, H) each
    c_next = sigmoid(f) * c + sigmoid(i) * np.tanh(g)  # what is kept, and what is written
    h_next = sigmoid(o) * np.tanh(c_next)  # what is shown
    return h_next, c_next
