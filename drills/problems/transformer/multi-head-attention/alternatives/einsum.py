"""einsum over reshaped weights; the softmax written out, with a sum that is never divided by zero."""

import torch
import torch.nn as nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads, bias=True):
        super().__init__()
        self.h, self.dh = num_heads, d_model // num_heads
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            setattr(self, name, nn.Linear(d_model, d_model, bias))

    def heads(self, linear, x):
        out = torch.einsum("btd,hed->bhte", x, linear.weight.view(self.h, self.dh, -1))
        return out if linear.bias is None else out + linear.bias.view(1, self.h, 1, self.dh)

    def forward(self, x, context=None, mask=None):
        source = x if context is None else context
        q, k, v = self.heads(self.q_proj, x), self.heads(self.k_proj, source), self.heads(self.v_proj, source)
        scores = torch.einsum("bhqe,bhke->bhqk", q * self.dh**-0.5, k)
        if mask is not None:
            scores = torch.where(mask, scores, torch.finfo(scores.dtype).min)
        weights = torch.exp(scores - scores.amax(-1, keepdim=True).detach())
        if mask is not None:
            weights = weights * mask
        total = weights.sum(-1, keepdim=True)
        weights = weights / torch.where(total > 0, total, torch.ones_like(total))
        out = torch.einsum("bhqk,bhke->bqhe", weights, v)
        return self.out_proj(out.reshape(x.shape))
