"""F.linear with an exact backup of the weight: unmerging restores it bit for bit."""

import math

import torch
import torch.nn.functional as F
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        self.base = base
        for p in self.base.parameters():
            p.requires_grad = False
        self.r, self.alpha, self.p = r, alpha, dropout
        self.lora_A = nn.Parameter(base.weight.new_empty(r, base.weight.shape[1]))
        self.lora_B = nn.Parameter(base.weight.new_zeros(base.weight.shape[0], r))
        nn.init.kaiming_uniform_(self.lora_A, a=math.sqrt(5))
        self.backup = None

    def weight_delta(self):
        return torch.einsum("or,ri->oi", self.lora_B, self.lora_A) * self.alpha / self.r

    def merge(self):
        if self.backup is None:
            self.backup = self.base.weight.detach().clone()
            self.base.weight.data = self.backup + self.weight_delta().detach()

    def unmerge(self):
        if self.backup is not None:
            self.base.weight.data = self.backup
            self.backup = None

    def forward(self, x):
        y = F.linear(x, self.base.weight, self.base.bias)
        if self.backup is None:
            low = F.linear(F.dropout(x, self.p, self.training), self.lora_A)
            y = y + F.linear(low, self.lora_B) * (self.alpha / self.r)
        return y
