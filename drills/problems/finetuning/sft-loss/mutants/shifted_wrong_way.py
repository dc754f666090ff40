import torch
import torch.nn.functional as F


def sft_loss(logits, labels, prompt_lengths, pad_id):
    targets = labels[:, :-1]
    position = torch.arange(labels.shape[1] - 1, device=labels.device)
    counts = (position >= prompt_lengths[:, None].clamp(min=1)) & (targets != pad_id)
    log_probs = F.log_softmax(logits[:, 1:], dim=-1)
    losses = -log_probs.gather(-1, targets[..., None]).squeeze(-1)
    return losses.masked_fill(~counts, 0).sum() / counts.sum().clamp(min=1)
