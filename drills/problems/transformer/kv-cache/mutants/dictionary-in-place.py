"""The cache is a dictionary that is changed in place."""

import torch
from torch import Tensor, nn


class CachedAttention(nn.Module):
    """Multi-head causal self-attention that can go on from where another call ended."""

    def __init__(self, d_model: int, num_heads: int) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.out_proj = nn.Linear(d_model, d_model)

    def forward(self, x: Tensor, cache: dict[str, Tensor] | None = None) -> tuple[Tensor, dict[str, Tensor]]:
        """x: (B, T, D), the next T tokens. Return their outputs, (B, T, D), and the cache that includes them."""
        q = self.split(self.q_proj(x))  # (B, H, T, Dh)
        k = self.split(self.k_proj(x))
        v = self.split(self.v_proj(x))
        if cache is None:
            cache = {"k": k, "v": v}
        else:
            cache["k"] = torch.cat([cache["k"], k], dim=2)  # (B, H, Tk, Dh)
            cache["v"] = torch.cat([cache["v"], v], dim=2)
        k, v = cache["k"], cache["v"]
        n_q, n_k = q.shape[2], k.shape[2]
        scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5  # (B, H, T, Tk)
        query = torch.arange(n_q, device=x.device)[:, None] + (n_k - n_q)  # position in the sequence
        future = torch.arange(n_k, device=x.device) > query  # (T, Tk)
        weights = torch.softmax(scores.masked_fill(future, float("-inf")), dim=-1)
        out = (weights @ v).transpose(1, 2).flatten(-2)  # (B, T, D)
        return self.out_proj(out), cache

    def split(self, x: Tensor) -> Tensor:
        """(B, T, D) to (B, H, T, Dh)."""
        return x.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
