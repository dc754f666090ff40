"""Deployment: bytes and seconds added up request by request, block by block, token by token."""

from __future__ import annotations

from fractions import Fraction

from . import recomputes


@recomputes("memory-per-gpu-in-tensor-parallel")
def one_gpus_share(params: int, kv: int, gpus: int, requests: int, context: int) -> float:
    weights = params * 10**9 * 2 // gpus
    cache = sum(context * kv * 10**3 for _ in range(requests))
    return float(Fraction(weights) + Fraction(cache, gpus)) / 1e9


@recomputes("paged-blocks-shared-prompt")
def blocks_by_a_block_table(prompt: int, samples: int, answer_length: int) -> float:
    """Appends token by token; a shared block that is not full is copied by whoever writes to it while it is shared."""
    blocks = [(prompt - start) if prompt - start < 16 else 16 for start in range(0, prompt, 16)]
    owners = dict.fromkeys(range(len(blocks)), samples)
    fill = dict(enumerate(blocks))
    tables = [list(range(len(blocks))) for _ in range(samples)]
    for _ in range(answer_length):
        for table in tables:
            last = table[-1]
            if fill[last] == 16:
                new = len(fill)
                fill[new], owners[new] = 0, 1
                table.append(new)
            elif owners[last] > 1:
                new = len(fill)
                fill[new], owners[new] = fill[last], 1
                owners[last] -= 1
                table[-1] = new
            fill[table[-1]] += 1
    return float(len({number for table in tables for number in table}))


@recomputes("concurrent-requests-in-kv-memory")
def requests_admitted_one_by_one(pool: int, layers: int, bytes: int, tokens: int) -> float:
    left, admitted = pool * 1024**3, 0
    request = sum(tokens * 8 * 128 * bytes for _ in range(layers) for _ in ("key", "value"))
    while left >= request:
        left, admitted = left - request, admitted + 1
    return float(admitted)


@recomputes("decode-speed-from-bandwidth")
def tokens_in_a_thousand_seconds(params: int, bytes: float, bandwidth: int) -> float:
    seconds_a_token = Fraction(params * 10**9) * Fraction(str(bytes)) / (bandwidth * 10**9)
    return float(1000 / seconds_a_token / 1000)


@recomputes("latency-from-ttft-tpot")
def clock_at_the_last_token(ttft: float, tpot: int, n: int) -> float:
    clock = Fraction(str(ttft))
    for _ in range(n - 1):
        clock += Fraction(tpot, 1000)
    return float(clock)


@recomputes("prefill-time-from-flops")
def seconds_of_prefill(params: int, tokens: int, peak: int, util: int) -> float:
    flops = 2 * params * 10**9 * tokens
    return float(Fraction(flops, peak * 10**12) * Fraction(100, util))
