"""Fine-tuning: modules built and counted, runs stepped through, bytes added up tensor by tensor."""

from __future__ import annotations

from fractions import Fraction

from . import recomputes


@recomputes("adapter-parameter-count")
def parameters_of_real_adapters(layers: int, d: int, m: int) -> float:
    from torch import nn

    stack = nn.ModuleList(
        nn.Sequential(nn.Linear(d, m, device="meta"), nn.GELU(), nn.Linear(m, d, device="meta"))
        for _ in range(2 * layers)
    )
    return sum(p.numel() for p in stack.parameters()) / 1e6


@recomputes("replay-token-budget")
def general_text_by_its_share(new: int, share: int) -> float:
    """The x with x / (new + x) = share, found by halving."""
    low, high = 0.0, 1e6
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if middle / (new + middle) < share / 100 else (low, middle)
    return low


@recomputes("head-swap-parameters")
def parameters_before_and_after(d: int, vocab: int, classes: int) -> float:
    from torch import nn

    before = nn.Linear(d, vocab, bias=False, device="meta")
    after = nn.Linear(d, classes, device="meta")
    return (before.weight.numel() - sum(p.numel() for p in after.parameters())) / 1e6


@recomputes("lora-trainable-share")
def share_of_real_matrices(r: int, m: int) -> float:
    import torch

    pairs = [
        (torch.empty(r, 4096, device="meta"), torch.empty(4096, r, device="meta")) for _ in range(32 * m)
    ]
    assert all((b @ a).shape == (4096, 4096) for a, b in pairs[:1])
    return float(Fraction(sum(a.numel() + b.numel() for a, b in pairs) * 100, 6_740_000_000))


@recomputes("qlora-base-weight-memory")
def bits_of_a_superblock(n: int) -> float:
    """256 blocks of 64 weights: their codes, their 8-bit constants, and one 32-bit constant for all."""
    bits = 256 * 64 * 4 + 256 * 8 + 32
    return float(Fraction(bits * n * 10**9, 256 * 64 * 8)) / 1e9


@recomputes("prefix-tuning-parameter-count")
def keys_and_values_in_every_layer(layers: int, d: int, p: int) -> float:
    return float(sum(p * 128 for _ in range(layers) for _ in ("key", "value") for _ in range(d // 128)))


@recomputes("adamw-against-lomo-memory")
def bytes_tensor_by_tensor(n: float) -> float:
    adamw = {"weight": 2, "gradient": 2, "master copy": 4, "first moment": 4, "second moment": 4}
    lomo = {"weight": 2}
    return n * sum(adamw.values()) - n * sum(lomo.values())


@recomputes("finetuning-optimizer-steps")
def steps_micro_batch_by_micro_batch(examples: int, gpus: int, batch: int, acc: int, epochs: int) -> float:
    steps = 0
    for _ in range(epochs):
        left, waiting = examples, 0
        while left > 0:
            left -= gpus * batch
            waiting += 1
            if waiting == acc:
                steps, waiting = steps + 1, 0
    return float(steps)
