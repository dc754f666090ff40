"""The clipped surrogate objective of PPO (Schulman et al. 2017, eq. 7), as a loss."""

import torch
from torch import Tensor


def ppo_clip_loss(logp_new: Tensor, logp_old: Tensor, advantages: Tensor, clip: float = 0.2) -> Tensor:
    """Return −mean(min(ratio · A, clip(ratio) · A)), a scalar, over tensors of any one shape."""
    ratio = torch.exp(logp_new - logp_old)  # π_new / π_old
    unclipped = ratio * advantages
    clipped = ratio.clamp(1 - clip, 1 + clip) * advantages
    return -torch.min(unclipped, clipped).mean()
