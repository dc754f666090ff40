"""Select the rows that count with a boolean index; an empty selection gives a zero that keeps the graph."""

import torch
from torch.nn import functional


def sft_loss(logits, labels, prompt_lengths, pad_id):
    first = prompt_lengths.clamp(min=1).unsqueeze(1)
    counts = torch.arange(labels.size(1), device=labels.device).expand_as(labels).ge(first)
    counts = counts & labels.ne(pad_id)
    counts = counts[:, 1:]
    rows, targets = logits[:, :-1][counts], labels[:, 1:][counts]
    if targets.numel() == 0:
        return (logits * 0).sum()
    return functional.cross_entropy(rows, targets)
