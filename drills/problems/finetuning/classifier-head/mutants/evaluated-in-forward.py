"""A classification head on a language model's hidden states."""

from typing import Self

import torch
from torch import Tensor, nn


class TextClassifier(nn.Module):
    """Pools the hidden states of `backbone` and maps them to class logits with `head`, a linear layer."""

    def __init__(
        self,
        backbone: nn.Module,
        hidden_size: int,
        num_classes: int,
        pooling: str = "last",
        freeze: bool = True,
    ) -> None:
        super().__init__()
        if pooling not in ("last", "mean"):
            raise ValueError(f"pooling must be 'last' or 'mean', not {pooling!r}")
        self.backbone = backbone
        self.head = nn.Linear(hidden_size, num_classes)
        self.pooling = pooling
        self.freeze = freeze
        if freeze:
            backbone.requires_grad_(False)
            backbone.eval()

    def train(self, mode: bool = True) -> Self:
        return super().train(mode)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """ids and mask: (B, T), mask True on real tokens; the result is (B, num_classes)."""
        if self.freeze:
            self.backbone.eval()
        hidden = self.backbone(ids, mask)  # (B, T, D)
        if self.pooling == "last":
            positions = torch.arange(mask.shape[1], device=mask.device)
            last = positions.where(mask, -1).amax(dim=1)  # (B,); with padding on either side
            pooled = hidden[torch.arange(len(hidden), device=hidden.device), last]  # (B, D)
        else:
            real = hidden.masked_fill(~mask[..., None], 0)  # 0 · NaN would be NaN
            pooled = real.sum(dim=1) / mask.sum(dim=1, keepdim=True)  # (B, D)
        return self.head(pooled)
