"""Labels with -100 where nothing counts, and PyTorch's own cross-entropy, summed."""

import torch
import torch.nn.functional as F


def sft_loss(logits, labels, prompt_lengths, pad_id):
    b, t, v = logits.shape
    labels = labels.clone()
    for row, length in zip(labels, prompt_lengths.tolist(), strict=True):
        row[row == pad_id] = -100
        row[: max(length, 1)] = -100
    labels = torch.cat(
        [labels[:, 1:], labels.new_full((b, 1), -100)], dim=1
    )  # the last logits predict nothing
    total = F.cross_entropy(logits.reshape(b * t, v), labels.reshape(-1), ignore_index=-100, reduction="sum")
    return total / max(int((labels != -100).sum()), 1)
