"""Pair by pair with boolean indexing; softplus of the negative difference."""

import torch


def reward_model_loss(chosen, chosen_mask, rejected, rejected_mask, margin=None):
    losses, right = [], 0
    for i in range(chosen.shape[0]):
        good = chosen[i][chosen_mask[i]][-1]
        bad = rejected[i][rejected_mask[i]][-1]
        right += int(good > bad)
        needed = 0.0 if margin is None else margin[i]
        losses.append(torch.nn.functional.softplus(bad + needed - good))
    return sum(losses) / len(losses), right / len(losses)
