"""Checks of `causal-attention`: each query attends to a slice of the keys, in float64, without any mask."""

import math

import torch
from hypothesis import strategies as st

from drills.checking import assert_close, check, fresh_rng, gradients, require
from drills.strategies import Source, sizes, sources


def oracle(q, k, v):
    """One query at a time over the keys that it may see; differentiable."""
    n_q, n_k, depth = q.shape[-2], k.shape[-2], q.shape[-1]
    out = []
    for i in range(n_q):
        seen = slice(0, n_k - n_q + i + 1)
        scores = (k[..., seen, :] * q[..., i : i + 1, :]).sum(-1) / math.sqrt(depth)  # (B, H, seen)
        weights = torch.exp(scores - scores.detach().amax(-1, keepdim=True))
        weights = weights / weights.sum(-1, keepdim=True)
        out.append((weights[..., None] * v[..., seen, :]).sum(-2))
    return torch.stack(out, dim=-2)


def close(got, want, dtype, name="output", scale=1.0):
    want = want.detach()
    size = max(scale, float(want.abs().max()))
    rtol, unit = (1e-6, 1e-6) if dtype == torch.float64 else (1e-4, 1e-5)  # √Dh may be a float32 tensor
    assert_close(got, want, dtype=dtype, rtol=rtol, atol=unit * size, name=name)


def compare(candidate, q, k, v):
    close(candidate.causal_attention(q, k, v), oracle(q.double(), k.double(), v.double()), q.dtype)


def draw(source, batch, heads, n_q, n_k, depth, **options):
    shapes = ((batch, heads, n_q, depth), (batch, heads, n_k, depth), (batch, heads, n_k, depth))
    return [source.tensor(*shape, **options) for shape in shapes]


@check("Two queries over three keys, worked by hand.", "两个查询、三个键的手算例子。")
def test_by_hand(candidate):
    q, k, v = (
        torch.tensor(values, dtype=torch.float64).reshape(1, 1, -1, 1)
        for values in ([0.0, math.log(2)], [0.0, 1.0, 0.0], [1.0, 2.0, 6.0])
    )
    want = torch.tensor([1.5, 2.75], dtype=torch.float64).reshape(1, 1, 2, 1)
    close(candidate.causal_attention(q, k, v), want, q.dtype)


@check(
    "A single query sees all keys, as in decoding with a cache.", "单个查询能看到所有键，正如带缓存的解码。"
)
def test_one_query_sees_all(candidate):
    for n_k in (1, 2, 7):
        q, k, v = draw(Source(n_k), 2, 3, 1, n_k, 4)
        compare(candidate, q, k, v)


@check("The first of as many queries as keys sees only itself.", "查询与键一样多时，第一个查询只看到自己。")
def test_first_query_sees_itself(candidate):
    q, k, v = draw(Source(1), 2, 2, 4, 4, 3)
    got = candidate.causal_attention(q, k, v)
    close(got, oracle(q, k, v), q.dtype)
    close(got[:, :, 0], v[:, :, 0], q.dtype, name="first row")


@check("A future key has no influence, however large its score.", "未来的键无论分数多大都没有影响。")
def test_no_future(candidate):
    for n_q in (2, 4):
        q, k, v = draw(Source(2), 1, 2, n_q, 4, 2, kind="positive")
        q, k = q + 0.5, -1e6 * (k + 0.5)  # what a query may see scores far below 0
        k[:, :, -1] *= -1  # and the last key far above
        compare(candidate, q, k, v)


@check("Scores of ±1e6 stay finite, forward and backward.", "分数达到 ±1e6 时，前向与反向都有限。")
def test_large_scores(candidate):
    for dtype in ("float64", "float32"):
        source = Source(3, dtype)
        mine = draw(source, 2, 2, 3, 5, 4)
        q, k, v = mine[0] * 1e3, mine[1] * 1e3, mine[2]
        if dtype == "float64":
            compare(candidate, q, k, v)
        leaves = {"q": q.requires_grad_(), "k": k.requires_grad_(), "v": v.requires_grad_()}
        got = candidate.causal_attention(q, k, v)
        found = gradients(got, torch.ones_like(q), **leaves)
        for name, value in {"output": got, **{f"grad {key}": grad for key, grad in found.items()}}.items():
            require(
                bool(torch.isfinite(value).all()),
                f"{name} must be finite for large scores.",
                f"分数很大时 {name} 必须有限。",
                actual=value,
            )


@check("Decoding in pieces gives what one pass gives.", "分段解码与一次算完的结果一致。")
def test_pieces(candidate):
    rng = fresh_rng(4)
    q, k, v = draw(Source(int(rng.integers(1000))), 2, 2, 6, 6, 4)
    whole = oracle(q, k, v)
    for start, stop in ((0, 3), (3, 4), (4, 6)):
        got = candidate.causal_attention(q[:, :, start:stop], k[:, :, :stop], v[:, :, :stop])
        close(got, whole[:, :, start:stop], q.dtype)


shapes = {
    "batch": sizes(1, 3),
    "heads": sizes(1, 3),
    "n_q": sizes(1, 5),
    "past": st.integers(0, 4),
    "depth": sizes(1, 5),
}


@check(
    "The output equals the definition on drawn shapes, Tq < Tk and Tq = Tk.",
    "在随机形状（Tq < Tk 与 Tq = Tk）上输出等于定义。",
    source=sources(("normal", "ties", "positive")),
    **shapes,
)
def test_values(candidate, source, batch, heads, n_q, past, depth):
    compare(candidate, *draw(source, batch, heads, n_q, n_q + past, depth))


@check(
    "The gradients of q, k and v are those of the definition.",
    "q、k、v 的梯度等于定义的梯度。",
    source=sources(),
    examples=40,
    **shapes,
)
def test_gradients(candidate, source, batch, heads, n_q, past, depth):
    q, k, v = draw(source, batch, heads, n_q, n_q + past, depth, requires_grad=True)
    grad_out = source.tensor(*q.shape)
    found = gradients(candidate.causal_attention(q, k, v), grad_out, q=q, k=k, v=v)
    mine = {
        name: value.detach().double().requires_grad_() for name, value in {"q": q, "k": k, "v": v}.items()
    }
    for name, want in gradients(oracle(**mine), grad_out.double(), **mine).items():
        close(found[name], want, q.dtype, name=f"grad {name}", scale=5.0)
