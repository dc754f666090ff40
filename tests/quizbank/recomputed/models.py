"""Models: every matrix laid out on the meta device and counted."""

from __future__ import annotations

from fractions import Fraction

from . import recomputes


def _count(*shapes: tuple[int, ...]) -> int:
    import torch

    return sum(torch.empty(shape, device="meta").numel() for shape in shapes)


@recomputes("bert-mlm-unmasked-targets")
def targets_that_show_something(n: int) -> float:
    """Of what is chosen a tenth becomes a random token and a tenth stays."""
    chosen = Fraction(15, 100) * n
    shown = {"[MASK]": Fraction(8, 10), "random": Fraction(1, 10), "itself": Fraction(1, 10)}
    return float(sum(chosen * share for what, share in shown.items() if what != "[MASK]"))


@recomputes("gpt2-parameter-estimate")
def gpt2_matrix_by_matrix(layers: int, d: int) -> float:
    block = [(d, 3 * d), (d, d), (d, 4 * d), (4 * d, d)]
    return _count((50257, d), (1024, d), *(block * layers)) / 1e6


@recomputes("bert-parameter-estimate")
def bert_matrix_by_matrix(layers: int, d: int, v: int) -> float:
    block = [(d, d)] * 4 + [(d, 4 * d), (4 * d, d)]
    return _count((v, d), (512, d), (2, d), *(block * layers)) / 1e6


@recomputes("chatglm2-kv-cache")
def bytes_layer_by_layer(n: int, b: int) -> float:
    import torch

    caches = [
        torch.empty(b, 2, n, 128, dtype=torch.float16, device="meta")
        for _ in range(28)
        for _ in ("key", "value")
    ]
    return sum(cache.numel() * cache.element_size() for cache in caches) / 2**20


@recomputes("llama-parameter-count")
def llama_matrix_by_matrix(layers: int, d: int, f: int, kv: int, v: int) -> float:
    block = [(d, d), (d, kv * 128), (d, kv * 128), (d, d), (d, f), (d, f), (f, d)]
    return _count((v, d), (v, d), *(block * layers)) / 1e9


@recomputes("reasoning-call-cost")
def cents_of_each_part(pi: int, po: int, ti: int, tr: int, ta: int) -> float:
    bill = [(ti, pi), (tr, po), (ta, po)]
    return float(sum(Fraction(tokens * dollars * 100, 10**6) for tokens, dollars in bill))


@recomputes("qwen-moe-memory")
def gigabytes_of_all_experts(total: float, active: float, bits: int) -> float:
    per_parameter = {4: Fraction(1, 2), 8: Fraction(1), 16: Fraction(2)}[bits]
    return float(Fraction(str(total)) * per_parameter)
