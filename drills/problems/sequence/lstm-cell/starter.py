"""One step of an LSTM."""

import numpy as np


def lstm_cell(
    x: np.ndarray,
    h: np.ndarray,
    c: np.ndarray,
    w_ih: np.ndarray,
    w_hh: np.ndarray,
    b_ih: np.ndarray,
    b_hh: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return (h, c) after one step.

    x: (B, I), h and c: (B, H), w_ih: (4H, I), w_hh: (4H, H), b_ih and b_hh: (4H,), gates in the order i, f, g, o;
    both results are (B, H) in x's dtype.
    """
    raise NotImplementedError
