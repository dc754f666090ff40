"""Continuations of one cache, played beside the learner's code: on its way to the checks a cache might be copied."""

import torch


def run(submission, d_model, num_heads, weights, tokens, prompt, cuts):
    """Continue the cache of a shared prompt with each of `tokens`, in turn; the outputs of each, piece by piece."""
    module = submission.CachedAttention(d_model, num_heads).double()
    own = dict(module.named_parameters())
    with torch.no_grad():
        for key, value in weights.items():
            own[key].copy_(value)
        _, root = module(tokens[0][:, :prompt].clone())
        caches, outs = [root] * len(tokens), [[] for _ in tokens]
        start = prompt
        for stop in cuts:
            for branch, x in enumerate(tokens):
                out, caches[branch] = module(x[:, start:stop].clone(), caches[branch])
                outs[branch].append(out)
            start = stop
    return outs
