"""Each pair as one complex number, turned by torch.polar in double precision."""

import torch


def apply_rope(x, positions, base=10000.0):
    half = x.size(-1) // 2
    exponent = torch.arange(half, dtype=torch.float64, device=x.device) / half
    angle = positions.double().unsqueeze(-1) * torch.exp(-exponent * torch.log(torch.tensor(base).double()))
    turn = torch.polar(torch.ones_like(angle), angle)
    pair = torch.complex(x[..., :half].double(), x[..., half:].double()) * turn
    return torch.cat([pair.real, pair.imag], dim=-1).to(x.dtype)
