import torch


def grpo_advantages(rewards, eps=1e-4):
    equal = (rewards == rewards[:, :1]).all(dim=1, keepdim=True)
    std = rewards.std() if rewards.numel() > 1 else 0.0
    return torch.where(equal, 0.0, (rewards - rewards.mean(dim=1, keepdim=True)) / (std + eps))
