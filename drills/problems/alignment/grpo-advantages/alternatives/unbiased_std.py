"""torch.std for groups of two or more, and a comparison of the largest with the smallest reward."""

import torch


def grpo_advantages(rewards, eps=1e-4):
    if rewards.shape[-1] == 1:
        return torch.zeros_like(rewards)
    r = rewards.double()
    advantages = (r - r.mean(-1, keepdim=True)) / (r.std(-1, keepdim=True) + eps)
    spread = r.amax(-1, keepdim=True) - r.amin(-1, keepdim=True)
    return advantages.masked_fill(spread == 0, 0).to(rewards.dtype)
