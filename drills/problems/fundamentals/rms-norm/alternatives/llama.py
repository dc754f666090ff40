"""As in LLaMA's own code: normalise in float32, cast back, then multiply by the weight in x's dtype."""

import torch


def rms_norm(x, weight, eps=1e-6):
    hidden = x.to(torch.float32)
    variance = hidden.pow(2).mean(-1, keepdim=True)
    hidden = hidden * torch.rsqrt(variance + eps)
    return weight.to(x.dtype) * hidden.to(x.dtype)
