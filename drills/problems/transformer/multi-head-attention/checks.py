"""Checks of `multi-head-attention`: one head of one batch element at a time, in float64, is the specification."""

import math

import torch
from hypothesis import strategies as st

from drills.checking import assert_close, check, fresh_rng, gradients, require, unchanged
from drills.strategies import Source, sizes, sources

PROJECTIONS = ("q_proj", "k_proj", "v_proj", "out_proj")


def oracle(weights, num_heads, x, context, mask):
    """The definition, differentiable; `weights` maps q_proj.weight and so on to float64 tensors."""

    def project(name, rows):
        out = rows @ weights[f"{name}.weight"].T
        return out + weights[f"{name}.bias"] if f"{name}.bias" in weights else out

    batch, n_q, d_model = x.shape
    depth = d_model // num_heads
    allowed = torch.ones(1, dtype=torch.bool) if mask is None else mask
    allowed = allowed.expand(batch, num_heads, n_q, context.shape[1])
    out = []
    for b in range(batch):
        q, k, v = project("q_proj", x[b]), project("k_proj", context[b]), project("v_proj", context[b])
        heads = []
        for h in range(num_heads):
            own = slice(h * depth, (h + 1) * depth)
            scores = q[:, own] @ k[:, own].T / math.sqrt(depth)
            top = scores.detach().masked_fill(~allowed[b, h], -torch.inf).amax(-1, keepdim=True)
            top = torch.where(top.isfinite(), top, torch.zeros_like(top))
            powers = torch.exp((scores - top).masked_fill(~allowed[b, h], -torch.inf))
            total = powers.sum(-1, keepdim=True)
            heads.append(powers / torch.where(total == 0, torch.ones_like(total), total) @ v[:, own])
        out.append(project("out_proj", torch.cat(heads, -1)))
    return torch.stack(out)


def build(candidate, source, d_model, num_heads, bias=True):
    """The learner's module with weights of ours, and the same weights in float64."""
    if bias:
        module = candidate.MultiHeadAttention(d_model, num_heads)
    else:
        module = candidate.MultiHeadAttention(d_model, num_heads, bias=False)
    require(
        isinstance(module, torch.nn.Module),
        "MultiHeadAttention must be an nn.Module.",
        "MultiHeadAttention 必须是 nn.Module。",
    )
    module.to(getattr(torch, source.dtype))
    own = dict(module.named_parameters())
    weights = {}
    for name in PROJECTIONS:
        shapes = {f"{name}.weight": (d_model, d_model), f"{name}.bias": (d_model,)}
        for key, shape in shapes.items():
            if key.endswith("bias") and not bias:
                require(key not in own, f"With bias=False there is no {key}.", f"bias=False 时不应有 {key}。")
                continue
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


def make_mask(source, form, batch, num_heads, n_q, n_k):
    """A boolean mask of one of the forms that broadcast to (B, H, Tq, Tk)."""
    if form == "none":
        return None
    if form == "causal":
        return torch.ones(n_q, n_k, dtype=torch.bool).tril(n_k - n_q)
    shape = {
        "full": (batch, num_heads, n_q, n_k),
        "shared": (n_q, n_k),
        "padding": (batch, 1, 1, n_k),
        "per_batch": (batch, 1, n_q, n_k),
        "per_head": (num_heads, n_q, n_k),
        "keys": (n_k,),
        "queries": (batch, 1, n_q, 1),
    }[form]
    return torch.from_numpy(source.mask(*shape))


FORMS = ["none", "full", "shared", "padding", "per_batch", "per_head", "keys", "queries", "causal"]

shapes = {
    "batch": sizes(1, 3),
    "num_heads": sizes(1, 4),
    "depth": sizes(1, 4),
    "n_q": sizes(1, 5),
    "n_k": sizes(1, 5),
}


def call(candidate, module, x, context, mask):
    """The module's answer; the arguments and the parameters must be as they were."""
    candidate.show(x=x, context=context, mask=mask)
    own = {"x": x, "context": context, "mask": mask}
    own = {name: value for name, value in own.items() if value is not None}
    with unchanged(**own, module=module):
        return module(x, **{name: value for name, value in own.items() if name != "x"})


def close(got, want, dtype, name="output", scale=1.0):
    want = want.detach()
    size = max(scale, float(want.abs().max()))
    rtol, unit = (1e-6, 1e-6) if dtype == torch.float64 else (1e-4, 1e-5)  # √Dh may be a float32 tensor
    assert_close(got, want, dtype=dtype, rtol=rtol, atol=unit * size, name=name)


def compare(candidate, module, weights, num_heads, x, context=None, mask=None):
    """Forward values against the definition."""
    got = call(candidate, module, x, context, mask)
    other = x if context is None else context
    close(got, oracle(weights, num_heads, x.double(), other.double(), mask), x.dtype)
    return got


@check(
    "The sub-modules are there, with and without bias.", "四个子模块齐全，bias=True 与 bias=False 都正确。"
)
def test_sub_modules(candidate):
    for bias in (True, False):
        build(candidate, Source(0), 6, 2, bias)


@check(
    "Two heads by hand: keys and values come from the context, each head has its own channels.",
    "两个头的手算例子：键和值来自 context，每个头用自己的通道。",
)
def test_by_hand(candidate):
    module, _ = build(candidate, Source(0), 2, 2, bias=False)
    with torch.no_grad():
        for name in PROJECTIONS:
            getattr(module, name).weight.copy_(torch.eye(2))
    x = torch.tensor([[[1.0, 0.0]]], dtype=torch.float64)
    context = torch.tensor([[[math.log(3), 4.0], [0.0, 8.0]]], dtype=torch.float64)
    want = torch.tensor([[[0.75 * math.log(3), 6.0]]], dtype=torch.float64)
    close(call(candidate, module, x, context, None), want, x.dtype)


@check(
    "The scale is 1/√Dh, not 1/√D: four channels in one, two and four heads.",
    "缩放是 1/√Dh 而不是 1/√D：四个通道分给一、二、四个头。",
)
def test_scale(candidate):
    for num_heads in (1, 2, 4):
        source = Source(1)
        module, weights = build(candidate, source, 4, num_heads)
        compare(candidate, module, weights, num_heads, source.tensor(2, 3, 4) * 2)


@check(
    "A query with nothing allowed gives out_proj(0), and nothing is NaN.",
    "没有可见键的查询输出 out_proj(0)，且没有 NaN。",
)
def test_nothing_allowed(candidate):
    for bias in (True, False):
        source = Source(2)
        module, weights = build(candidate, source, 6, 3, bias)
        x, context = source.tensor(2, 4, 6), source.tensor(2, 5, 6)
        mask = torch.ones(2, 3, 4, 5, dtype=torch.bool)
        mask[0, :, 1] = False  # one query in all heads
        mask[1, 2, 3] = False  # one query in one head
        compare(candidate, module, weights, 3, x, context, mask)
        nothing = torch.zeros(4, 5, dtype=torch.bool)
        got = compare(candidate, module, weights, 3, x, context, nothing)
        bias_out = weights.get("out_proj.bias", torch.zeros(6, dtype=torch.float64))
        assert_close(got, bias_out.expand(2, 4, 6), atol=1e-12)


@check("A masked key has no influence, however large its score.", "被屏蔽的键无论分数多大都没有影响。")
def test_masked_key_has_no_influence(candidate):
    source = Source(3)
    module, weights = build(candidate, source, 4, 2)
    x, context = source.tensor(1, 2, 4), source.tensor(1, 3, 4)
    context[:, 1] *= 1e6
    mask = torch.tensor([True, False, True])
    compare(candidate, module, weights, 2, x, context, mask)
    compare(candidate, module, weights, 2, -x, context, mask)
    context[:, [0, 2]] *= -1e6  # for some queries what is left scores far below 0
    compare(candidate, module, weights, 2, x, context, mask)
    compare(candidate, module, weights, 2, -x, context, mask)


@check(
    "A mask with fewer axes lines up at the end: (T, Tk), with as many batch elements as queries.",
    "轴数较少的掩码按末尾对齐：批量大小等于 T 时，(T, Tk) 仍然是 (T, Tk)。",
)
def test_mask_lines_up(candidate):
    source = Source(7)
    module, weights = build(candidate, source, 6, 3)
    for batch, n_q, n_k in ((3, 3, 3), (3, 3, 4), (4, 3, 3)):
        x, context = source.tensor(batch, n_q, 6), source.tensor(batch, n_k, 6)
        for shape in ((n_q, n_k), (3, 1, n_k), (n_k,), (n_q, 1), (3, n_q, n_k)):
            mask = torch.from_numpy(source.mask(*shape))
            compare(candidate, module, weights, 3, x, context, mask)
            if n_q == n_k:
                compare(candidate, module, weights, 3, x, None, mask)


@check("Scores of ±1e6 stay finite, forward and backward.", "分数达到 ±1e6 时，前向与反向都有限。")
def test_large_scores(candidate):
    for dtype in ("float64", "float32"):
        source = Source(4, dtype)
        module, weights = build(candidate, source, 4, 2)
        x = (source.tensor(2, 4, 4) * 1e3).requires_grad_()
        got = call(candidate, module, x, None, None)
        found = gradients(got, torch.ones_like(x), x=x, **dict(module.named_parameters()))
        for name, value in {"output": got, **{f"grad {key}": grad for key, grad in found.items()}}.items():
            require(
                bool(torch.isfinite(value).all()),
                f"{name} must be finite for large scores.",
                f"分数很大时 {name} 必须有限。",
                actual=value,
            )
        if dtype == "float64":
            close(got, oracle(weights, 2, x.double(), x.double(), None), x.dtype)


@check(
    "No state between calls: another input in between changes nothing.",
    "调用之间没有状态：中间换一个输入不影响结果。",
)
def test_no_state(candidate):
    source = Source(5)
    module, weights = build(candidate, source, 6, 2)
    first, other = source.tensor(2, 3, 6), source.tensor(1, 5, 6)
    mask = torch.ones(3, 3, dtype=torch.bool).tril()
    before = compare(candidate, module, weights, 2, first, None, mask)
    compare(candidate, module, weights, 2, other)
    compare(candidate, module, weights, 2, first)
    compare(candidate, module, weights, 2, first, other.expand(2, 5, 6))
    compare(candidate, module, weights, 2, first, -first)
    again = compare(candidate, module, weights, 2, first, None, mask)
    assert_close(again, before.detach())


@check(
    "Training and evaluation mode agree; two modules are independent.",
    "训练与评估模式结果一致，两个模块互不影响。",
)
def test_modes_and_instances(candidate):
    source = Source(int(fresh_rng(6).integers(1000)))
    one, weights_one = build(candidate, source, 6, 3)
    two, weights_two = build(candidate, source, 6, 2)
    x = source.tensor(2, 4, 6)
    for module in (one, two):
        module.train()
    compare(candidate, one, weights_one, 3, x)
    compare(candidate, two, weights_two, 2, x)
    for module in (one, two):
        module.eval()
    compare(candidate, one, weights_one, 3, x)
    compare(candidate, two, weights_two, 2, x)


@check(
    "Self-attention equals the definition on drawn shapes, under any mask that broadcasts.",
    "在随机形状与任意可广播的掩码下，自注意力等于定义。",
    source=sources(("normal", "ties")),
    form=st.sampled_from(FORMS),
    bias=st.booleans(),
    batch=shapes["batch"],
    num_heads=shapes["num_heads"],
    depth=shapes["depth"],
    n_q=shapes["n_q"],
    examples=50,
)
def test_self_attention(candidate, source, form, bias, batch, num_heads, depth, n_q):
    module, weights = build(candidate, source, num_heads * depth, num_heads, bias)
    x = source.tensor(batch, n_q, num_heads * depth)
    compare(
        candidate, module, weights, num_heads, x, None, make_mask(source, form, batch, num_heads, n_q, n_q)
    )


@check(
    "Cross-attention equals the definition on drawn shapes (Tk ≠ T), under any mask that broadcasts.",
    "在随机形状（Tk ≠ T）与任意可广播的掩码下，交叉注意力等于定义。",
    source=sources(("normal", "positive")),
    form=st.sampled_from(FORMS),
    bias=st.booleans(),
    **shapes,
    examples=50,
)
def test_cross_attention(candidate, source, form, bias, batch, num_heads, depth, n_q, n_k):
    module, weights = build(candidate, source, num_heads * depth, num_heads, bias)
    x = source.tensor(batch, n_q, num_heads * depth)
    context = source.tensor(batch, n_k, num_heads * depth)
    mask = make_mask(source, form, batch, num_heads, n_q, n_k)
    compare(candidate, module, weights, num_heads, x, context, mask)


@check(
    "The gradients of x, context and every parameter are those of the definition, masked rows included.",
    "x、context 与每个参数的梯度都等于定义的梯度，整行被屏蔽时也一样。",
    source=sources(("normal",)),
    form=st.sampled_from(FORMS),
    cross=st.booleans(),
    **shapes,
    examples=30,
)
def test_gradients(candidate, source, form, cross, batch, num_heads, depth, n_q, n_k):
    d_model, n_k = num_heads * depth, n_k if cross else n_q
    module, weights = build(candidate, source, d_model, num_heads)
    mine = {"x": source.tensor(batch, n_q, d_model, requires_grad=True)}
    if cross:
        mine["context"] = source.tensor(batch, n_k, d_model, requires_grad=True)
    mask = make_mask(source, form, batch, num_heads, n_q, n_k)
    grad_out = source.tensor(batch, n_q, d_model)
    got = call(candidate, module, mine["x"], mine.get("context"), mask)
    own = {key: value for key, value in module.named_parameters() if key in weights}
    found = gradients(got, grad_out, **mine, **own)

    leaves = {name: value.detach().double().requires_grad_() for name, value in {**mine, **weights}.items()}
    definition = oracle(leaves, num_heads, leaves["x"], leaves.get("context", leaves["x"]), mask)
    for name, want in gradients(definition, grad_out.double(), **leaves).items():
        close(found[name], want, grad_out.dtype, name=f"grad {name}", scale=float(batch * n_q))
