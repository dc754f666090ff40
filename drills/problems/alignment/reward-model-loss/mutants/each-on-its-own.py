"""The pairwise loss of a reward model (Ouyang et al. 2022, eq. 1; the margin: Touvron et al. 2023, Llama 2)."""

import torch
import torch.nn.functional as F
from torch import Tensor


def sequence_reward(rewards: Tensor, mask: Tensor) -> Tensor:
    """The reward at each row's last real token: (B, T) to (B,)."""
    positions = torch.arange(mask.shape[1], device=mask.device)
    last = positions.where(mask, -1).amax(dim=1, keepdim=True)  # (B, 1); with padding on either side
    return rewards.gather(1, last).squeeze(1)


def reward_model_loss(
    chosen: Tensor,
    chosen_mask: Tensor,
    rejected: Tensor,
    rejected_mask: Tensor,
    margin: Tensor | None = None,
) -> tuple[Tensor, float]:
    """Return (loss, accuracy): the mean of -ln σ(r_chosen - r_rejected - margin), and the share of pairs in order."""
    good, bad = sequence_reward(chosen, chosen_mask), sequence_reward(rejected, rejected_mask)  # (B,)
    gap = good - bad
    accuracy = float((gap > 0).double().mean())
    if margin is not None:
        good = good - margin
    return (-F.logsigmoid(good) - F.logsigmoid(-bad)).mean(), accuracy
