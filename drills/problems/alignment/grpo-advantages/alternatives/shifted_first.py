"""Differences from each group's first reward: they are exactly zero in a group of equals, and so is all that follows."""

import torch


def grpo_advantages(rewards, eps=1e-4):
    d = rewards - rewards[:, :1]
    if rewards.size(1) < 2:
        return d
    std, mean = torch.std_mean(d, dim=-1, keepdim=True)
    return (d - mean).div(std + eps)
