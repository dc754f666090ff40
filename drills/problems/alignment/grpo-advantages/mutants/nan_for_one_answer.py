import torch


def grpo_advantages(rewards, eps=1e-4):
    centred = rewards - rewards.mean(dim=1, keepdim=True)
    advantages = centred / (rewards.std(dim=1, keepdim=True) + eps)
    if rewards.shape[1] == 1:
        return advantages
    equal = (rewards == rewards[:, :1]).all(dim=1, keepdim=True)
    return torch.where(equal, 0.0, advantages)
