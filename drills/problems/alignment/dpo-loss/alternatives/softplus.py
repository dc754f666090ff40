"""Implicit rewards, written as such, and softplus of the negative difference."""

import torch


def dpo_loss(policy_chosen, policy_rejected, ref_chosen, ref_rejected, beta=0.1):
    reward_chosen = beta * (policy_chosen - ref_chosen.detach())
    reward_rejected = beta * (policy_rejected - ref_rejected.detach())
    return torch.nn.functional.softplus(reward_rejected - reward_chosen)
