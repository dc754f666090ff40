"""Cross-entropy of the answer's tokens, each predicted by the position before it."""

import torch
import torch.nn.functional as F
from torch import Tensor


def sft_loss(logits: Tensor, labels: Tensor, prompt_lengths: Tensor, pad_id: int) -> Tensor:
    """Return the mean, a scalar, over the tokens behind the prompts that are not padding; 0.0 when there is none."""
    targets = labels[:, 1:]  # (B, T - 1): nothing predicts position 0
    position = torch.arange(1, labels.shape[1], device=labels.device)  # of each target
    counts = (position >= prompt_lengths[:, None]) & (targets != pad_id)  # (B, T - 1)
    log_probs = F.log_softmax(logits[:, :-1], dim=-1)  # (B, T - 1, V)
    losses = -log_probs.gather(-1, targets[..., None]).squeeze(-1)
    return losses.masked_fill(~counts, 0).sum() / counts.sum().clamp(min=1)
