"""Direct preference optimisation (DPO)."""

from torch import Tensor


def dpo_loss(
    policy_chosen: Tensor,
    policy_rejected: Tensor,
    ref_chosen: Tensor,
    ref_rejected: Tensor,
    beta: float = 0.1,
) -> Tensor:
    """Return the loss of each pair of answers, (B,).

    The arguments are (B,): the summed log-probabilities of the chosen and the rejected answer, under the
    policy and under the reference.
    """
    raise NotImplementedError
