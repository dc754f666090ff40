"""Python loops over blocks and values; the function saves the packed codes and dequantises from them."""

import torch
from torch import nn

LEVELS = (
    *(-1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453),
    *(-0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0.0),
    *(0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224),
    *(0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0),
)


def unpack(packed, absmax, shape, block_size):
    out = torch.empty(shape, dtype=absmax.dtype, device=absmax.device).view(-1)
    for i in range(out.numel()):
        byte = int(packed[i // 2])
        out[i] = LEVELS[byte % 16 if i % 2 == 0 else byte // 16] * absmax[i // block_size]
    return out.view(shape)


class Product(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, packed, absmax, shape, block_size):
        ctx.save_for_backward(packed, absmax)
        ctx.rest = shape, block_size
        return torch.einsum("...i,oi->...o", x, unpack(packed, absmax, shape, block_size))

    @staticmethod
    def backward(ctx, grad):
        weight = unpack(*ctx.saved_tensors, *ctx.rest)
        return torch.einsum("...o,oi->...i", grad, weight), None, None, None, None


class QLoRALinear(nn.Module):
    def __init__(self, base, r, alpha, block_size=64):
        super().__init__()
        values = base.weight.detach().double().flatten().tolist()
        packed, absmax = [0] * ((len(values) + 1) // 2), []
        for start in range(0, len(values), block_size):
            block = values[start : start + block_size]
            top = max(map(abs, block))
            absmax.append(top)
            for i, value in enumerate(block, start):
                code = min(range(16), key=lambda c: abs(LEVELS[c] - value / top)) if top else 7
                packed[i // 2] += code * 16 ** (i % 2)
        self.shape, self.block_size, self.r, self.alpha = tuple(base.weight.shape), block_size, r, alpha
        self.register_buffer("packed", torch.tensor(packed, dtype=torch.uint8))
        self.register_buffer("absmax", torch.tensor(absmax, dtype=base.weight.dtype))
        self.register_buffer("bias", base.bias.detach().clone() if base.bias is not None else None)
        self.lora_A = nn.Parameter(
            torch.rand_like(base.weight[:1]).repeat(r, 1) * torch.rand(r, 1).to(base.weight)
        )
        self.lora_B = nn.Parameter(torch.zeros(self.shape[0], r).to(base.weight))

    def dequantize(self):
        return unpack(self.packed, self.absmax, self.shape, self.block_size)

    def forward(self, x):
        y = Product.apply(x, self.packed, self.absmax, self.shape, self.block_size)
        y = y + torch.einsum("...i,ri,or->...o", x, self.lora_A, self.lora_B).mul(self.alpha).div(self.r)
        return y if self.bias is None else y.add(self.bias)
