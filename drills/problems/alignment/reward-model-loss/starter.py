"""The pairwise loss of a reward model (Bradley-Terry)."""

from torch import Tensor


def reward_model_loss(
    chosen: Tensor,
    chosen_mask: Tensor,
    rejected: Tensor,
    rejected_mask: Tensor,
    margin: Tensor | None = None,
) -> tuple[Tensor, float]:
    """Return (loss, accuracy): the mean of -ln σ(r_chosen - r_rejected - margin), and the share of pairs in order.

    chosen: (B, Tc) and rejected: (B, Tr), the value head's output at each position; the masks are boolean, True on
    real tokens. A sequence's reward stands at its last real token. margin: (B,).
    """
    raise NotImplementedError
