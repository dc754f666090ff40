"""Skip-gram with negative sampling."""

import numpy as np


def sgns_loss(
    center: np.ndarray, context: np.ndarray, negatives: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray, np.ndarray]:
    """Return (loss, grad_center, grad_context, grad_negatives).

    center, context: (D,); negatives: (K, D). loss = -ln sigma(c.o) - sum_k ln sigma(-c.n_k), finite for large dot
    products; gradients in the shapes and the dtype of the arguments.
    """
    raise NotImplementedError
