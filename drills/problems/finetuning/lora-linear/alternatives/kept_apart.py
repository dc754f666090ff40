"""The merged weight is kept beside the base, which is never written to."""

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0):
        super().__init__()
        base.weight.requires_grad_(False)
        if base.bias is not None:
            base.bias.requires_grad_(False)
        self.base = base
        self.scaling = alpha / r
        in_features = base.in_features
        self.lora_A = nn.Parameter(torch.empty(r, in_features).uniform_(-0.1, 0.1).to(base.weight))
        self.lora_B = nn.Parameter(torch.zeros_like(base.weight[:, :1]).repeat(1, r))
        self.lora_dropout = nn.Dropout(p=dropout) if dropout > 0 else nn.Identity()
        self.merged_weight = None

    def weight_delta(self):
        return self.lora_B.mul(self.scaling).mm(self.lora_A)

    def merge(self):
        self.merged_weight = self.merged_weight if self.merged_weight is not None else self._sum()

    def _sum(self):
        with torch.no_grad():
            return self.base.weight + self.weight_delta()

    def unmerge(self):
        self.merged_weight = None

    def forward(self, x):
        if self.merged_weight is not None:
            return nn.functional.linear(x, self.merged_weight, self.base.bias)
        hidden = torch.matmul(self.lora_dropout(x), self.lora_A.transpose(0, 1))
        return torch.add(self.base(x), torch.matmul(hidden, self.lora_B.transpose(0, 1)), alpha=self.scaling)
