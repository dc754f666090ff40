"""PyTorch's causal attention, and a linear head that holds the embedding's own parameter."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Layer(nn.Module):
    def __init__(self, d, h):
        super().__init__()
        self.h = h
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            setattr(self, name, nn.Linear(d, d))
        self.ff1, self.ff2 = nn.Linear(d, 4 * d), nn.Linear(4 * d, d)
        self.norm1, self.norm2, self.act = nn.LayerNorm(d), nn.LayerNorm(d), nn.GELU()

    def forward(self, x):
        b, t, d = x.shape
        y = self.norm1(x)
        q, k, v = (
            p(y).view(b, t, self.h, d // self.h).transpose(1, 2)
            for p in (self.q_proj, self.k_proj, self.v_proj)
        )
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out_proj(y.transpose(1, 2).contiguous().view(b, t, d))
        return x + self.ff2(self.act(self.ff1(self.norm2(x))))


class MiniGPT(nn.Module):
    def __init__(self, vocab_size, d_model, num_heads, num_layers, max_length):
        super().__init__()
        self.block_size = max_length
        self.tok_emb = nn.Embedding(vocab_size, d_model)
        self.pos_emb = nn.Embedding(max_length, d_model)
        self.blocks = nn.Sequential(*[Layer(d_model, num_heads) for _ in range(num_layers)])
        self.norm = nn.LayerNorm(d_model)
        self.head = nn.Linear(d_model, vocab_size, bias=False)
        self.head.weight = self.tok_emb.weight

    def forward(self, ids):
        t = ids.size(1)
        if t > self.block_size:
            raise ValueError("sequence longer than max_length")
        x = self.tok_emb(ids) + self.pos_emb.weight[:t]
        return self.head(self.norm(self.blocks(x)))

    def generate(self, ids, max_new_tokens):
        out = ids.clone()
        with torch.inference_mode():
            for _ in range(max_new_tokens):
                window = out if out.size(1) <= self.block_size else out[:, out.size(1) - self.block_size :]
                best = torch.topk(self.forward(window)[:, -1, :], 1, dim=-1).indices
                out = torch.cat((out, best), dim=1)
        return out.clone()
