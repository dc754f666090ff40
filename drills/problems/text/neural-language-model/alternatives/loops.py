"""One example at a time, in float64; the embeddings as a slice of x for each place."""

import numpy as np


def nnlm_examples(ids, context_size, start_id):
    contexts = np.full((len(ids), context_size), start_id)
    for t in range(len(ids)):
        for back in range(1, context_size + 1):
            if t - back >= 0:
                contexts[t, context_size - back] = ids[t - back]
    return contexts, np.array(ids, dtype=int)


def nnlm_loss(params, contexts, targets):
    p = {name: value.astype(np.float64) for name, value in params.items()}
    p.setdefault("W", np.zeros((len(p["b"]), p["H"].shape[1])))
    grads = {name: np.zeros_like(value) for name, value in p.items()}
    width, batch, loss = p["C"].shape[1], len(targets), 0.0
    for context, target in zip(contexts, targets, strict=True):
        x = np.concatenate([p["C"][word] for word in context])
        h = np.tanh(p["d"] + p["H"] @ x)
        y = p["b"] + p["W"] @ x + p["U"] @ h
        y -= y.max()
        total = np.exp(y).sum()
        loss += (np.log(total) - y[target]) / batch
        dy = np.exp(y) / total / batch
        dy[target] -= 1 / batch
        da = (p["U"].T @ dy) * (1 - h) * (1 + h)
        dx = p["H"].T @ da + p["W"].T @ dy
        for name, outer in (("U", np.outer(dy, h)), ("W", np.outer(dy, x)), ("H", np.outer(da, x))):
            grads[name] += outer
        grads["b"] += dy
        grads["d"] += da
        for place, word in enumerate(context):
            grads["C"][word] += dx[place * width : (place + 1) * width]
    return loss, {name: grads[name].astype(value.dtype) for name, value in params.items()}
