"""CBOW with a full softmax (Mikolov et al. 2013, §3.1; gradients as in Rong 2014, §1.2)."""

import numpy as np


def cbow_examples(ids: list[int], window: int) -> list[tuple[list[int], int]]:
    """Return (context, target) for each position that has a context."""
    examples = []
    for t, target in enumerate(ids):
        before = ids[max(0, t - window) : t]
        after = ids[t + 1 : t + 1 + window]
        if before + after:
            examples.append((before + after, target))
    return examples


def cbow_loss(
    w_in: np.ndarray, w_out: np.ndarray, contexts: list[list[int]], targets: list[int]
) -> tuple[float, np.ndarray, np.ndarray]:
    """Return the mean loss over the batch and its gradients with respect to w_in and w_out."""
    rows = np.arange(len(targets))
    hidden = np.stack([w_in[context].mean(axis=0) for context in contexts])  # (B, D)
    logits = hidden @ w_out.T  # (B, V)
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_probs[rows, targets].mean()

    delta = np.exp(log_probs)  # (B, V)
    delta[rows, targets] -= 1  # softmax - onehot
    delta /= len(targets)
    grad_out = delta.T @ hidden  # (V, D)
    grad_hidden = delta @ w_out  # (B, D)
    grad_in = np.zeros_like(w_in)
    for context, grad in zip(contexts, grad_hidden, strict=True):
        np.add.at(grad_in, context, grad / len(context))  # adds up where an id repeats
    return float(loss), grad_in, grad_out
