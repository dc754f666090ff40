"""A hand-written backward pass."""

import torch


class RMSNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight, eps):
        wide = x if x.dtype == torch.float64 else x.float()
        scale = (torch.einsum("...d,...d->...", wide, wide) / x.shape[-1] + eps).pow(-0.5)[..., None]
        normed = wide * scale
        ctx.save_for_backward(normed, scale, weight)
        ctx.dtype = x.dtype
        return (normed * weight).to(x.dtype)

    @staticmethod
    def backward(ctx, grad_out):
        normed, scale, weight = ctx.saved_tensors
        grad_out = grad_out.to(normed.dtype)
        g = grad_out * weight
        grad_x = scale * (g - normed * (g * normed).mean(-1, keepdim=True))
        grad_weight = (grad_out * normed).reshape(-1, weight.shape[0]).sum(0)
        return grad_x.to(ctx.dtype), grad_weight.to(weight.dtype), None


def rms_norm(x, weight, eps=1e-6):
    return RMSNorm.apply(x, weight, eps)
