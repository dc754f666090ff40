"""The clipped surrogate loss of PPO."""

from torch import Tensor


def ppo_clip_loss(logp_new: Tensor, logp_old: Tensor, advantages: Tensor, clip: float = 0.2) -> Tensor:
    """Return −mean(min(ratio · A, clip(ratio) · A)), a scalar, over tensors of any one shape."""
    raise NotImplementedError
