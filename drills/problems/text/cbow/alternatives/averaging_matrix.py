"""The averages as one matrix product: A[b, v] is the share of word v in context b, and its transpose scatters back."""

import numpy as np


def cbow_examples(ids, window):
    return [
        ([ids[s] for s in range(max(t - window, 0), min(t + window + 1, len(ids))) if s != t], ids[t])
        for t in range(len(ids))
        if len(ids) > 1
    ]


def cbow_loss(w_in, w_out, contexts, targets):
    v = w_in.shape[0]
    a = np.array([np.bincount(c, minlength=v) / len(c) for c in contexts])  # (B, V)
    y = np.eye(v)[targets]
    h = a @ w_in.astype(np.float64)
    z = h @ w_out.T
    z = z - z.max(-1, keepdims=True)
    log_z = np.log(np.exp(z).sum(-1, keepdims=True))
    loss = ((log_z - z) * y).sum(-1).mean()
    delta = (np.exp(z - log_z) - y) / len(y)
    grad_in, grad_out = a.T @ (delta @ w_out), delta.T @ h
    return loss, grad_in.astype(w_in.dtype), grad_out.astype(w_in.dtype)
