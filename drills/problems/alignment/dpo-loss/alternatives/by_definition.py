"""max(-z, 0) + log1p(exp(-|z|)), in float64 inside."""

import torch


def dpo_loss(policy_chosen, policy_rejected, ref_chosen, ref_rejected, beta=0.1):
    dtype = policy_chosen.dtype
    pc, pr, rc, rr = (t.double() for t in (policy_chosen, policy_rejected, ref_chosen, ref_rejected))
    z = beta * (pc - pr - rc + rr)
    loss = torch.relu(-z) + torch.log1p(torch.exp(-torch.where(z >= 0, z, -z)))
    return loss.to(dtype)
