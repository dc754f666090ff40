"""PyTorch's own attention; the norms chosen by a flag in one straight path."""

import torch.nn.functional as F
from torch import nn


class TransformerBlock(nn.Module):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0, norm_first=True):
        super().__init__()
        self.h, self.p, self.pre = num_heads, dropout, norm_first
        self.norm1, self.norm2 = nn.LayerNorm(d_model), nn.LayerNorm(d_model)
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            setattr(self, name, nn.Linear(d_model, d_model))
        self.ff1, self.ff2 = nn.Linear(d_model, d_ff), nn.Linear(d_ff, d_model)

    def attention(self, x, mask):
        b, t, d = x.shape
        q, k, v = (
            proj(x).view(b, t, self.h, d // self.h).permute(0, 2, 1, 3)
            for proj in (self.q_proj, self.k_proj, self.v_proj)
        )
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        return self.out_proj(y.permute(0, 2, 1, 3).reshape(b, t, d))

    def sublayer(self, x, norm, function):
        y = function(norm(x) if self.pre else x)
        x = x + F.dropout(y, self.p, self.training)
        return x if self.pre else norm(x)

    def forward(self, x, mask=None):
        x = self.sublayer(x, self.norm1, lambda y: self.attention(y, mask))
        return self.sublayer(x, self.norm2, lambda y: self.ff2(F.gelu(self.ff1(y))))
