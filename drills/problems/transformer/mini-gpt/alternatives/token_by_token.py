"""One sequence and one query at a time over growing lists of keys and values; the ids one-hot."""

import torch
from torch import nn
from torch.nn import functional as F


class MiniGPT(nn.Module):
    def __init__(self, vocab_size: int, d_model: int, num_heads: int, num_layers: int, max_length: int):
        super().__init__()
        self.sizes = vocab_size, d_model, num_heads, max_length
        self.tok_emb, self.pos_emb = nn.Embedding(vocab_size, d_model), nn.Embedding(max_length, d_model)
        self.norm = nn.LayerNorm(d_model)
        self.blocks = nn.ModuleList()
        for _ in range(num_layers):
            block = nn.ModuleDict({name: nn.LayerNorm(d_model) for name in ("norm1", "norm2")})
            block.update({n: nn.Linear(d_model, d_model) for n in ("q_proj", "k_proj", "v_proj", "out_proj")})
            block.update({"ff1": nn.Linear(d_model, 4 * d_model), "ff2": nn.Linear(4 * d_model, d_model)})
            self.blocks.append(block)

    def step(self, token, position, caches):
        """The logits (V,) after one more token; caches holds a list of (k, v) for each block."""
        vocab_size, d_model, num_heads, _ = self.sizes
        one_hot = F.one_hot(token, vocab_size).to(self.tok_emb.weight.dtype)
        x = one_hot @ self.tok_emb.weight + self.pos_emb.weight[position]
        for block, cache in zip(self.blocks, caches, strict=True):
            y = block.norm1(x)
            q, k, v = (
                p(y).view(num_heads, -1, 1).transpose(1, 2)
                for p in (block.q_proj, block.k_proj, block.v_proj)
            )
            cache.append((k, v))
            keys, values = (torch.cat(part, dim=1) for part in zip(*cache, strict=True))  # (H, t + 1, Dh)
            weights = ((keys * q).sum(-1) / (d_model // num_heads) ** 0.5).softmax(-1)
            x = x + block.out_proj((weights[..., None] * values).sum(1).reshape(-1))
            hidden = block.ff1(block.norm2(x))
            x = x + block.ff2(hidden * (1 + torch.erf(hidden / 2**0.5)) / 2)
        return F.linear(self.norm(x), self.tok_emb.weight)

    def forward(self, ids):
        if ids.shape[1] > self.sizes[3]:
            raise ValueError("too long")
        rows = []
        for row in ids:
            caches = [[] for _ in self.blocks]
            rows.append(torch.stack([self.step(token, t, caches) for t, token in enumerate(row)]))
        return torch.stack(rows)

    def generate(self, ids, max_new_tokens):
        tokens = ids.tolist()
        for row in tokens:
            for _ in range(max_new_tokens):
                window = torch.tensor([row[-self.sizes[3] :]])
                row.append(int(self(window)[0, -1].detach().argmax()))
        return torch.tensor(tokens, dtype=ids.dtype)
