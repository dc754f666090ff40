"""Checks of `mini-gpt`: the same network written out in float64, one sequence, head and query at a time."""

import math

import torch

from drills.checking import assert_close, check, gradients, require, unchanged
from drills.strategies import Source, sizes, sources

EPS = 1e-5  # nn.LayerNorm's own


def shapes_of(vocab_size, d_model, num_layers, max_length):
    """Every parameter by name."""
    shapes = {"tok_emb.weight": (vocab_size, d_model), "pos_emb.weight": (max_length, d_model)}
    for i in range(num_layers):
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            shapes[f"blocks.{i}.{name}.weight"] = (d_model, d_model)
            shapes[f"blocks.{i}.{name}.bias"] = (d_model,)
        shapes[f"blocks.{i}.ff1.weight"], shapes[f"blocks.{i}.ff1.bias"] = (
            (4 * d_model, d_model),
            (4 * d_model,),
        )
        shapes[f"blocks.{i}.ff2.weight"], shapes[f"blocks.{i}.ff2.bias"] = (d_model, 4 * d_model), (d_model,)
        for name in ("norm1", "norm2"):
            shapes[f"blocks.{i}.{name}.weight"], shapes[f"blocks.{i}.{name}.bias"] = (d_model,), (d_model,)
    shapes["norm.weight"], shapes["norm.bias"] = (d_model,), (d_model,)
    return shapes


def layer_norm(w, name, x):
    centred = x - x.sum(-1, keepdim=True) / x.shape[-1]
    variance = (centred * centred).sum(-1, keepdim=True) / x.shape[-1]
    return centred / torch.sqrt(variance + EPS) * w[f"{name}.weight"] + w[f"{name}.bias"]


def linear(w, name, x):
    return (x[..., None, :] * w[f"{name}.weight"]).sum(-1) + w[f"{name}.bias"]


def attention(w, name, num_heads, x):
    """x: (T, D), one sequence; each query reads a slice of the keys."""
    q, k, v = (linear(w, f"{name}.{part}", x) for part in ("q_proj", "k_proj", "v_proj"))
    depth, rows = x.shape[-1] // num_heads, []
    for t in range(len(x)):
        heads = []
        for own in (slice(h * depth, (h + 1) * depth) for h in range(num_heads)):
            scores = (k[: t + 1, own] * q[t, own]).sum(-1) / math.sqrt(depth)
            powers = torch.exp(scores - scores.max().detach())
            heads.append((powers[:, None] * v[: t + 1, own]).sum(0) / powers.sum())
        rows.append(torch.cat(heads))
    return linear(w, f"{name}.out_proj", torch.stack(rows))


def oracle(w, num_heads, ids):
    """Logits (B, T, V), differentiable; `w` maps blocks.0.ff1.weight and so on to float64 tensors."""
    num_layers = sum(key.endswith("ff1.bias") for key in w)
    out = []
    for row in ids.tolist():
        x = torch.stack([w["tok_emb.weight"][token] + w["pos_emb.weight"][t] for t, token in enumerate(row)])
        for name in (f"blocks.{i}" for i in range(num_layers)):
            x = x + attention(w, name, num_heads, layer_norm(w, f"{name}.norm1", x))
            hidden = linear(w, f"{name}.ff1", layer_norm(w, f"{name}.norm2", x))
            x = x + linear(w, f"{name}.ff2", hidden * (1 + torch.erf(hidden * math.sqrt(0.5))) / 2)
        x = layer_norm(w, "norm", x)
        out.append((x[:, None, :] * w["tok_emb.weight"]).sum(-1))
    return torch.stack(out)


def parameter(module, key):
    """The parameter of this name, or None."""
    for part in key.split("."):
        if part.isdigit():
            inside = list(module.children()) if isinstance(module, torch.nn.Module) else []
            module = inside[int(part)] if int(part) < len(inside) else None
        elif isinstance(module, torch.nn.ModuleDict):
            module = dict(module.items()).get(part)
        else:
            module = getattr(module, part, None)
    return module


def build(candidate, source, vocab_size=5, d_model=4, num_heads=2, num_layers=2, max_length=6):
    """The learner's model with weights of ours, and the same weights in float64."""
    module = candidate.MiniGPT(vocab_size, d_model, num_heads, num_layers, max_length)
    require(
        isinstance(module, torch.nn.Module), "MiniGPT must be an nn.Module.", "MiniGPT 必须是 nn.Module。"
    )
    module.to(getattr(torch, source.dtype))
    weights, shapes = {}, shapes_of(vocab_size, d_model, num_layers, max_length)
    for key, shape in shapes.items():
        own = parameter(module, key)
        require(
            isinstance(own, torch.nn.Parameter) and tuple(own.shape) == shape,
            f"The model must have a parameter {key} of shape {shape}.",
            f"模型必须有形状为 {shape} 的参数 {key}。",
        )
        value = source.tensor(*shape, kind="normal")
        if key.endswith(("norm.weight", "norm1.weight", "norm2.weight")):
            value = 1 + value / 2
        elif len(shape) == 2 and "emb" not in key:
            value = value / shape[1] ** 0.5
        with torch.no_grad():
            own.copy_(value)
        weights[key] = own.detach().double()
    count, wanted = sum(p.numel() for p in module.parameters()), sum(map(math.prod, shapes.values()))
    require(
        count == wanted,
        f"The model has {count} parameters, it must have {wanted}: the head is tied and has none, and blocks share none.",
        f"模型共有 {count} 个参数，应为 {wanted} 个：输出头与词元嵌入共享权重，自己没有参数；各个块之间不共享。",
    )
    return module, weights


def call(candidate, module, ids):
    """The logits; ids and parameters must be as they were."""
    candidate.show(ids=ids)
    with unchanged(ids=ids, module=module):
        return module(ids)


def close(got, want, dtype, name="logits"):
    """Norms divide by a deviation that may be small, so float32 gets room."""
    size = max(1.0, float(want.detach().abs().max()))
    rtol, unit = (1e-6, 5e-7) if dtype == torch.float64 else (1e-3, 5e-4)  # √Dh may be a float32 tensor
    assert_close(got, want.detach(), dtype=dtype, rtol=rtol, atol=unit * size, name=name)


def compare(candidate, module, weights, num_heads, ids):
    got = call(candidate, module, ids)
    close(got, oracle(weights, num_heads, ids), parameter(module, "norm.weight").dtype)
    return got


def tokens(source, vocab_size, batch, length):
    return torch.from_numpy(source.integers(0, vocab_size, batch, length)).long()


def put(module, weights, **values):
    """Set parameters of both, named as in norm__weight."""
    for name, value in values.items():
        key = name.replace("__", ".")
        with torch.no_grad():
            parameter(module, key).copy_(torch.as_tensor(value).expand_as(weights[key]))
        weights[key] = parameter(module, key).detach().double().clone()


def hand_model(candidate):
    """The model of the task's example: uniform attention, a silent feed-forward network."""
    module, weights = build(candidate, Source(0), 3, 2, 1, 1, 2)
    plain = {key.replace(".", "__"): 0.0 for key in weights if "norm" not in key or key.endswith("bias")}
    put(
        module, weights, **plain, norm__weight=1.0, blocks__0__norm1__weight=1.0, blocks__0__norm2__weight=1.0
    )
    put(module, weights, blocks__0__v_proj__weight=torch.eye(2), blocks__0__out_proj__weight=torch.eye(2))
    put(
        module,
        weights,
        tok_emb__weight=torch.tensor([[3.0, 0], [0, 1], [1, 1]]),
        pos_emb__weight=torch.tensor([[0.0, 1], [1, 2]]),
    )
    return module, weights


def generated(candidate, module, weights, num_heads, ids, count):
    """Each new token must be the most likely one after the last max_length tokens before it."""
    candidate.show(ids=ids, max_new_tokens=count)
    with unchanged(ids=ids, module=module):
        got = module.generate(ids, count)
    length, window = ids.shape[1], len(weights["pos_emb.weight"])
    require(
        isinstance(got, torch.Tensor)
        and got.dtype == torch.int64
        and got.shape == (len(ids), length + count),
        f"generate must return int64 ids of shape {(len(ids), length + count)}.",
        f"generate 应返回形状为 {(len(ids), length + count)} 的 int64 张量。",
        actual=got,
    )
    require(
        torch.equal(got[:, :length], ids),
        "The result must begin with the given ids.",
        "结果必须以给定的 ids 开头。",
        expected=ids,
        actual=got,
    )
    size = len(weights["tok_emb.weight"])
    require(
        bool(((got >= 0) & (got < size)).all()),
        "A generated id is no token of the vocabulary.",
        "生成的 id 不在词表里。",
        actual=got,
    )
    for n in range(length, length + count):
        logits = oracle(weights, num_heads, got[:, max(0, n - window) : n])[:, -1]
        chosen, best = logits.gather(1, got[:, n : n + 1])[:, 0], logits.max(-1).values
        require(
            bool((chosen >= best - 1e-6).all()),
            f"Token {n} of the result is not the most likely one after the {min(n, window)} tokens before it.",
            f"结果中的第 {n} 个词元不是它前面 {min(n, window)} 个词元之后概率最大的。",
            expected=logits.argmax(-1),
            actual=got,
        )
    return got


@check(
    "The sub-modules are there, the head is tied, and no block shares its weights.",
    "子模块齐全，输出头与词元嵌入共享权重，各个块不共享。",
)
def test_sub_modules(candidate):
    for num_layers in (1, 3):
        build(candidate, Source(0), num_layers=num_layers)
    build(candidate, Source(0), 7, 6, 3, 2, 4)


@check("Two tokens worked by hand, and two more generated.", "两个词元的手算例子，以及接着生成的两个词元。")
def test_by_hand(candidate):
    module, _ = hand_model(candidate)
    ids = torch.tensor([[0, 1]])
    want = torch.tensor([[[3.0, -1, 0], [-3, 1, 0]]], dtype=torch.float64)
    assert_close(call(candidate, module, ids), want, rtol=0, atol=5e-5, name="logits")
    candidate.show(ids=ids, max_new_tokens=2)
    got = module.generate(ids, 2)
    wanted = torch.tensor([[0, 1, 1, 1]])
    require(
        isinstance(got, torch.Tensor) and torch.equal(got, wanted),
        "generate gives other tokens than the example worked by hand.",
        "generate 的结果与手算例子不同。",
        expected=wanted,
        actual=got,
    )


@check(
    "Each position sees itself and what is before it, and nothing after.",
    "每个位置看得到自己和之前的词元，看不到之后的。",
)
def test_causal(candidate):
    source = Source(1)
    module, weights = build(candidate, source, num_layers=3)
    ids = tokens(source, 5, 1, 6)
    whole = compare(candidate, module, weights, 2, ids)
    for length in range(1, 6):
        part = compare(candidate, module, weights, 2, ids[:, :length].clone())
        close(part, whole[:, :length].double(), part.dtype, name=f"logits of the first {length} tokens")
        other = ids.clone()
        other[:, length:] = (other[:, length:] + 1) % 5
        changed = call(candidate, module, other)[:, :length]
        close(changed, whole[:, :length].double(), changed.dtype, name="logits before the changed tokens")


@check(
    "Positions: the same token twice gives different logits; position 0 is the first token of every sequence.",
    "位置：同一个词元出现两次，logits 不同；每个序列的第一个词元都是位置 0。",
)
def test_positions(candidate):
    source = Source(2)
    module, weights = build(candidate, source)
    compare(candidate, module, weights, 2, torch.full((3, 6), 4))
    for batch, length in ((1, 1), (5, 2), (2, 6), (6, 1)):
        compare(candidate, module, weights, 2, tokens(source, 5, batch, length))


@check(
    "All blocks are used, once each and in order; one, two and three of them.",
    "所有块按顺序各用一次：一、二、三个块。",
)
def test_blocks(candidate):
    for num_layers in (1, 2, 3):
        source = Source(3)
        module, weights = build(candidate, source, num_layers=num_layers)
        compare(candidate, module, weights, 2, tokens(source, 5, 2, 4))


@check(
    "Four channels in one, two and four heads: the scale is 1/√Dh.",
    "四个通道分给一、二、四个头：缩放是 1/√Dh。",
)
def test_heads(candidate):
    for num_heads in (1, 2, 4):
        source = Source(4)
        module, weights = build(candidate, source, num_heads=num_heads)
        put(module, weights, blocks__0__q_proj__weight=weights["blocks.0.q_proj.weight"] * 3)
        compare(candidate, module, weights, num_heads, tokens(source, 5, 2, 5))


@check("A future key has no influence, however large its score.", "未来的键无论分数多大都没有影响。")
def test_large_scores(candidate):
    for size in (1e3, 1e5):  # scores far below 0 as well
        source = Source(5)
        module, weights = build(candidate, source)
        for key in ("blocks.0.q_proj.weight", "blocks.1.q_proj.weight"):
            put(module, weights, **{key.replace(".", "__"): weights[key] * size})
        compare(candidate, module, weights, 2, tokens(source, 5, 3, 6))
    module, weights = build(candidate, Source(8), 2, 4, 1, 1, 4)
    rows = torch.tensor([[1.0, -1, 0, 0], [0, 0, 1, -1]])
    put(module, weights, tok_emb__weight=rows, pos_emb__weight=0.0)
    put(module, weights, blocks__0__norm1__weight=1.0, blocks__0__norm1__bias=0.0)
    put(module, weights, blocks__0__q_proj__weight=0.0, blocks__0__q_proj__bias=1e12)
    put(module, weights, blocks__0__k_proj__weight=rows[1].clamp(min=0), blocks__0__k_proj__bias=0.0)
    # as a key token 0 scores 0, token 1 more than 1e12
    compare(candidate, module, weights, 1, torch.tensor([[0, 0, 1, 0]]))


@check("More than max_length tokens are a ValueError.", "超过 max_length 个词元时抛出 ValueError。")
def test_too_long(candidate):
    module, weights = build(candidate, Source(6), max_length=3)
    compare(candidate, module, weights, 2, torch.tensor([[0, 1, 2]]))
    for ids in (torch.tensor([[0, 1, 2, 3]]), torch.zeros((2, 9), dtype=torch.int64)):
        candidate.show(ids=ids)
        try:
            got = module(ids)
        except ValueError:
            continue
        require(
            False,
            "More than max_length tokens must raise ValueError, but logits came back.",
            "超过 max_length 个词元应抛出 ValueError，却返回了 logits。",
            actual=got,
        )


@check(
    "generate appends the most likely token, each time after all that was generated before.",
    "generate 每次接上概率最大的词元，后面的词元以之前生成的为条件。",
)
def test_generate(candidate):
    for seed in range(4):
        source = Source(10 + seed)
        module, weights = build(candidate, source, 9, 6, 2, 2, 12)
        put(module, weights, pos_emb__weight=weights["pos_emb.weight"] * 2)
        generated(candidate, module, weights, 2, tokens(source, 9, 3, 3), 7)


@check(
    "generate goes on beyond max_length with the last max_length tokens, and takes longer prompts.",
    "超过 max_length 后，generate 只用最后 max_length 个词元继续；提示本身也可以更长。",
)
def test_generate_window(candidate):
    for seed in range(3):
        source = Source(20 + seed)
        module, weights = build(candidate, source, 9, 6, 2, 1, 4)
        put(module, weights, pos_emb__weight=weights["pos_emb.weight"] * 2)
        generated(candidate, module, weights, 2, tokens(source, 9, 2, 2), 7)
        generated(candidate, module, weights, 2, tokens(source, 9, 2, 9), 4)


@check(
    "generate with nothing to generate returns the ids; a window of one token works.",
    "max_new_tokens = 0 时原样返回；窗口只有一个词元时也能用。",
)
def test_generate_edges(candidate):
    source = Source(30)
    module, weights = build(candidate, source, 6, 4, 2, 1, 3)
    generated(candidate, module, weights, 2, tokens(source, 6, 2, 2), 0)
    generated(candidate, module, weights, 2, tokens(source, 6, 1, 5), 0)
    module, weights = build(candidate, source, 6, 4, 2, 1, 1)
    generated(candidate, module, weights, 2, tokens(source, 6, 2, 1), 3)


@check(
    "No state between calls, training and evaluation mode agree, two models are independent.",
    "两次调用之间没有状态，训练与评估模式一致，两个模型互不影响。",
)
def test_no_state(candidate):
    source = Source(7)
    one, weights_one = build(candidate, source)
    two, weights_two = build(candidate, source, num_heads=1, num_layers=1)
    for ids in (tokens(source, 5, 2, 4), tokens(source, 5, 1, 6), tokens(source, 5, 2, 4)):
        compare(candidate, one.train(), weights_one, 2, ids)
        generated(candidate, one, weights_one, 2, ids, 2)
        compare(candidate, two, weights_two, 1, ids)
        compare(candidate, one.eval(), weights_one, 2, ids)


@check(
    "The logits equal the definition on drawn sizes and ids.",
    "在随机大小与词元上，logits 等于定义。",
    source=sources(("normal",)),
    vocab_size=sizes(1, 6),
    num_heads=sizes(1, 3),
    depth=sizes(1, 3),
    num_layers=sizes(1, 2),
    batch=sizes(1, 3),
    length=sizes(1, 4),
    spare=sizes(0, 2),
    examples=30,
)
def test_values(candidate, source, vocab_size, num_heads, depth, num_layers, batch, length, spare):
    module, weights = build(
        candidate, source, vocab_size, num_heads * depth, num_heads, num_layers, length + spare
    )
    compare(candidate, module, weights, num_heads, tokens(source, vocab_size, batch, length))


@check(
    "The gradient of every parameter is that of the definition; the token embedding gets it from both of its uses.",
    "每个参数的梯度都等于定义的梯度；词元嵌入在输入端和输出端都得到梯度。",
    source=sources(("normal",), ("float64",)),
    num_heads=sizes(1, 2),
    num_layers=sizes(1, 2),
    batch=sizes(1, 2),
    length=sizes(1, 4),
    examples=15,
)
def test_gradients(candidate, source, num_heads, num_layers, batch, length):
    d_model = 4
    module, weights = build(candidate, source, 5, d_model, num_heads, num_layers, length + 1)
    ids = tokens(source, 5, batch, length)
    grad_out = source.tensor(batch, length, 5)
    own = {key: parameter(module, key) for key in weights}
    found = gradients(call(candidate, module, ids), grad_out, **own)
    leaves = {key: value.clone().requires_grad_() for key, value in weights.items()}
    for key, want in gradients(oracle(leaves, num_heads, ids), grad_out, **leaves).items():
        scale = max(1.0, float(want.abs().max()))
        assert_close(found[key], want, rtol=1e-5, atol=1e-6 * scale, name=f"grad {key}")
