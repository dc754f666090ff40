"""Parallelism: rings passed round, schedules simulated slot by slot, states put on each device."""

from __future__ import annotations

from fractions import Fraction

from . import recomputes


def _ring_bytes(n: int, size: int) -> Fraction:
    """What one rank sends in a ring all-reduce: n − 1 chunks in each of its two passes."""
    sent = Fraction(0)
    for _pass in ("reduce-scatter", "all-gather"):
        for _step in range(n - 1):
            sent += Fraction(size, n)
    return sent


@recomputes("ring-all-reduce-bytes")
def bytes_sent_round_the_ring(n: int, params: float) -> float:
    return float(_ring_bytes(n, int(params * 10**9) * 2)) / 1e9


@recomputes("zero-two-memory")
def states_on_one_gpu(params: int, n: int) -> float:
    whole = {"weights": 2}
    sharded = {"gradients": 2, "master copy": 4, "first moment": 4, "second moment": 4}
    each = sum(map(Fraction, whole.values())) + sum(Fraction(size, n) for size in sharded.values())
    return float(params * each)


@recomputes("tokens-to-hide-all-reduce")
def tokens_until_the_times_meet(params: int, flops: int, bandwidth: int) -> float:
    """Seconds of both, the tokens found by halving."""
    network = 2 * (params * 1e9 * 2) / (bandwidth * 1e9)
    low, high = 0.0, 1e9
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if 6 * params * 1e9 * middle / (flops * 1e12) < network else (low, middle)
    return low


@recomputes("data-parallel-steps-per-epoch")
def steps_until_the_data_is_used(n: int, gpus: int, micro: int, accumulate: int) -> float:
    used = steps = 0
    while used < n:
        for _ in range(accumulate):
            used += gpus * micro
        steps += 1
    return float(steps)


@recomputes("pipeline-bubble-share")
def idle_slots_of_a_simulated_gpipe(p: int, m: int) -> float:
    """Each stage begins a micro-batch when the one before has passed it on; forward and backward take a slot each."""
    done = [[0] * p for _ in range(m)]
    for batch in range(m):
        for stage in range(p):
            ready = done[batch][stage - 1] if stage else 0
            free = done[batch - 1][stage] if batch else 0
            done[batch][stage] = max(ready, free) + 1
    makespan = 2 * done[-1][-1]  # the backward passes mirror the forward ones
    return 100 * (makespan - 2 * m) / makespan


@recomputes("pipeline-microbatches-for-bubble")
def least_count_by_trying(p: int, q: int) -> float:
    """1F1B idles as long as GPipe does: p − 1 slots forward and backward."""
    count = 1
    while Fraction(p - 1, count + p - 1) > Fraction(q, 100):
        count += 1
    return float(count)


@recomputes("tensor-parallel-traffic-per-layer")
def bytes_of_four_all_reduces(t: int, b: int, s: int, h: int) -> float:
    """After attention and after the MLP, forward; before each of them, backward."""
    places = ["attention out", "mlp out", "attention in, backward", "mlp in, backward"]
    return float(sum(_ring_bytes(t, b * s * h * 2) for _ in places)) / 1e6


@recomputes("all-reduce-of-a-small-message")
def microseconds_round_after_round(n: int, size: int, latency: int, bandwidth: int) -> float:
    clock = Fraction(0)
    for _pass in ("reduce-scatter", "all-gather"):
        for _step in range(n - 1):
            chunk = Fraction(size * 10**3, n)
            clock += latency + chunk / (bandwidth * 10**9) * 10**6
    return float(clock)


@recomputes("expert-parallel-bytes-sent")
def bytes_that_leave_gpu_zero(n: int, tokens: int, hidden: int, k: int) -> float:
    """Fills the table of copies from each GPU to each, and reads what GPU 0 sends there and what it sends back."""
    copies = [[Fraction(tokens * k, n) for _to in range(n)] for _from in range(n)]
    there = sum(copies[0][other] for other in range(1, n))
    back = sum(copies[other][0] for other in range(1, n))
    return float((there + back) * hidden * 2 / 10**6)


@recomputes("activation-memory-sharded")
def gigabytes_tensor_by_tensor(t: int, layers: int, s: int, b: int, h: int) -> float:
    """Bytes per element of s·b·h that a layer keeps: 16-bit tensors take 2, masks 1."""
    attention = {"input": 2, "queries": 2, "keys": 2, "values": 2, "projection's input": 2, "mask": 1}
    mlp = {"input": 2, "before the activation": 4 * 2, "after it": 4 * 2, "mask": 1}
    norms = {"first": 2, "second": 2}
    kept = sum(sum(part.values()) for part in (attention, mlp, norms))
    return sum(kept * s * b * h for _ in range(layers)) / t / 1e9


@recomputes("fsdp-accumulation-traffic")
def bytes_of_every_collective_of_a_step(params: int, n: int, k: int) -> float:
    """A rank passes its neighbour one shard a round, n − 1 rounds for each collective."""
    sent = Fraction(0)
    for _micro_batch in range(k):
        for _collective in ("weights forward", "weights backward", "gradients"):
            for _step in range(n - 1):
                sent += Fraction(params * 10**9 * 2, n)
    return float(sent / 10**9)
