"""A classification among two answers: cross-entropy over the stacked rewards, the first being the right class."""

import torch


def last_index(mask):
    return mask.shape[1] - 1 - mask.flip(1).to(torch.int64).argmax(dim=1)


def reward_model_loss(chosen, chosen_mask, rejected, rejected_mask, margin=None):
    rows = torch.arange(len(chosen), device=chosen.device)
    good, bad = chosen[rows, last_index(chosen_mask)], rejected[rows, last_index(rejected_mask)]
    accuracy = good.gt(bad).float().mean()
    pair = torch.stack([good if margin is None else good - margin, bad], dim=1)  # (B, 2)
    return torch.nn.functional.cross_entropy(pair, torch.zeros_like(rows)), accuracy
