"""The scale and the flag are buffers, so that both travel with the state; train() takes the delta out again, as loralib does."""

import torch
from torch import Tensor, nn


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        self.base = base
        self.base.requires_grad_(False)
        self.lora_A = nn.Parameter(torch.empty_like(base.weight[:1].repeat(r, 1)).normal_(std=0.02))
        self.lora_B = nn.Parameter(base.weight.new_zeros(base.out_features, r))
        self.register_buffer("scaling", torch.tensor(alpha / r))
        self.register_buffer("merged", torch.tensor(False))
        self.drop = nn.Dropout(dropout)

    def train(self, mode: bool = True) -> "LoRALinear":
        if mode:
            self.unmerge()
        return super().train(mode)

    def forward(self, x: Tensor) -> Tensor:
        y = self.base(x)
        if self.merged:
            return y
        return y + nn.functional.linear(self.drop(x) * self.scaling, self.lora_A) @ self.lora_B.T

    def weight_delta(self) -> Tensor:
        return self.lora_B @ self.lora_A * self.scaling

    @torch.no_grad()
    def merge(self) -> None:
        if not self.merged:
            self.base.weight.add_(self.weight_delta())
            self.merged.fill_(True)

    @torch.no_grad()
    def unmerge(self) -> None:
        if self.merged:
            self.base.weight.sub_(self.weight_delta())
            self.merged.fill_(False)
