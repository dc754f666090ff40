"""Training pairs for next-token prediction, cut from a token stream with a sliding window."""

import numpy as np


def next_token_windows(
    ids: np.ndarray,
    length: int,
    stride: int | None = None,
    drop_last: bool = True,
    pad_id: int = 0,
) -> tuple[np.ndarray, np.ndarray]:
    """Return (inputs, targets), both (W, length) in the dtype of ids.

    ids: (N,). stride defaults to length. ValueError for a length or a stride below 1.
    """
    raise NotImplementedError
