"""A Python loop over the batch and the positions, with logsumexp."""

import torch


def sft_loss(logits, labels, prompt_lengths, pad_id):
    losses = []
    for b in range(labels.size(0)):
        for t in range(max(int(prompt_lengths[b]), 1), labels.size(1)):
            token = int(labels[b, t])
            if token != pad_id:
                losses.append(torch.logsumexp(logits[b, t - 1], dim=0) - logits[b, t - 1, token])
    return torch.stack(losses).mean() if losses else logits.new_zeros(())
