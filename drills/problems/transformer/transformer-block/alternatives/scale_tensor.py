"""The scale as a float32 tensor, dropout as two modules, the sub-layers in methods of their own."""

import torch
from torch import nn


class TransformerBlock(nn.Module):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0, norm_first=True):
        super().__init__()
        self.num_heads = num_heads
        self.d_k = d_model // num_heads
        self.norm_first = norm_first
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            setattr(self, name, nn.Linear(d_model, d_model))
        self.ff1 = nn.Linear(d_model, d_ff)
        self.ff2 = nn.Linear(d_ff, d_model)
        self.norm1 = nn.LayerNorm(d_model)
        self.norm2 = nn.LayerNorm(d_model)
        self.act = nn.GELU()
        self.dropout1 = nn.Dropout(dropout)
        self.dropout2 = nn.Dropout(dropout)

    def _heads(self, t):
        return t.view(t.size(0), t.size(1), self.num_heads, self.d_k).transpose(1, 2)

    def _self_attention(self, x, mask):
        q, k, v = self._heads(self.q_proj(x)), self._heads(self.k_proj(x)), self._heads(self.v_proj(x))
        scores = torch.matmul(q, k.transpose(-1, -2)) / torch.sqrt(torch.tensor(float(self.d_k)))
        if mask is not None:
            scores = scores.masked_fill(mask.logical_not(), float("-inf"))
        joined = torch.matmul(scores.softmax(dim=-1), v).transpose(1, 2).contiguous().view_as(x)
        return self.dropout1(self.out_proj(joined))

    def _feed_forward(self, x):
        return self.dropout2(self.ff2(self.act(self.ff1(x))))

    def forward(self, x, mask=None):
        if self.norm_first:
            x = x + self._self_attention(self.norm1(x), mask)
            x = x + self._feed_forward(self.norm2(x))
        else:
            x = self.norm1(x + self._self_attention(x, mask))
            x = self.norm2(x + self._feed_forward(x))
        return x
