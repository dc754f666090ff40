"""Skip-gram with negative sampling (Mikolov et al. 2013, equation 4)."""

import numpy as np


def sgns_loss(
    center: np.ndarray, context: np.ndarray, negatives: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray, np.ndarray]:
    """The loss of one pair of words with K negatives, and its gradients."""
    positive = center @ context
    negative = negatives @ center  # (K,)
    loss = softplus(-positive) + softplus(negative).sum()
    pull = -sigmoid(-positive)  # sigma(x) - 1, without cancellation
    push = sigmoid(negative)
    grad_center = pull * context + push @ negatives
    grads = grad_center, pull * center, np.outer(push, center)
    return float(loss), *(grad.astype(center.dtype) for grad in grads)


def softplus(x: np.ndarray) -> np.ndarray:
    """ln(1 + e^x), which is -ln sigma(-x)."""
    return np.logaddexp(0, x)


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + e^-x), whose exponential cannot overflow."""
    return np.exp(-np.logaddexp(0, -x))
