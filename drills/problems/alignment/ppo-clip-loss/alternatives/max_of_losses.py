"""The larger of two losses, in float64 inside, as sums over a flat view."""

import torch


def ppo_clip_loss(logp_new, logp_old, advantages, clip=0.2):
    new, old, adv = (t.reshape(-1).double() for t in (logp_new, logp_old, advantages))
    ratio = torch.exp(new - old)
    losses = torch.stack([-adv * ratio, -adv * torch.clip(ratio, min=1 - clip, max=1 + clip)])
    return (losses.amax(dim=0).sum() / new.numel()).to(logp_new.dtype)
