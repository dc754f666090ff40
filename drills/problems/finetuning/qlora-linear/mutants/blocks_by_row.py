"""A linear layer with an NF4-quantised frozen weight and a LoRA path (Dettmers et al. 2023, §3)."""

from typing import Any

import torch
from torch import Tensor, nn

LEVELS = (
    *(-1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453),
    *(-0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0.0),
    *(0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224),
    *(0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0),
)


class QLoRALinear(nn.Module):
    """x Ŵᵀ + b + (α / r) x Aᵀ Bᵀ, where Ŵ is stored in four bits."""

    def __init__(self, base: nn.Linear, r: int, alpha: float, block_size: int = 64) -> None:
        super().__init__()
        weight = base.weight.detach()  # (out, in)
        like = {"dtype": weight.dtype, "device": weight.device}
        self.shape, self.block_size, self.scale = weight.shape, block_size, alpha / r
        codes, absmax = quantize_rows(weight, block_size)
        self.register_buffer("codes", codes[0::2] * 16 + codes[1::2])  # two in a byte
        self.register_buffer("absmax", absmax)  # (blocks,)
        self.register_buffer("bias", None if base.bias is None else base.bias.detach().clone())
        self.lora_A = nn.Parameter(torch.randn(r, base.in_features, **like) / base.in_features**0.5)
        self.lora_B = nn.Parameter(torch.zeros(base.out_features, r, **like))

    def dequantize(self) -> Tensor:
        """The weight after quantisation: (out, in)."""
        n = self.shape.numel()
        codes = torch.stack([self.codes >> 4, self.codes & 15], dim=1).flatten()[:n]
        levels = torch.tensor(LEVELS, dtype=self.absmax.dtype, device=self.absmax.device)
        return (
            levels[codes.long()]
            * self.absmax.view(self.shape[0], -1)
            .repeat_interleave(self.block_size, dim=1)[:, : self.shape[1]]
            .flatten()
        ).view(self.shape)

    def forward(self, x: Tensor) -> Tensor:
        """(..., in) to (..., out)."""
        out = Frozen.apply(x, self) + self.scale * (x @ self.lora_A.T @ self.lora_B.T)
        return out if self.bias is None else out + self.bias


class Frozen(torch.autograd.Function):
    """x Ŵᵀ, which keeps no Ŵ for the backward pass but dequantises once more."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, layer: QLoRALinear) -> Tensor:
        ctx.layer = layer
        return x @ layer.dequantize().T

    @staticmethod
    def backward(ctx: Any, grad_out: Tensor) -> tuple[Tensor, None]:
        return grad_out @ ctx.layer.dequantize(), None


def quantize(values: Tensor, block_size: int) -> tuple[Tensor, Tensor]:
    """The number of the nearest level for each value, of an even count, and each block's absmax."""
    padding = -len(values) % block_size
    blocks = nn.functional.pad(values, (0, padding)).view(-1, block_size)  # (blocks, block_size)
    absmax = blocks.abs().amax(dim=1)
    scaled = blocks / torch.where(absmax > 0, absmax, 1).unsqueeze(1)
    distance = (scaled.unsqueeze(-1) - torch.tensor(LEVELS, dtype=values.dtype, device=values.device)).abs()
    codes = distance.argmin(dim=-1).flatten()[: len(values)].to(torch.uint8)
    return nn.functional.pad(codes, (0, len(codes) % 2)), absmax


def quantize_rows(weight: Tensor, block_size: int) -> tuple[Tensor, Tensor]:
    parts = [quantize(row, block_size) for row in weight]
    codes = torch.cat([part[0][: weight.shape[1]] for part in parts])
    return nn.functional.pad(codes, (0, len(codes) % 2)), torch.cat([part[1] for part in parts])
