"""The formula as it is written; a single answer has no spread."""

import torch


def grpo_advantages(rewards, eps=1e-4):
    mean = rewards.mean(dim=1, keepdim=True)
    std = rewards.std(dim=1, keepdim=True) if rewards.shape[1] > 1 else torch.zeros_like(mean)
    return (rewards - mean) / (std + eps)
