"""Checks of `kv-cache`: whatever the pieces, the outputs are those of the whole sequence, computed in float64 without a cache."""

import math

import torch
from hypothesis import strategies as st

from drills.checking import assert_close, check, fresh_rng, require, unchanged, unpack
from drills.strategies import Source, sizes, sources

PROJECTIONS = ("q_proj", "k_proj", "v_proj", "out_proj")


def oracle(weights, num_heads, x, first=0):
    """Causal attention over all of x: one head, one query at a time over a slice of the keys; outputs from `first` on."""
    x = x.double()
    q, k, v = (x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"] for name in PROJECTIONS[:3])
    depth = x.shape[-1] // num_heads
    out = torch.zeros_like(x)
    for h in range(num_heads):
        own = slice(h * depth, (h + 1) * depth)
        for t in range(first, x.shape[1]):
            scores = (k[:, : t + 1, own] * q[:, t : t + 1, own]).sum(-1) / math.sqrt(depth)  # (B, t + 1)
            powers = torch.exp(scores - scores.amax(-1, keepdim=True))
            powers = powers / powers.sum(-1, keepdim=True)
            out[:, t, own] = (powers[..., None] * v[:, : t + 1, own]).sum(1)
    return out @ weights["out_proj.weight"].T + weights["out_proj.bias"]


def build(candidate, source, d_model, num_heads):
    """The learner's module with weights of ours, and the same weights in float64."""
    module = candidate.CachedAttention(d_model, num_heads)
    require(
        isinstance(module, torch.nn.Module),
        "CachedAttention must be an nn.Module.",
        "CachedAttention 必须是 nn.Module。",
    )
    module.to(getattr(torch, source.dtype))
    own = dict(module.named_parameters())
    weights = {}
    for name in PROJECTIONS:
        for key, shape in {f"{name}.weight": (d_model, d_model), f"{name}.bias": (d_model,)}.items():
            require(
                key in own and tuple(own[key].shape) == shape,
                f"The module must have a parameter {key} of shape {shape}.",
                f"模块必须有形状为 {shape} 的参数 {key}。",
            )
            value = source.tensor(*shape, kind="normal") / (d_model**0.5 if len(shape) == 2 else 1)
            with torch.no_grad():
                own[key].copy_(value)
            weights[key] = own[key].detach().double()
    return module, weights


def feed(candidate, module, x, *cache):
    """The outputs for the next tokens and the new cache; x and the parameters must be as they were."""
    candidate.show(x=x)
    with torch.no_grad(), unchanged(x=x, parameters=dict(module.named_parameters())):
        return unpack(module(x, *cache), 2, "out", "cache")


def close(got, want, dtype, name="output"):
    size = max(1.0, float(want.abs().max()))
    rtol, unit = (1e-6, 1e-6) if dtype == torch.float64 else (1e-4, 1e-5)  # √Dh may be a float32 tensor
    assert_close(got, want, dtype=dtype, rtol=rtol, atol=unit * size, name=name)


def pieces(candidate, module, weights, num_heads, x, lengths):
    """Feed x in pieces of these lengths, each compared with the whole; the caches after each piece."""
    want, start, cache, caches = oracle(weights, num_heads, x), 0, None, []
    for i, length in enumerate(lengths):
        stop = start + length
        got, cache = feed(candidate, module, x[:, start:stop].clone(), *([cache] if i else []))
        close(got, want[:, start:stop], x.dtype, name=f"output[{start}:{stop}]")
        caches.append(cache)
        start = stop
    return caches


@check("The sub-modules are there, with bias.", "四个子模块齐全，并带偏置。")
def test_sub_modules(candidate):
    build(candidate, Source(0), 6, 2)


@check("Two tokens by hand: at once and one after the other.", "两个词元的手算例子：一次喂完与逐个喂入。")
def test_by_hand(candidate):
    module, _ = build(candidate, Source(0), 2, 2)
    with torch.no_grad():
        for name in PROJECTIONS:
            getattr(module, name).weight.copy_(torch.eye(2))
            getattr(module, name).bias.zero_()
        module.q_proj.weight.zero_()
        module.q_proj.bias.copy_(torch.tensor([0.0, math.log(3)], dtype=torch.float64))
    x = torch.tensor([[[4.0, 0.0], [2.0, 1.0]]], dtype=torch.float64)
    want = torch.tensor([[[4.0, 0.0], [3.0, 0.75]]], dtype=torch.float64)
    close(feed(candidate, module, x.clone())[0], want, x.dtype)
    first, cache = feed(candidate, module, x[:, :1].clone())
    close(first, want[:, :1], x.dtype, name="first output")
    close(feed(candidate, module, x[:, 1:].clone(), cache)[0], want[:, 1:], x.dtype, name="second output")


@check("Without a cache it is causal attention.", "不带缓存时就是因果注意力。")
def test_whole(candidate):
    for num_heads in (1, 2, 4):
        module, weights = build(candidate, Source(num_heads), 4, num_heads)
        pieces(candidate, module, weights, num_heads, Source(10).tensor(2, 5, 4) * 2, [5])


@check("Token by token, as in decoding.", "逐个词元喂入，正如解码。")
def test_token_by_token(candidate):
    module, weights = build(candidate, Source(2), 6, 3)
    pieces(candidate, module, weights, 3, Source(11).tensor(2, 6, 6), [1] * 6)


@check(
    "A prompt first, then more pieces of several tokens: the mask stays causal within a piece.",
    "先喂提示，再一次喂若干个词元：块内仍然是因果的。",
)
def test_prefill_in_pieces(candidate):
    module, weights = build(candidate, Source(3), 4, 2)
    for lengths in ([4, 1, 1], [3, 3], [2, 3, 2], [1, 4, 1], [1, 5]):
        pieces(candidate, module, weights, 2, Source(12).tensor(2, sum(lengths), 4), lengths)


@check(
    "An old cache can be continued twice, and each continuation goes on by itself.",
    "同一个旧缓存可以续写两次，两条分支互不影响。",
)
def test_branches(candidate):
    for prompt in (1, 3):
        source = Source(4)
        module, weights = build(candidate, source, 4, 2)
        x = [source.tensor(2, prompt + 4, 4) for _ in range(2)]
        x[1][:, :prompt] = x[0][:, :prompt]
        wants = [oracle(weights, 2, tokens) for tokens in x]
        _, root = feed(candidate, module, x[0][:, :prompt].clone())
        caches = [root, root]
        for start, stop in ((0, 1), (1, 3), (3, 4)):
            for branch in (0, 1):
                own = slice(prompt + start, prompt + stop)
                got, caches[branch] = feed(candidate, module, x[branch][:, own].clone(), caches[branch])
                close(
                    got,
                    wants[branch][:, own],
                    got.dtype,
                    name=f"branch {branch}, output[{own.start}:{own.stop}]",
                )
        got, _ = feed(candidate, module, x[1][:, prompt : prompt + 2].clone(), root)
        close(got, wants[1][:, prompt : prompt + 2], got.dtype, name="first cache, continued again")


@check(
    "Nothing that one continuation does reaches another, whatever the cache is made of.",
    "无论缓存是什么结构，一条分支的操作都不会影响另一条。",
)
def test_branches_side_by_side(candidate):
    for prompt, cuts in ((1, (2, 4, 5)), (3, (4, 5, 7)), (2, (5, 6))):
        source = Source(20 + prompt)
        _, weights = build(candidate, source, 4, 2)
        tokens = [source.tensor(2, cuts[-1], 4) for _ in range(3)]
        for x in tokens[1:]:
            x[:, :prompt] = tokens[0][:, :prompt]
        candidate.show(tokens=tokens, prompt=prompt, pieces_end_at=cuts)
        got = candidate.play("run", 4, 2, weights, tokens, prompt, cuts)
        for branch, x in enumerate(tokens):
            want, start = oracle(weights, 2, x), prompt
            for out, stop in zip(got[branch], cuts, strict=True):
                close(
                    out, want[:, start:stop], torch.float64, name=f"branch {branch}, output[{start}:{stop}]"
                )
                start = stop


@check(
    "Two sequences in turn, of other batch sizes, and a new one without a cache.",
    "两条批量大小不同的序列交替进行，中间再从头开始一条新的。",
)
def test_sequences_in_turn(candidate):
    source = Source(int(fresh_rng(5).integers(1000)))
    module, weights = build(candidate, source, 6, 2)
    one, two = source.tensor(1, 5, 6), source.tensor(3, 5, 6)
    want = {1: oracle(weights, 2, one), 3: oracle(weights, 2, two)}
    caches: dict[int, list] = {1: [], 3: []}
    for start, stop in ((0, 2), (2, 3), (3, 5)):
        for x in (one, two):
            batch = x.shape[0]
            got, cache = feed(candidate, module, x[:, start:stop].clone(), *caches[batch])
            close(got, want[batch][:, start:stop], got.dtype, name=f"output[{start}:{stop}]")
            caches[batch] = [cache]
        pieces(candidate, module, weights, 2, source.tensor(2, 3, 6), [3])


@check("Two modules do not share anything.", "两个模块之间互不共享。")
def test_instances(candidate):
    source = Source(6)
    built = [(*build(candidate, source, 6, heads), heads) for heads in (2, 3)]
    x = source.tensor(2, 4, 6)
    wants = [oracle(weights, heads, x) for _, weights, heads in built]
    caches: list[list] = [[], []]
    for start, stop in ((0, 2), (2, 4)):
        for i, (module, _, _) in enumerate(built):
            got, cache = feed(candidate, module, x[:, start:stop].clone(), *caches[i])
            close(got, wants[i][:, start:stop], got.dtype, name=f"output[{start}:{stop}]")
            caches[i] = [cache]


@check("A sequence of 2100 tokens is not forgotten.", "2100 个词元的序列不会被遗忘。")
def test_long_prompt(candidate):
    module, weights = build(candidate, Source(7), 2, 1)
    x = Source(13).tensor(1, 2103, 2)
    want, cache = oracle(weights, 1, x, first=2100), []
    for start, stop in ((0, 525), (525, 1050), (1050, 1575), (1575, 2100), (2100, 2101), (2101, 2103)):
        got, new = feed(candidate, module, x[:, start:stop].clone(), *cache)
        cache = [new]
        if start >= 2100:
            close(got, want[:, start:stop], x.dtype, name=f"output[{start}:{stop}]")


@check(
    "Scores of ±1e6 stay finite, and a future key has no influence, however large its score.",
    "分数达到 ±1e6 时结果有限；未来的键无论分数多大都没有影响。",
)
def test_large_scores(candidate):
    for dtype in ("float64", "float32"):
        source = Source(8, dtype)
        module, weights = build(candidate, source, 4, 2)
        x = source.tensor(2, 6, 4) * 1e3
        if dtype == "float64":
            for lengths in ([6], [2, 4], [3, 1, 2]):
                pieces(candidate, module, weights, 2, x, lengths)
        cache: list = []
        for start, stop in ((0, 3), (3, 6)):
            got, new = feed(candidate, module, x[:, start:stop].clone(), *cache)
            cache = [new]
            require(
                isinstance(got, torch.Tensor) and bool(torch.isfinite(got).all()),
                "The output must be finite for large scores.",
                "分数很大时输出必须有限。",
                actual=got,
            )


@check(
    "The outputs are those of the whole sequence, for drawn shapes and pieces.",
    "在随机形状与随机切分下，输出与整条序列一次算完时一致。",
    source=sources(("normal", "ties", "positive")),
    batch=sizes(1, 3),
    num_heads=sizes(1, 3),
    depth=sizes(1, 4),
    lengths=st.lists(st.integers(1, 4), min_size=1, max_size=4),
    examples=50,
)
def test_pieces(candidate, source, batch, num_heads, depth, lengths):
    module, weights = build(candidate, source, num_heads * depth, num_heads)
    x = source.tensor(batch, sum(lengths), num_heads * depth)
    pieces(candidate, module, weights, num_heads, x, lengths)


@check(
    "Any earlier cache can be taken up again, with other tokens.",
    "任何一个更早的缓存都可以重新拿来，接上别的词元。",
    source=sources(("normal",)),
    lengths=st.lists(st.integers(1, 3), min_size=2, max_size=4),
    back=st.integers(0, 2),
    more=st.integers(1, 3),
    examples=25,
)
def test_earlier_caches(candidate, source, lengths, back, more):
    module, weights = build(candidate, source, 4, 2)
    x = source.tensor(2, sum(lengths), 4)
    caches = pieces(candidate, module, weights, 2, x, lengths)
    back = min(back, len(lengths) - 1)
    kept = sum(lengths[: back + 1])
    other = torch.cat([x[:, :kept], source.tensor(2, more, 4)], dim=1)
    got, _ = feed(candidate, module, other[:, kept:].clone(), caches[back])
    close(got, oracle(weights, 2, other)[:, kept:], x.dtype, name=f"output after {kept} tokens")
