"""A linear layer with a low-rank adapter (Hu et al. 2021, §4.1)."""

import torch
from torch import Tensor, nn


class LoRALinear(nn.Module):
    """W₀ x + b + (α / r) B A dropout(x), with W₀ and b frozen."""

    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        self.base = base.requires_grad_(False)
        like = {"dtype": base.weight.dtype, "device": base.weight.device}
        self.lora_A = nn.Parameter(torch.randn(r, base.in_features, **like) / base.in_features**0.5)
        self.lora_B = nn.Parameter(torch.zeros(base.out_features, r, **like))  # ΔW = 0 at the start
        self.scale = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.merged = False

    def forward(self, x: Tensor) -> Tensor:
        """(..., in) to (..., out)."""
        out = self.base(x)
        if self.merged:
            return out
        down = self.dropout(x) @ self.lora_A.T  # (..., r)
        return out + self.scale * (down @ self.lora_B.T)

    def weight_delta(self) -> Tensor:
        """(α / r) B A: (out, in)."""
        return self.scale * (self.lora_B @ self.lora_A)

    @torch.no_grad()
    def merge(self) -> None:
        """Fold the delta into the base weight."""
        if not self.merged:
            self.base.weight += self.weight_delta()
            self.merged = True

    @torch.no_grad()
    def unmerge(self) -> None:
        """Take the delta out again."""
        if self.merged:
            self.base.weight -= self.weight_delta()
            self.merged = False
