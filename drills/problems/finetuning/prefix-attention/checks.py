"""Checks of `prefix-attention`: each query of each sequence meets its keys in a list, in float64, without any mask."""

import itertools
import math

import torch

from drills.checking import assert_close, check, gradients, require
from drills.strategies import Source, sizes, sources

NAMES = ("q", "k", "v", "prefix_k", "prefix_v")


def oracle(q, k, v, prefix_k, prefix_v):
    """Sequence by sequence, head by head, query by query; differentiable."""
    batch, heads, length, depth = q.shape
    rows = []
    for b in range(batch):
        for h in range(heads):
            for t in range(length):
                keys = torch.cat([prefix_k[h], k[b, h, : t + 1]])  # (P + t + 1, Dh)
                values = torch.cat([prefix_v[h], v[b, h, : t + 1]])
                scores = (keys * q[b, h, t]).sum(-1) / math.sqrt(depth)
                weights = torch.exp(scores - scores.detach().max())
                rows.append((weights[:, None] * values).sum(0) / weights.sum())
    return torch.stack(rows).reshape(batch, heads, length, depth)


def close(got, want, dtype, name="output", scale=1.0):
    """Close enough in float64 also where √Dh was rounded to float32, as torch.sqrt(torch.tensor(Dh)) is."""
    want = want.detach()
    size = max(scale, float(want.abs().max()))
    rtol, unit = (1e-6, 1e-6) if dtype == torch.float64 else (1e-4, 1e-5)
    assert_close(got, want, dtype=dtype, rtol=rtol, atol=unit * size, name=name)


def compare(candidate, *values):
    want = oracle(*(value.double() for value in values))
    close(candidate.prefix_attention(*values), want, values[0].dtype)


def draw(source, batch, heads, length, past, depth, **options):
    own, prefix = (batch, heads, length, depth), (heads, past, depth)
    return [source.tensor(*shape, **options) for shape in (own, own, own, prefix, prefix)]


def column(dtype, *values):
    """Tensors with Dh = 1 from lists: q, k, v with B = H = 1, then the prefix."""
    shapes = [(1, 1, -1, 1)] * 3 + [(1, -1, 1)] * 2
    return [
        torch.tensor(value, dtype=dtype).reshape(shape) for value, shape in zip(values, shapes, strict=True)
    ]


@check("Two queries and one prefix pair, worked by hand.", "两个查询、一组前缀的手算例子。")
def test_by_hand(candidate):
    values = column(torch.float64, [1.0, 2.0], [math.log(3), 0.0], [4.0, 8.0], [0.0], [0.0])
    want = torch.tensor([3.0, 4.0], dtype=torch.float64).reshape(1, 1, 2, 1)
    assert_close(candidate.prefix_attention(*values), want)


@check("The first query sees the whole prefix and itself.", "第一个查询能看到整个前缀和它自己。")
def test_first_query(candidate):
    for length, past in ((1, 1), (1, 5), (4, 3)):
        values = draw(Source(past), 2, 2, length, past, 3)
        compare(candidate, *values)


@check("P smaller than, equal to and larger than T.", "P 小于、等于、大于 T 时都正确。")
def test_prefix_lengths(candidate):
    for length, past in ((5, 1), (3, 3), (2, 6)):
        compare(candidate, *draw(Source(length), 2, 3, length, past, 4))


@check(
    "The prefix is shared by the batch, and each head has its own.", "前缀由整个批次共用，每个头各有一份。"
)
def test_shared_by_batch(candidate):
    q, k, v, prefix_k, prefix_v = draw(Source(5), 3, 4, 3, 2, 2)
    q, k, v = (value[:1].repeat(3, 1, 1, 1) for value in (q, k, v))
    compare(candidate, q, k, v, prefix_k, prefix_v)
    q, k, v = (value[:, :1].repeat(1, 4, 1, 1) for value in (q, k, v))
    compare(candidate, q, k, v, prefix_k, prefix_v)


@check("A future key has no influence, however large its score.", "未来的键无论分数多大都没有影响。")
def test_no_future(candidate):
    for dtype in (torch.float64, torch.float32):
        low, high = [-1e3, -1e3 + 1], [1e3, -1e3]
        for queries, keys, prefix in (
            ([1e3, 1e3], [-1e3, 1e3], low),
            ([-1e3, -1e3], [1e3, -1e3], [1e3, 999]),
            ([1e3, 1.0, 1.0], [-1e3, -1e3, 1e3], low),
            ([1.0, 1.0], [0.0, 1e3], high),
        ):
            own = [float(i + 1) for i in range(len(queries))]
            compare(candidate, *column(dtype, queries, keys, own, prefix, [7.0, 100.0]))


@check("Scores of ±1e6 stay finite, forward and backward.", "分数达到 ±1e6 时，前向与反向都有限。")
def test_large_scores(candidate):
    far = (  # in the second case a future score lies 2e6 above all that may be seen
        ([1e3, -1e3], [998, 1e3], [1.0, 2.0], [1e3, 999, -1e3], [3.0, 4.0, 5.0]),
        ([1e3, 1e3], [-998, 1e3], [1.0, 2.0], [-1e3, -999], [3.0, 4.0]),
    )
    for dtype, case in itertools.product((torch.float64, torch.float32), far):
        values = column(dtype, *case)
        compare(candidate, *values)
        leaves = {name: value.clone().requires_grad_() for name, value in zip(NAMES, values, strict=True)}
        got = candidate.prefix_attention(*leaves.values())
        for name, grad in gradients(got, torch.ones_like(values[0]), **leaves).items():
            require(
                bool(torch.isfinite(grad).all()),
                f"The gradient of {name} must be finite for large scores.",
                f"分数很大时，{name} 的梯度必须有限。",
                actual=grad,
            )


shapes = {
    "batch": sizes(1, 3),
    "heads": sizes(1, 3),
    "length": sizes(1, 5),
    "past": sizes(1, 5),
    "depth": sizes(1, 5),
}


@check(
    "The output equals the definition on drawn shapes.",
    "在随机形状上输出等于定义。",
    source=sources(("normal", "ties", "positive")),
    examples=40,
    **shapes,
)
def test_values(candidate, source, batch, heads, length, past, depth):
    compare(candidate, *draw(source, batch, heads, length, past, depth))


@check(
    "The gradients of q, k, v and of the prefix are those of the definition.",
    "q、k、v 与前缀的梯度都等于定义的梯度。",
    source=sources(),
    examples=25,
    **shapes,
)
def test_gradients(candidate, source, batch, heads, length, past, depth):
    leaves = dict(
        zip(NAMES, draw(source, batch, heads, length, past, depth, requires_grad=True), strict=True)
    )
    grad_out = source.tensor(batch, heads, length, depth)
    found = gradients(candidate.prefix_attention(*leaves.values()), grad_out, **leaves)
    mine = {name: value.detach().double().requires_grad_() for name, value in leaves.items()}
    for name, want in gradients(oracle(**mine), grad_out.double(), **mine).items():
        close(found[name], want, leaves["q"].dtype, name=f"grad {name}", scale=5.0 * batch)
