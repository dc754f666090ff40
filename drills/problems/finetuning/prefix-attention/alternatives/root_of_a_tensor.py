"""The scale is the root of a float32 tensor, which rounds it, as many write it; masks come from comparing positions."""

import torch
from torch import Tensor


def prefix_attention(q: Tensor, k: Tensor, v: Tensor, prefix_k: Tensor, prefix_v: Tensor) -> Tensor:
    batch, _, length, depth = q.shape
    past = prefix_k.size(-2)
    keys = torch.cat((prefix_k.unsqueeze(0).repeat(batch, 1, 1, 1), k), dim=-2)
    values = torch.cat((prefix_v.unsqueeze(0).repeat(batch, 1, 1, 1), v), dim=-2)
    scores = torch.matmul(q, keys.transpose(-2, -1)) / torch.sqrt(torch.tensor(depth, dtype=torch.float32))
    future = (
        torch.arange(past + length, device=q.device) > torch.arange(length, device=q.device)[:, None] + past
    )
    weights = torch.nn.functional.softmax(scores.masked_fill(future, -torch.inf), dim=-1)
    return torch.matmul(weights, values)
