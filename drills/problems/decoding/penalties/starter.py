"""Frequency and presence penalties."""

import numpy as np


def apply_penalties(
    logits: np.ndarray,
    token_ids: np.ndarray,
    frequency_penalty: float = 0.0,
    presence_penalty: float = 0.0,
) -> np.ndarray:
    """Lower the logits of tokens that were generated before.

    logits: (V,); the result has the same shape and dtype. token_ids: (n,) integers in [0, V), the tokens so far;
    n may be 0 and a token may stand in it several times. The frequency penalty counts once for each time a
    token occurred, the presence penalty once if it occurred at all.
    """
    raise NotImplementedError
