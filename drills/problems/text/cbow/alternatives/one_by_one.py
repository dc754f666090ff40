"""One example after another, as the original program goes through a text."""

import numpy as np


def cbow_examples(ids: list[int], window: int):
    out = []
    for position in range(len(ids)):
        around = [position + offset for offset in range(-window, window + 1) if offset]
        context = [ids[other] for other in around if 0 <= other < len(ids)]
        if context:
            out.append((context, ids[position]))
    return out


def _logsumexp(z):
    top = np.max(z)
    return top + np.log(np.sum(np.exp(z - top)))


def cbow_loss(w_in, w_out, contexts, targets):
    losses, grad_in, grad_out = [], np.zeros(w_in.shape), np.zeros(w_out.shape)
    for context, target in zip(contexts, targets, strict=True):
        h = np.zeros(w_in.shape[1])
        for word in context:
            h += w_in[word] / len(context)
        z = np.einsum("vd,d->v", w_out, h)
        losses.append(_logsumexp(z) - z[target])
        p = np.exp(z - _logsumexp(z))
        p[target] -= 1.0
        grad_out += np.outer(p, h) / len(targets)
        for word in context:
            grad_in[word] += p @ w_out / len(context) / len(targets)
    return np.mean(losses), grad_in.astype(w_in.dtype), grad_out.astype(w_in.dtype)
