"""One step of a GRU."""

import numpy as np


def gru_cell(
    x: np.ndarray,
    h: np.ndarray,
    w_ih: np.ndarray,
    w_hh: np.ndarray,
    b_ih: np.ndarray,
    b_hh: np.ndarray,
) -> np.ndarray:
    """Return the next hidden state, (B, H), in x's dtype.

    x: (B, I), h: (B, H), w_ih: (3H, I), w_hh: (3H, H), b_ih and b_hh: (3H,); the gates are in the order r, z, n.
    """
    raise NotImplementedError
