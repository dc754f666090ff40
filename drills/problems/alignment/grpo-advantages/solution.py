"""Group-relative advantages (Shao et al. 2024, §4.1.2)."""

import torch
from torch import Tensor


def grpo_advantages(rewards: Tensor, eps: float = 1e-4) -> Tensor:
    """Return (r − mean) / (std + eps) within each group, (B, G); zeros where all rewards are equal."""
    equal = (rewards == rewards[:, :1]).all(dim=1, keepdim=True)  # (B, 1); always so for G = 1
    centred = rewards - rewards.mean(dim=1, keepdim=True)
    degrees = max(rewards.shape[1] - 1, 1)
    std = (centred.square().sum(dim=1, keepdim=True) / degrees).sqrt()  # unbiased
    return torch.where(equal, 0.0, centred / (std + eps))
