"""Group-relative advantages (GRPO)."""

from torch import Tensor


def grpo_advantages(rewards: Tensor, eps: float = 1e-4) -> Tensor:
    """Return (r − mean) / (std + eps) within each group, (B, G), with the unbiased standard deviation.

    rewards: (B, G), G answers to each of B prompts. A group of equal rewards gives exactly zeros, also for G = 1.
    """
    raise NotImplementedError
