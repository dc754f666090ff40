"""Checks of `ring-all-reduce`: the sum in float64, and the traffic that a ring needs."""

from fractions import Fraction

import numpy as np

from drills.checking import assert_close, check, fresh_rng, require, unpack
from drills.strategies import sizes, sources


def same(candidate, buffers, exact=False):
    """Every rank ends with the sum, and the traffic is that of a ring."""
    p, n, dtype = len(buffers), buffers[0].size, buffers[0].dtype
    results, sent = unpack(candidate.ring_all_reduce(buffers), 2, "results", "sent")
    require(
        isinstance(results, list) and len(results) == p,
        f"results must be a list of {p} arrays, one for each rank.",
        f"results 应是 {p} 个数组组成的列表，每个 rank 一个。",
        actual=results,
        name="results",
    )
    total, size = np.zeros(n), np.zeros(n)
    for buffer in buffers:
        total = total + buffer.astype(np.float64)
        size = size + abs(buffer.astype(np.float64))
    atol = 0.0 if exact else 2 * p * float(np.finfo(dtype).eps) * float(size.max())
    for rank, result in enumerate(results):
        assert_close(result, total, dtype=dtype, rtol=0, atol=atol, name=f"results[{rank}]")
    traffic(sent, p, n)


def traffic(sent, p, n):
    """Together 2 (p − 1) n elements, and each rank within 2 of an equal part."""
    whole = isinstance(sent, list) and all(
        isinstance(count, (int, np.integer)) and not isinstance(count, bool) for count in sent
    )
    require(
        whole and len(sent) == p,
        f"sent must be a list of {p} integers, one for each rank.",
        f"sent 应是 {p} 个整数组成的列表，每个 rank 一个。",
        actual=sent,
        name="sent",
    )
    require(
        sum(sent) == 2 * (p - 1) * n,
        f"{p} ranks with {n} elements send {2 * (p - 1) * n} elements together, not {sum(sent)}.",
        f"{p} 个 rank、{n} 个元素时，总共应发送 {2 * (p - 1) * n} 个元素，而不是 {sum(sent)} 个。",
        expected=2 * (p - 1) * n,
        actual=sent,
        name="sent",
    )
    share = Fraction(2 * (p - 1) * n, p)
    for rank, count in enumerate(sent):
        require(
            abs(int(count) - share) <= 2,
            f"Rank {rank} sends {count} elements; in a ring each sends about {float(share):g}.",
            f"rank {rank} 发送了 {count} 个元素，环形算法中每个 rank 约发送 {float(share):g} 个。",
            expected=float(share),
            actual=sent,
            name="sent",
        )


@check("Worked by hand: three ranks with three elements.", "手算例子：三个 rank，三个元素。")
def test_by_hand(candidate):
    buffers = [np.array([1.0, 2, 3]), np.array([10.0, 20, 30]), np.array([100.0, 200, 300])]
    results, sent = unpack(candidate.ring_all_reduce([b.copy() for b in buffers]), 2, "results", "sent")
    require(
        isinstance(results, list) and len(results) == 3,
        "results must be a list of 3 arrays, one for each rank.",
        "results 应是 3 个数组组成的列表，每个 rank 一个。",
        actual=results,
        name="results",
    )
    for rank in range(3):
        assert_close(results[rank], np.array([111.0, 222, 333]), name=f"results[{rank}]")
    traffic(sent, 3, 3)
    require(
        [int(count) for count in sent] == [4, 4, 4],
        "Each rank sends two chunks of one element in each of the two phases.",
        "每个 rank 在两个阶段里各发送两个元素。",
        expected=[4, 4, 4],
        actual=sent,
        name="sent",
    )


@check("One rank sends nothing and keeps its vector.", "只有一个 rank 时不发送任何元素，向量保持原样。")
def test_one_rank(candidate):
    for n in (1, 5):
        for dtype in (np.float64, np.float32):
            same(candidate, [fresh_rng(1).standard_normal(n).astype(dtype)], exact=True)


@check(
    "Integers are summed exactly on every rank, for 2 to 6 ranks.",
    "2 到 6 个 rank 时，整数在每个 rank 上都精确求和。",
)
def test_every_rank(candidate):
    rng = fresh_rng(2)
    for p in range(2, 7):
        for n in (p, 2 * p, 5 * p):
            same(candidate, [rng.integers(-9, 10, n).astype(np.float64) for _ in range(p)], exact=True)


@check("The length need not divide by the number of ranks.", "向量长度不必是 rank 数的倍数。")
def test_remainder(candidate):
    rng = fresh_rng(3)
    for p, n in ((2, 3), (3, 4), (3, 5), (4, 7), (4, 9), (5, 8), (5, 11), (7, 16)):
        for dtype in (np.float64, np.float32):
            same(candidate, [rng.integers(-9, 10, n).astype(dtype) for _ in range(p)], exact=True)


@check("There may be fewer elements than ranks.", "元素个数可以少于 rank 数。")
def test_fewer_elements(candidate):
    rng = fresh_rng(4)
    for p, n in ((2, 1), (3, 1), (3, 2), (5, 2), (6, 4), (8, 1), (8, 7)):
        same(candidate, [rng.integers(-9, 10, n).astype(np.float64) for _ in range(p)], exact=True)


@check(
    "The traffic is spread evenly over the ring, however many ranks there are.",
    "无论有多少 rank，通信量都均匀分布在环上。",
)
def test_traffic(candidate):
    rng = fresh_rng(5)
    for p, n in ((2, 100), (3, 100), (4, 64), (5, 123), (8, 1000), (16, 250)):
        same(candidate, [rng.standard_normal(n) for _ in range(p)])


@check("A second call does not remember the first.", "第二次调用不受第一次影响。")
def test_no_state(candidate):
    rng = fresh_rng(6)
    for p, n in ((3, 7), (3, 7), (4, 7), (2, 3), (3, 7)):
        same(candidate, [rng.integers(-9, 10, n).astype(np.float64) for _ in range(p)], exact=True)


@check(
    "Every rank holds the sum and the traffic fits, for drawn numbers of ranks and elements.",
    "在随机的 rank 数和元素数下，每个 rank 都得到总和，通信量也符合要求。",
    examples=80,
    source=sources(("normal", "ties", "large", "tiny", "positive", "negative")),
    ranks=sizes(1, 7),
    n=sizes(1, 40),
)
def test_values(candidate, source, ranks, n):
    same(candidate, [source.array(n) for _ in range(ranks)])
