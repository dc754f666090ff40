"""One query of one flattened batch element at a time, in float64, with the softmax's Jacobian written out."""

import math

import numpy as np


def attention_backward(grad_out, q, k, v):
    lead = q.shape[:-2]
    go, qq, kk, vv = (a.reshape(-1, *a.shape[-2:]).astype(np.float64) for a in (grad_out, q, k, v))
    dq, dk, dv = np.zeros_like(qq), np.zeros_like(kk), np.zeros_like(vv)
    scale = 1 / math.sqrt(q.shape[-1])
    for b in range(len(qq)):
        for i in range(qq.shape[1]):
            s = kk[b] @ qq[b, i] * scale
            w = np.exp(s - s.max())
            w /= w.sum()
            jacobian = np.diag(w) - np.outer(w, w)
            ds = jacobian @ (vv[b] @ go[b, i])
            dq[b, i] = ds @ kk[b] * scale
            dk[b] += np.outer(ds, qq[b, i]) * scale
            dv[b] += np.outer(w, go[b, i])
    dtype = grad_out.dtype
    return [g.reshape(*lead, *g.shape[1:]).astype(dtype, copy=False) for g in (dq, dk, dv)]
