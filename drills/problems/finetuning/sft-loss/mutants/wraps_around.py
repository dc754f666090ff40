import torch
import torch.nn.functional as F


def sft_loss(logits, labels, prompt_lengths, pad_id):
    position = torch.arange(labels.shape[1], device=labels.device)
    counts = (position >= prompt_lengths[:, None]) & (labels != pad_id)
    log_probs = F.log_softmax(logits.roll(1, dims=1), dim=-1)
    losses = -log_probs.gather(-1, labels[..., None]).squeeze(-1)
    return losses.masked_fill(~counts, 0).sum() / counts.sum().clamp(min=1)
