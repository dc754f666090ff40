"""The look-up as a product with one-hot rows, and both paths of x as one wide layer."""

import numpy as np


def nnlm_examples(ids, context_size, start_id):
    whole = np.concatenate([np.full(context_size, start_id), np.asarray(ids, dtype=np.int64)])
    windows = np.lib.stride_tricks.sliding_window_view(whole, context_size)[: len(ids)]
    return windows.astype(np.int64), whole[context_size:]


def nnlm_loss(params, contexts, targets):
    names = ["C", "H", "d", "U", "b"]
    C, H, d, U, b = (params[name] for name in names)
    direct = params.get("W")
    batch, n = contexts.shape
    words = np.eye(len(C), dtype=C.dtype)[contexts]  # (B, N, V)
    x = np.einsum("bnv,ve->bne", words, C).reshape(batch, -1)
    h = np.tanh(np.einsum("bi,fi->bf", x, H) + d)
    y = np.einsum("bf,vf->bv", h, U) + b + (0 if direct is None else np.einsum("bi,vi->bv", x, direct))
    picked = np.take_along_axis(y, targets[:, None], axis=1)
    log_z = np.logaddexp.reduce(y, axis=1, keepdims=True)
    loss = np.mean(log_z - picked)
    dy = (np.exp(y - log_z) - np.eye(len(C), dtype=C.dtype)[targets]) / C.dtype.type(batch)
    da = np.einsum("bv,vf->bf", dy, U) * (1 - h * h)
    dx = np.einsum("bf,fi->bi", da, H)
    grads = {"H": np.einsum("bf,bi->fi", da, x), "d": np.einsum("bf->f", da)}
    grads |= {"U": np.einsum("bv,bf->vf", dy, h), "b": np.einsum("bv->v", dy)}
    if direct is not None:
        dx = dx + np.einsum("bv,vi->bi", dy, direct)
        grads["W"] = np.einsum("bv,bi->vi", dy, x)
    grads["C"] = np.einsum("bnv,bne->ve", words, dx.reshape(batch, n, -1))
    return loss, grads
