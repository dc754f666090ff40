"""One query at a time, in float64: softplus of how far the negatives lie above the positive."""

import torch


def info_nce(queries, keys, temperature=0.07):
    losses = []
    unit = [key.double() / key.double().pow(2).sum().sqrt() for key in keys]
    for i, query in enumerate(queries):
        query = query.double() / query.double().pow(2).sum().sqrt()
        margins = torch.stack([(query * (key - unit[i])).sum() / temperature for key in unit])
        top = margins.max().detach()
        losses.append(top + torch.log(torch.exp(margins - top).sum()))
    return torch.stack(losses).mean().to(queries.dtype)
