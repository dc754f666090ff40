"""Cross-entropy of logits, and its gradient."""

import numpy as np


def cross_entropy(
    logits: np.ndarray, targets: np.ndarray, ignore_index: int = -100
) -> tuple[float, np.ndarray]:
    """Return (loss, grad_logits): the mean over the targets not ignored, and its gradient.

    logits: (N, C). targets: (N,) class indices, or ignore_index. grad_logits: (N, C) in the dtype of logits.
    """
    raise NotImplementedError
