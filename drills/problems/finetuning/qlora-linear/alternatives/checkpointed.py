"""torch.utils.checkpoint recomputes the frozen product; binary search among the midpoints; halves packed side by side."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.checkpoint import checkpoint

LEVELS = (
    *(-1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453),
    *(-0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0.0),
    *(0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224),
    *(0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0),
)


class QLoRALinear(nn.Module):
    def __init__(self, base, r, alpha, block_size=64):
        super().__init__()
        self.out_features, self.in_features = base.weight.shape
        self.block_size, self.scaling = block_size, alpha / r
        with torch.no_grad():
            flat = base.weight.reshape(-1)
            blocks = flat.split(block_size)
            self.register_buffer("absmax", torch.stack([block.abs().max() for block in blocks]))
            levels = flat.new_tensor(LEVELS)
            self.register_buffer("levels", levels)
            middles = (levels[1:] + levels[:-1]) / 2
            codes = torch.cat(
                [
                    torch.bucketize(block / (top if top > 0 else 1.0), middles)
                    for block, top in zip(blocks, self.absmax, strict=True)
                ]
            ).byte()
            half = (len(codes) + 1) // 2
            packed = codes[:half].clone()
            packed[: len(codes) - half] |= codes[half:] << 4
        self.register_buffer("packed", packed)
        self.bias = (
            None if base.bias is None else nn.Parameter(base.bias.detach().clone(), requires_grad=False)
        )
        self.lora_A = nn.Parameter(flat.new_empty(r, self.in_features).uniform_(-0.2, 0.2))
        self.lora_B = nn.Parameter(flat.new_zeros(self.out_features, r))

    def dequantize(self):
        n = self.out_features * self.in_features
        codes = torch.cat([self.packed & 15, self.packed >> 4])[:n].int()
        block = torch.arange(n, device=codes.device).div(self.block_size, rounding_mode="floor")
        return (self.levels[codes] * self.absmax[block]).reshape(self.out_features, self.in_features)

    def frozen(self, x):
        return F.linear(x, self.dequantize(), self.bias)

    def forward(self, x):
        base = checkpoint(self.frozen, x, use_reentrant=False)
        return base + F.linear(F.linear(x, self.lora_A), self.lora_B) * self.scaling
