"""One bound per element, picked by the sign of A from two Python numbers, which torch.where rounds to float32."""

import torch
from torch import Tensor


def ppo_clip_loss(logp_new: Tensor, logp_old: Tensor, advantages: Tensor, clip: float = 0.2) -> Tensor:
    ratio = torch.exp(logp_new - logp_old)
    bound = torch.where(advantages > 0, 1 + clip, 1 - clip)
    held = torch.where(advantages > 0, ratio > bound, ratio < bound)
    return -torch.where(held, bound * advantages, ratio * advantages).mean()
