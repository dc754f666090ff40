"""Direct preference optimisation (Rafailov et al. 2023, eq. 7)."""

import torch.nn.functional as F
from torch import Tensor


def dpo_loss(
    policy_chosen: Tensor,
    policy_rejected: Tensor,
    ref_chosen: Tensor,
    ref_rejected: Tensor,
    beta: float = 0.1,
) -> Tensor:
    """Return the loss of each pair, (B,), from summed log-probabilities, (B,) each."""
    policy_margin = policy_chosen - policy_rejected  # log π(y_w|x) / π(y_l|x)
    ref_margin = ref_chosen - ref_rejected
    logits = beta * (policy_margin - ref_margin)
    return -F.logsigmoid(logits)  # log(sigmoid(·)) would be -inf far below zero
