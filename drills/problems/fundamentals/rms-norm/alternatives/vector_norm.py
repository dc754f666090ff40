"""linalg.vector_norm and hypot, in float64 inside."""

import torch


def rms_norm(x, weight, eps=1e-6):
    wide = x.double()
    norm = torch.linalg.vector_norm(wide, dim=-1, keepdim=True) / x.shape[-1] ** 0.5
    root = torch.sqrt(norm * norm + eps)
    return torch.einsum("...d,d->...d", wide / root, weight.double()).type_as(x)
