"""Every new token is predicted from the prompt."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Block(nn.Module):
    """x + attn(norm1(x)), then the same with the feed-forward network."""

    def __init__(self, d_model: int, num_heads: int) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.norm1 = nn.LayerNorm(d_model)
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.out_proj = nn.Linear(d_model, d_model)
        self.norm2 = nn.LayerNorm(d_model)
        self.ff1 = nn.Linear(d_model, 4 * d_model)
        self.ff2 = nn.Linear(4 * d_model, d_model)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, D) to (B, T, D)."""
        x = x + self.attend(self.norm1(x))
        return x + self.ff2(F.gelu(self.ff1(self.norm2(x))))

    def attend(self, x: Tensor) -> Tensor:
        """Multi-head causal self-attention."""
        q, k, v = (
            proj(x).unflatten(-1, (self.num_heads, -1)).transpose(1, 2)  # (B, H, T, Dh)
            for proj in (self.q_proj, self.k_proj, self.v_proj)
        )
        scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5  # (B, H, T, T)
        future = torch.ones(scores.shape[-2:], dtype=torch.bool, device=x.device).triu(1)
        weights = torch.softmax(scores.masked_fill(future, float("-inf")), dim=-1)
        return self.out_proj((weights @ v).transpose(1, 2).flatten(-2))


class MiniGPT(nn.Module):
    """Logits of the next token at every position, and greedy generation."""

    def __init__(
        self, vocab_size: int, d_model: int, num_heads: int, num_layers: int, max_length: int
    ) -> None:
        super().__init__()
        self.max_length = max_length
        self.tok_emb = nn.Embedding(vocab_size, d_model)
        self.pos_emb = nn.Embedding(max_length, d_model)
        self.blocks = nn.ModuleList([Block(d_model, num_heads) for _ in range(num_layers)])
        self.norm = nn.LayerNorm(d_model)

    def forward(self, ids: Tensor) -> Tensor:
        """(B, T) token ids to logits (B, T, V)."""
        length = ids.shape[1]
        if length > self.max_length:
            raise ValueError(f"{length} tokens, but there are only {self.max_length} positions")
        x = self.tok_emb(ids) + self.pos_emb(torch.arange(length, device=ids.device))  # (B, T, D)
        for block in self.blocks:
            x = block(x)
        return self.norm(x) @ self.tok_emb.weight.T  # the tied head has no parameters of its own

    @torch.no_grad()
    def generate(self, ids: Tensor, max_new_tokens: int) -> Tensor:
        """Append the most likely token, max_new_tokens times; (B, T) to (B, T + max_new_tokens)."""
        best = self(ids[:, -self.max_length :])[:, -1].argmax(dim=-1, keepdim=True)
        return torch.cat([ids, best.expand(-1, max_new_tokens)], dim=1)
