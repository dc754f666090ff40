"""The loss of supervised fine-tuning."""

from torch import Tensor


def sft_loss(logits: Tensor, labels: Tensor, prompt_lengths: Tensor, pad_id: int) -> Tensor:
    """Return the mean cross-entropy, a scalar, over the answers' tokens.

    logits: (B, T, V); labels: (B, T), the input ids; prompt_lengths: (B,). Position t counts where t ≥ max(prompt_length, 1)
    and labels[t] is not pad_id, and is scored by logits[t − 1]; 0.0 when none counts.
    """
    raise NotImplementedError
