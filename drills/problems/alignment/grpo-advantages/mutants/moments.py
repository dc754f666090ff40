import torch


def grpo_advantages(rewards, eps=1e-4):
    equal = (rewards == rewards[:, :1]).all(dim=1, keepdim=True)
    size = rewards.shape[1]
    mean = rewards.mean(dim=1, keepdim=True)
    var = rewards.square().mean(dim=1, keepdim=True) - mean.square()
    std = (var.clamp(min=0) * size / max(size - 1, 1)).sqrt()
    return torch.where(equal, 0.0, (rewards - mean) / (std + eps))
