"""A sigmoid where the paper has tanh."""

import numpy as np


def nnlm_examples(ids: list[int], context_size: int, start_id: int) -> tuple[np.ndarray, np.ndarray]:
    """Return (contexts: (T, N), targets: (T,)): every token with the N before it, in the order of the text."""
    padded = [start_id] * context_size + list(ids)
    contexts = [padded[t : t + context_size] for t in range(len(ids))]
    return np.array(contexts, dtype=np.int64).reshape(len(ids), context_size), np.array(ids, dtype=np.int64)


def nnlm_loss(
    params: dict[str, np.ndarray], contexts: np.ndarray, targets: np.ndarray
) -> tuple[float, dict[str, np.ndarray]]:
    """Return the mean loss of y = b + W x + U tanh(d + H x) and its gradients."""
    C, H, U = params["C"], params["H"], params["U"]
    rows = np.arange(len(targets))
    x = C[contexts].reshape(len(targets), -1)  # (B, N, D) to (B, N·D): the words side by side
    hidden = (1 + np.tanh((x @ H.T + params["d"]) / 2)) / 2  # (B, F)
    logits = hidden @ U.T + params["b"]  # (B, V)
    if "W" in params:
        logits = logits + x @ params["W"].T  # direct connections
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_probs[rows, targets].mean()

    delta = np.exp(log_probs)  # (B, V)
    delta[rows, targets] -= 1
    delta /= len(targets)
    grad_a = delta @ U * hidden * (1 - hidden)
    grad_x = grad_a @ H  # (B, N·D)
    grads = {"U": delta.T @ hidden, "b": delta.sum(axis=0), "H": grad_a.T @ x, "d": grad_a.sum(axis=0)}
    if "W" in params:
        grads["W"] = delta.T @ x
        grad_x = grad_x + delta @ params["W"]  # x feeds two paths
    grads["C"] = np.zeros_like(C)
    np.add.at(grads["C"], contexts, grad_x.reshape(*contexts.shape, -1))  # adds up where a word repeats
    return float(loss), grads
