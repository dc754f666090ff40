"""cosine_similarity on broadcast pairs and the trace of log_softmax."""

import torch


def info_nce(queries, keys, temperature=0.07):
    similarity = torch.nn.functional.cosine_similarity(queries.unsqueeze(1), keys.unsqueeze(0), dim=-1)
    return -(similarity / temperature).log_softmax(dim=-1).trace() / queries.shape[0]
