"""-log softmax over the two implicit rewards: a classification among two answers."""

import torch


def dpo_loss(policy_chosen, policy_rejected, ref_chosen, ref_rejected, beta=0.1):
    rewards = torch.stack([policy_chosen - ref_chosen, policy_rejected - ref_rejected]) * beta  # (2, B)
    return -torch.log_softmax(rewards, dim=0)[0]
