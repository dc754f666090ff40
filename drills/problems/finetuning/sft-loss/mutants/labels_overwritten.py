import torch
import torch.nn.functional as F


def sft_loss(logits, labels, prompt_lengths, pad_id):
    position = torch.arange(labels.shape[1], device=labels.device)
    labels[(position < prompt_lengths[:, None].clamp(min=1)) | (labels == pad_id)] = -100
    targets = labels[:, 1:]
    total = F.cross_entropy(
        logits[:, :-1].reshape(-1, logits.shape[-1]), targets.reshape(-1), reduction="sum"
    )
    return total / (targets != -100).sum().clamp(min=1)
