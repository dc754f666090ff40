"""Cross-entropy of logits, and its gradient (as torch.nn.CrossEntropyLoss)."""

import numpy as np


def cross_entropy(
    logits: np.ndarray, targets: np.ndarray, ignore_index: int = -100
) -> tuple[float, np.ndarray]:
    """Return the mean of −log softmax(logits)[target] over the targets not ignored, and dL/dlogits."""
    grad_logits = np.zeros_like(logits)  # (N, C)
    (rows,) = np.nonzero(targets != ignore_index)  # (M,)
    if rows.size == 0:
        return 0.0, grad_logits
    shifted = logits[rows] - logits[rows].max(axis=1, keepdims=True)  # (M, C)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))  # (M, C)
    at_target = np.arange(rows.size), targets[rows]
    loss = -log_probs[at_target].mean()
    grad = np.exp(log_probs)  # softmax − one-hot, divided by M
    grad[at_target] -= 1
    grad_logits[rows] = grad / rows.size
    return float(loss), grad_logits
