"""Checks of `grouped-query-attention`: one head and one query at a time over a slice of the keys, in float64, without any mask."""

import math

import torch
from hypothesis import strategies as st

from drills.checking import assert_close, check, fresh_rng, gradients, require
from drills.strategies import Source, sizes, sources


def oracle(q, k, v, causal=True):
    """The definition, differentiable."""
    group, length, depth = q.shape[1] // k.shape[1], q.shape[2], q.shape[3]
    heads = []
    for head in range(q.shape[1]):
        keys, values, rows = k[:, head // group], v[:, head // group], []
        for i in range(length):
            seen = slice(0, i + 1 if causal else length)
            scores = (keys[:, seen] * q[:, head, i : i + 1]).sum(-1) / math.sqrt(depth)  # (B, seen)
            weights = torch.exp(scores - scores.detach().amax(-1, keepdim=True))
            weights = weights / weights.sum(-1, keepdim=True)
            rows.append((weights[..., None] * values[:, seen]).sum(-2))
        heads.append(torch.stack(rows, dim=1))
    return torch.stack(heads, dim=1)


def close(got, want, dtype, name="output", scale=1.0):
    want = want.detach()
    size = max(scale, float(want.abs().max()))
    rtol, unit = (1e-6, 1e-6) if dtype == torch.float64 else (1e-4, 1e-5)  # √Dh may be a float32 tensor
    assert_close(got, want, dtype=dtype, rtol=rtol, atol=unit * size, name=name)


def compare(candidate, q, k, v, causal=None):
    """Against the definition; `causal` is left to its default where it is None."""
    options = {} if causal is None else {"causal": causal}
    got = candidate.grouped_query_attention(q, k, v, **options)
    close(got, oracle(q.double(), k.double(), v.double(), causal is not False), q.dtype)
    return got


def draw(source, batch, kv_heads, group, length, depth, **options):
    heads = kv_heads * group
    shapes = (
        (batch, heads, length, depth),
        (batch, kv_heads, length, depth),
        (batch, kv_heads, length, depth),
    )
    return [source.tensor(*shape, **options) for shape in shapes]


@check("Four query heads over two key-value heads, worked by hand.", "四个查询头、两个键值头的手算例子。")
def test_by_hand(candidate):
    q = torch.zeros(1, 4, 2, 1, dtype=torch.float64)
    q[0, 3, 1, 0] = math.log(3)
    k = torch.tensor([[0.0, 5.0], [0.0, 1.0]], dtype=torch.float64).reshape(1, 2, 2, 1)
    v = torch.tensor([[1.0, 3.0], [10.0, 30.0]], dtype=torch.float64).reshape(1, 2, 2, 1)
    want = torch.tensor([[1.0, 2.0], [1.0, 2.0], [10.0, 20.0], [10.0, 25.0]], dtype=torch.float64)
    close(candidate.grouped_query_attention(q, k, v), want.reshape(1, 4, 2, 1), q.dtype)


@check(
    "Neighbouring query heads share a key-value head: six over two, and six over three.",
    "相邻的查询头共用一个键值头：六个对两个，六个对三个。",
)
def test_neighbours_share(candidate):
    for kv_heads, group in ((2, 3), (3, 2), (2, 4)):
        compare(candidate, *draw(Source(kv_heads), 2, kv_heads, group, 4, 3))


@check(
    "One key-value head (MQA) and as many as query heads (MHA).",
    "只有一个键值头（MQA），以及键值头与查询头一样多（MHA）。",
)
def test_both_ends(candidate):
    for kv_heads, group in ((1, 4), (4, 1), (1, 1)):
        for causal in (None, False):
            compare(candidate, *draw(Source(10 + group), 2, kv_heads, group, 3, 4), causal)


@check(
    "causal=False lets every position see all; the default is causal.",
    "causal=False 时每个位置都能看到全部位置；默认是因果的。",
)
def test_causal_argument(candidate):
    q, k, v = draw(Source(20), 2, 2, 2, 4, 3)
    for causal in (False, None, True, False):
        compare(candidate, q.clone(), k.clone(), v.clone(), causal)


@check("A future key has no influence, however large its score.", "未来的键无论分数多大都没有影响。")
def test_no_future(candidate):
    q, k, v = draw(Source(30), 1, 2, 2, 4, 2, kind="positive")
    q, k = q + 0.5, -1e6 * (k + 0.5)  # what a query may see scores far below 0
    k[:, :, -1] *= -1  # and the last key far above
    compare(candidate, q, k, v)


@check("Scores of ±1e6 stay finite, forward and backward.", "分数达到 ±1e6 时，前向与反向都有限。")
def test_large_scores(candidate):
    for dtype in ("float64", "float32"):
        for causal in (True, False):
            mine = draw(Source(40, dtype), 2, 2, 2, 4, 4)
            q, k, v = mine[0] * 1e3, mine[1] * 1e3, mine[2]
            if dtype == "float64":
                compare(candidate, q, k, v, causal)
            leaves = {"q": q.requires_grad_(), "k": k.requires_grad_(), "v": v.requires_grad_()}
            got = candidate.grouped_query_attention(q, k, v, causal=causal)
            found = gradients(got, torch.ones_like(q), **leaves)
            for name, value in {
                "output": got,
                **{f"grad {key}": grad for key, grad in found.items()},
            }.items():
                require(
                    bool(torch.isfinite(value).all()),
                    f"{name} must be finite for large scores.",
                    f"分数很大时 {name} 必须有限。",
                    actual=value,
                )


@check("Another call in between, of another shape, changes nothing.", "中间换一个形状再调用，不影响结果。")
def test_no_state(candidate):
    rng = fresh_rng(5)
    first = draw(Source(int(rng.integers(1000))), 1, 2, 2, 3, 2)
    other = draw(Source(int(rng.integers(1000))), 2, 1, 6, 5, 4)
    for tensors in (first, other, first):
        compare(candidate, *(tensor.clone() for tensor in tensors))


shapes = {
    "batch": sizes(1, 3),
    "kv_heads": sizes(1, 3),
    "group": sizes(1, 3),
    "length": sizes(1, 5),
    "depth": sizes(1, 5),
    "causal": st.sampled_from([True, False, None]),
}


@check(
    "The output equals the definition on drawn shapes, causal and not.",
    "在随机形状上，无论是否因果，输出都等于定义。",
    source=sources(("normal", "ties", "positive")),
    **shapes,
)
def test_values(candidate, source, batch, kv_heads, group, length, depth, causal):
    compare(candidate, *draw(source, batch, kv_heads, group, length, depth), causal)


@check(
    "The gradients of q, k and v are those of the definition; a key-value head's sums over its group.",
    "q、k、v 的梯度等于定义的梯度；键值头的梯度是组内各查询头之和。",
    source=sources(),
    examples=30,
    **shapes,
)
def test_gradients(candidate, source, batch, kv_heads, group, length, depth, causal):
    q, k, v = draw(source, batch, kv_heads, group, length, depth, requires_grad=True)
    grad_out = source.tensor(*q.shape)
    options = {} if causal is None else {"causal": causal}
    found = gradients(candidate.grouped_query_attention(q, k, v, **options), grad_out, q=q, k=k, v=v)
    mine = {
        name: value.detach().double().requires_grad_() for name, value in {"q": q, "k": k, "v": v}.items()
    }
    definition = oracle(**mine, causal=causal is not False)
    for name, want in gradients(definition, grad_out.double(), **mine).items():
        close(found[name], want, q.dtype, name=f"grad {name}", scale=5.0)
