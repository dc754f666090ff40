import torch
import torch.nn.functional as F


def sft_loss(logits, labels, prompt_lengths, pad_id):
    position = torch.arange(labels.shape[1], device=labels.device)
    counts = (position >= prompt_lengths[:, None].clamp(min=1)) & (labels != pad_id)
    losses = F.cross_entropy(logits.transpose(1, 2), labels, reduction="none")
    return losses.masked_fill(~counts, 0).sum() / counts.sum().clamp(min=1)
