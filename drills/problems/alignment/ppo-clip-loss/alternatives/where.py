"""The form with g(ε, A): the minimum of ratio · A and (1 + ε)A or (1 − ε)A, by the sign of A."""

import torch


def ppo_clip_loss(logp_new, logp_old, advantages, clip=0.2):
    bound = torch.where(advantages >= 0, (1 + clip) * advantages, (1 - clip) * advantages)
    product = torch.exp(logp_new - logp_old) * advantages
    return torch.where(product < bound, product, bound).mean().neg()
