"""Checks of `transformer-block`: one head and one query at a time, norms and GELU written out, in float64."""

import itertools
import math

import torch
from hypothesis import strategies as st

from drills.checking import assert_close, check, gradients, require, unchanged
from drills.strategies import Source, sizes, sources

EPS = 1e-5  # nn.LayerNorm's own


def shapes_of(d_model, d_ff):
    """Every parameter by name."""
    shapes = {}
    for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
        shapes[f"{name}.weight"], shapes[f"{name}.bias"] = (d_model, d_model), (d_model,)
    for name in ("norm1", "norm2"):
        shapes[f"{name}.weight"], shapes[f"{name}.bias"] = (d_model,), (d_model,)
    shapes["ff1.weight"], shapes["ff1.bias"] = (d_ff, d_model), (d_ff,)
    shapes["ff2.weight"], shapes["ff2.bias"] = (d_model, d_ff), (d_model,)
    return shapes


def norm(w, name, x):
    centred = x - x.sum(-1, keepdim=True) / x.shape[-1]
    variance = (centred * centred).sum(-1, keepdim=True) / x.shape[-1]
    return centred / torch.sqrt(variance + EPS) * w[f"{name}.weight"] + w[f"{name}.bias"]


def linear(w, name, x):
    return (x[..., None, :] * w[f"{name}.weight"]).sum(-1) + w[f"{name}.bias"]


def attention(w, num_heads, x, mask):
    batch, n, d_model = x.shape
    depth = d_model // num_heads
    allowed = (torch.ones(1, dtype=torch.bool) if mask is None else mask).expand(batch, num_heads, n, n)
    q, k, v = (linear(w, name, x) for name in ("q_proj", "k_proj", "v_proj"))
    rows = []
    for b in range(batch):
        for t in range(n):
            heads = []
            for h in range(num_heads):
                own, seen = slice(h * depth, (h + 1) * depth), torch.nonzero(allowed[b, h, t])[:, 0]
                scores = (k[b, seen, own] * q[b, t, own]).sum(-1) / math.sqrt(depth)
                powers = torch.exp(scores - scores.max().detach())
                heads.append((powers[:, None] * v[b, seen, own]).sum(0) / powers.sum())
            rows.append(torch.cat(heads))
    return linear(w, "out_proj", torch.stack(rows).reshape(x.shape))


def feed_forward(w, x):
    hidden = linear(w, "ff1", x)
    return linear(w, "ff2", hidden * (1 + torch.erf(hidden * math.sqrt(0.5))) / 2)


def oracle(w, num_heads, x, mask=None, norm_first=True):
    """The definition, differentiable, without dropout; `w` maps q_proj.weight and so on to float64 tensors."""
    if norm_first:
        x = x + attention(w, num_heads, norm(w, "norm1", x), mask)
        return x + feed_forward(w, norm(w, "norm2", x))
    x = norm(w, "norm1", x + attention(w, num_heads, x, mask))
    return norm(w, "norm2", x + feed_forward(w, x))


def parameter(module, key):
    layer, _, kind = key.partition(".")
    return getattr(getattr(module, layer, None), kind, None)


def build(candidate, source, d_model, num_heads, d_ff, *more, **options):
    """The learner's block in evaluation mode with weights of ours, and the same weights in float64."""
    module = candidate.TransformerBlock(d_model, num_heads, d_ff, *more, **options)
    require(
        isinstance(module, torch.nn.Module),
        "TransformerBlock must be an nn.Module.",
        "TransformerBlock 必须是 nn.Module。",
    )
    module.to(getattr(torch, source.dtype)).eval()
    weights, shapes = {}, shapes_of(d_model, d_ff)
    for key, shape in shapes.items():
        own = parameter(module, key)
        require(
            isinstance(own, torch.nn.Parameter) and tuple(own.shape) == shape,
            f"The block must have a parameter {key} of shape {shape}.",
            f"模块必须有形状为 {shape} 的参数 {key}。",
        )
        value = source.tensor(*shape, kind="normal")
        value = 1 + value / 2 if key in ("norm1.weight", "norm2.weight") else value
        value = value / shape[1] ** 0.5 if len(shape) == 2 else value
        with torch.no_grad():
            own.copy_(value)
        weights[key] = own.detach().double()
    count, wanted = sum(p.numel() for p in module.parameters()), sum(map(math.prod, shapes.values()))
    require(
        count == wanted,
        f"The block has {count} parameters, it must have {wanted}: those named in the task and no others.",
        f"模块共有 {count} 个参数，应为 {wanted} 个：只有题目中列出的那些。",
    )
    return module, weights


def put(module, weights, **values):
    """Set parameters of both, named as in ff2__weight."""
    for name, value in values.items():
        key = name.replace("__", ".")
        with torch.no_grad():
            parameter(module, key).copy_(torch.as_tensor(value).expand_as(weights[key]))
        weights[key] = parameter(module, key).detach().double().clone()


def call(candidate, module, x, mask=None):
    """The block's answer; the arguments and the parameters must be as they were."""
    candidate.show(x=x, **({} if mask is None else {"mask": mask}))
    own = {"x": x} if mask is None else {"x": x, "mask": mask}
    with unchanged(**own, module=module):
        return module(*own.values())


def close(got, want, dtype, name="output"):
    """Norms divide by a deviation that may be small, so float32 gets room."""
    size = max(1.0, float(want.detach().abs().max()))
    rtol, unit = (1e-6, 5e-7) if dtype == torch.float64 else (1e-3, 2e-4)  # √Dh may be a float32 tensor
    assert_close(got, want.detach(), dtype=dtype, rtol=rtol, atol=unit * size, name=name)


def compare(candidate, module, weights, num_heads, x, mask=None, norm_first=True):
    got = call(candidate, module, x, mask)
    close(got, oracle(weights, num_heads, x.double(), mask, norm_first), x.dtype)
    return got


FORMS = ["none", "causal", "padding", "shared", "per_batch", "per_head", "full"]


def make_mask(source, form, batch, num_heads, n):
    """A mask in which every query sees at least one key."""
    if form == "none":
        return None
    if form == "causal":
        return torch.ones(n, n, dtype=torch.bool).tril()
    if form == "padding":
        mask = torch.from_numpy(source.mask(batch, 1, 1, n))
        mask[..., 0] = True
        return mask
    lead = {
        "shared": (),
        "per_batch": (batch, 1),
        "per_head": (num_heads,),
        "full": (batch, num_heads),
    }[form]
    return torch.from_numpy(source.mask(*lead, n, n)) | torch.eye(n, dtype=torch.bool)


@check("The sub-modules are there, and no other parameters.", "子模块齐全，且没有多余的参数。")
def test_sub_modules(candidate):
    for norm_first in (True, False):
        build(candidate, Source(0), 6, 2, 5, norm_first=norm_first)
    build(candidate, Source(0), 4, 1, 8, dropout=0.1)
    build(candidate, Source(0), 4, 4, 1)


@check("Two tokens worked by hand, pre-norm and post-norm.", "两个词元的手算例子：pre-norm 与 post-norm。")
def test_by_hand(candidate):
    high, low = 0.8413447, -0.1586553  # GELU(1), GELU(-1)
    wanted = {True: [[4 + high, low], [1 + low, 3 + high]], False: [[1.0, -1.0], [-1.0, 1.0]]}
    for norm_first, want in wanted.items():
        module, weights = build(candidate, Source(0), 2, 1, 2, norm_first=norm_first)
        put(module, weights, norm1__weight=1.0, norm2__weight=1.0, q_proj__weight=0.0)
        put(module, weights, **{key.replace(".", "__"): 0.0 for key in weights if key.endswith("bias")})
        for name in ("k_proj", "v_proj", "out_proj", "ff1", "ff2"):
            put(module, weights, **{f"{name}__weight": torch.eye(2)})
        x = torch.tensor([[[3.0, 1.0], [1.0, 3.0]]], dtype=torch.float64)
        causal = torch.tensor([[True, False], [True, True]])
        got = call(candidate, module, x, causal)
        assert_close(got, torch.tensor([want], dtype=torch.float64), rtol=0, atol=5e-5)


@check(
    "Pre-norm is the default: the stream itself is never normalised.",
    "默认是 pre-norm：残差流本身从不归一化。",
)
def test_default(candidate):
    source = Source(1)
    module, weights = build(candidate, source, 6, 2, 8)
    x = source.tensor(2, 3, 6)
    compare(candidate, module, weights, 2, x * 50 + 100)
    compare(candidate, *build(candidate, source, 6, 2, 8, 0.0, True), 2, x)
    put(module, weights, out_proj__weight=0.0, out_proj__bias=0.0, ff2__weight=0.0, ff2__bias=0.0)
    assert_close(call(candidate, module, x), x, rtol=0, atol=1e-12)


@check("Post-norm normalises each sum, the last one included.", "post-norm 对每个和做归一化，包括最后一个。")
def test_post_norm(candidate):
    for num_heads in (1, 2, 3):
        source = Source(2)
        module, weights = build(candidate, source, 6, num_heads, 8, norm_first=False)
        compare(candidate, module, weights, num_heads, source.tensor(2, 4, 6) * 3 + 1, None, False)


@check(
    "The scale is 1/√Dh: four channels in one, two and four heads.",
    "缩放是 1/√Dh：四个通道分给一、二、四个头。",
)
def test_heads(candidate):
    for num_heads in (1, 2, 4):
        source = Source(3)
        module, weights = build(candidate, source, 4, num_heads, 6)
        put(module, weights, q_proj__weight=weights["q_proj.weight"] * 3)
        compare(candidate, module, weights, num_heads, source.tensor(2, 3, 4))


@check(
    "The activation is the exact GELU, from far below 0 to far above.",
    "激活函数是精确的 GELU，从很大的负数到很大的正数。",
)
def test_activation(candidate):
    module, weights = build(candidate, Source(4), 2, 1, 41)
    put(module, weights, ff1__weight=0.0, ff1__bias=torch.linspace(-8, 8, 41, dtype=torch.float64))
    for hidden in range(0, 41, 2):
        put(module, weights, ff2__weight=torch.eye(41, dtype=torch.float64)[hidden] * 100)
        compare(candidate, module, weights, 1, torch.tensor([[[1.0, -2.0]]], dtype=torch.float64))


@check(
    "A mask broadcasts by the usual rules: three axes are (H, T, T), not (B, T, T).",
    "掩码按通常的广播规则对齐：三个轴是 (H, T, T)，不是 (B, T, T)。",
)
def test_mask_broadcasts(candidate):
    for form in FORMS:
        source = Source(10)
        module, weights = build(candidate, source, 4, 2, 6)
        put(module, weights, q_proj__weight=weights["q_proj.weight"] * 3)
        compare(candidate, module, weights, 2, source.tensor(2, 4, 4), make_mask(source, form, 2, 2, 4))


@check("A masked key has no influence, however large its score.", "被屏蔽的键无论分数多大都没有影响。")
def test_masked_key(candidate):
    for norm_first, size in itertools.product((True, False), (1e3, 1e5)):
        source = Source(5)
        module, weights = build(candidate, source, 4, 2, 6, norm_first=norm_first)
        put(module, weights, q_proj__weight=weights["q_proj.weight"] * size)  # scores far below 0 as well
        x = source.tensor(2, 4, 4)
        for hidden in range(4):
            mask = torch.ones(4, 4, dtype=torch.bool)
            mask[:, hidden] = False
            compare(candidate, module, weights, 2, x, mask, norm_first)
    module, weights = build(candidate, source, 4, 2, 6, norm_first=False)
    for hidden in range(4):  # scores of 1e12 for the others, which may not see it; it sees all
        mask = torch.ones(4, 4, dtype=torch.bool)
        mask[:, hidden] = torch.arange(4) == hidden
        grown = x.clone()
        grown[:, hidden] *= 1e12
        compare(candidate, module, weights, 2, grown, mask, False)


@check("Without dropout, training and evaluation mode agree.", "dropout = 0 时，训练模式与评估模式结果相同。")
def test_modes_agree(candidate):
    source = Source(7)
    module, weights = build(candidate, source, 6, 3, 4)
    x = source.tensor(2, 4, 6)
    module.train()
    first = compare(candidate, module, weights, 3, x)
    assert_close(compare(candidate, module, weights, 3, x), first.detach(), name="second output")


@check(
    "Dropout falls on each sub-layer's output, element by element, before it is added, and nowhere else.",
    "dropout 作用在每个子层的输出上，逐元素独立，在相加之前，别处都没有。",
)
def test_dropout_place(candidate):
    for silent in ("ff2", "out_proj"):
        for rate in (0.25, 0.5):
            source = Source(8)
            module, weights = build(candidate, source, 8, 2, 16, dropout=rate)
            put(module, weights, **{f"{silent}__weight": 0.0, f"{silent}__bias": 0.0})
            x = source.tensor(4, 8, 8)
            module.train()
            torch.manual_seed(int(rate * 100))
            outputs = [call(candidate, module, x).detach() - x for _ in range(2)]
            require(
                not torch.equal(*outputs),
                "Two calls in training mode must drop different elements.",
                "训练模式下两次调用丢弃的元素应当不同。",
                actual=outputs[0],
                name="output − x",
            )
            sub_layer = oracle(weights, 2, x) - x
            for got in outputs:
                dropped = got.abs() < 1e-9
                want = torch.where(dropped, torch.zeros_like(x), sub_layer / (1 - rate))
                close(got, want, x.dtype, name="output − x with dropout")
                share = float(dropped.double().mean())
                require(
                    abs(share - rate) < 0.2 and not bool((dropped == dropped[:, :, :1]).all()),
                    f"dropout = {rate} must drop that share of single elements; {share:.2f} were dropped.",
                    f"dropout = {rate} 应按这一比例丢弃单个元素，实际丢弃了 {share:.2f}。",
                    actual=got,
                    name="output − x",
                )
                require(
                    not torch.equal(dropped[0], dropped[1]),
                    "Each example of the batch must have its own dropped elements.",
                    "批次中每个样本应各自独立地丢弃元素。",
                    actual=got,
                    name="output − x",
                )


@check(
    "Each output is that of some choice of dropped elements: single ones, drawn anew for every sub-layer, token and example.",
    "每个输出都对应某一种丢弃方式：逐元素丢弃，每个子层、每个词元、每个样本各自独立。",
)
def test_dropout_choices(candidate):
    rate, choices = 0.3, [torch.tensor(kept) for kept in itertools.product((0.0, 1.0), repeat=3)]
    for norm_first in (True, False):
        source = Source(11)
        module, w = build(candidate, source, 3, 1, 6, dropout=rate, norm_first=norm_first)
        x = source.tensor(4, 8, 3)
        module.train()
        torch.manual_seed(3)
        got = call(candidate, module, x)
        close(got * 0, x * 0, x.dtype, name="0 · output in training mode")  # a finite tensor of the shape
        attended = attention(w, 1, norm(w, "norm1", x) if norm_first else x, None) / (1 - rate)
        pairs, outputs = [], []
        for first, second in itertools.product(choices, repeat=2):
            h = x + first * attended if norm_first else norm(w, "norm1", x + first * attended)
            y = h + second * feed_forward(w, norm(w, "norm2", h) if norm_first else h) / (1 - rate)
            pairs.append(torch.stack([first, second]))
            outputs.append(y if norm_first else norm(w, "norm2", y))
        gap = (torch.stack(outputs) - got.detach()).abs().amax(-1)  # (64, B, T)
        require(
            float(gap.amin(0).max()) < 1e-5,
            f"The output fits no choice of elements dropped from the sub-layers, the others divided by 1 − {rate}.",
            f"输出不对应任何一种丢弃方式：子层输出中有的元素为零，其余的除以 1 − {rate}。",
            actual=got,
        )
        kept = torch.stack(pairs)[gap.argmin(0)]  # (B, T, 2, D)
        require(
            not any(torch.equal(kept, kept.narrow(axis, 0, 1).expand_as(kept)) for axis in range(4)),
            "The dropped elements are shared by all examples, tokens, sub-layers or channels; each must be drawn on its own.",
            "不同的样本、词元、子层或通道共用了同一份丢弃方式；每个元素都应独立抽取。",
            actual=kept,
            name="kept (B, T, sub-layer, D)",
        )


@check(
    "Evaluation mode has no dropout, training mode drops whole sub-layers at dropout = 1.",
    "评估模式没有 dropout；训练模式下 dropout = 1 会去掉整个子层的输出。",
)
def test_dropout_one(candidate):
    for rate in (0.3, 1.0):
        for norm_first in (True, False):
            source = Source(6)
            module, weights = build(candidate, source, 6, 2, 8, dropout=rate, norm_first=norm_first)
            x = source.tensor(2, 3, 6)
            compare(candidate, module, weights, 2, x, None, norm_first)
            if rate == 1:
                module.train()
                want = x if norm_first else norm(weights, "norm2", norm(weights, "norm1", x))
                close(call(candidate, module, x), want, x.dtype, name="output with dropout = 1")
                module.eval()
                compare(candidate, module, weights, 2, x, None, norm_first)


@check("No state between calls, and two blocks are independent.", "两次调用之间没有状态，两个模块互不影响。")
def test_no_state(candidate):
    source = Source(9)
    one, weights_one = build(candidate, source, 6, 3, 5)
    two, weights_two = build(candidate, source, 6, 2, 7, norm_first=False)
    x, other = source.tensor(2, 4, 6), source.tensor(3, 2, 6)
    causal = torch.ones(4, 4, dtype=torch.bool).tril()
    for tokens, mask in ((x, None), (other, None), (x, causal), (x, None)):
        compare(candidate, one, weights_one, 3, tokens, mask)
        compare(candidate, two, weights_two, 2, tokens, mask, False)


@check(
    "The output equals the definition on drawn shapes, for both norms and any mask.",
    "在随机形状、两种归一化位置与任意掩码下，输出等于定义。",
    source=sources(("normal", "positive")),
    form=st.sampled_from(FORMS),
    norm_first=st.booleans(),
    batch=sizes(1, 3),
    num_heads=sizes(1, 3),
    depth=sizes(1, 3),
    n=sizes(1, 5),
    d_ff=sizes(1, 9),
    examples=50,
)
def test_values(candidate, source, form, norm_first, batch, num_heads, depth, n, d_ff):
    d_model = num_heads * depth
    module, weights = build(candidate, source, d_model, num_heads, d_ff, norm_first=norm_first)
    x, mask = source.tensor(batch, n, d_model), make_mask(source, form, batch, num_heads, n)
    compare(candidate, module, weights, num_heads, x, mask, norm_first)


@check(
    "The gradients of x and of every parameter are those of the definition.",
    "x 与每个参数的梯度都等于定义的梯度。",
    source=sources(("normal",), ("float64",)),
    form=st.sampled_from(FORMS),
    norm_first=st.booleans(),
    batch=sizes(1, 2),
    num_heads=sizes(1, 2),
    depth=sizes(2, 3),
    n=sizes(1, 4),
    examples=20,
)
def test_gradients(candidate, source, form, norm_first, batch, num_heads, depth, n):
    d_model = num_heads * depth
    module, weights = build(candidate, source, d_model, num_heads, 5, norm_first=norm_first)
    x, mask = (
        source.tensor(batch, n, d_model, requires_grad=True),
        make_mask(source, form, batch, num_heads, n),
    )
    grad_out = source.tensor(batch, n, d_model)
    own = {key: parameter(module, key) for key in weights}
    found = gradients(call(candidate, module, x, mask), grad_out, x=x, **own)
    leaves = {key: value.clone().requires_grad_() for key, value in {"x": x.detach(), **weights}.items()}
    definition = oracle(leaves, num_heads, leaves["x"], mask, norm_first)
    for key, want in gradients(definition, grad_out, **leaves).items():
        scale = max(1.0, float(want.abs().max()))
        assert_close(found[key], want, rtol=1e-5, atol=1e-6 * scale, name=f"grad {key}")
