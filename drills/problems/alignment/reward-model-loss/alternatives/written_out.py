"""max(-z, 0) + log1p(exp(-|z|)) in float64, the last token by a masked selection of one place a row."""

import torch


def reward_model_loss(chosen, chosen_mask, rejected, rejected_mask, margin=None):
    def pick(rewards, mask):
        later = mask.flip(1).cumsum(1).flip(1)  # real tokens from here on
        return rewards.masked_select(mask & (later == 1)).double()

    z = pick(chosen, chosen_mask) - pick(rejected, rejected_mask)
    ranked = z.detach() > 0
    if margin is not None:
        z = z - margin.double()
    loss = torch.relu(-z) + torch.log1p(torch.exp(-torch.where(z >= 0, z, -z)))
    return loss.mean().to(chosen.dtype), ranked.sum().item() / ranked.numel()
