"""Checks of `load-pretrained-weights`: names and values one by one, and a small GPT that must give the checkpoint's logits."""

import torch
import torch.nn.functional as F
from hypothesis import strategies as st
from torch import nn

from drills.checking import assert_close, check, expect_error, require
from drills.strategies import Source, sizes, sources


def checkpoint_of(
    source,
    layers,
    d,
    width,
    vocab=7,
    context=5,
    *,
    dtype=torch.float32,
    own_head=False,
    prefix="",
    masks=True,
):
    """A checkpoint in GPT-2's names, and what must come of it, put together column by column."""

    def draw(*shape):
        return source.tensor(*shape).to(dtype)

    old, new = {"wte.weight": draw(vocab, d), "wpe.weight": draw(context, d)}, {}
    new["tok_emb.weight"], new["pos_emb.weight"] = old["wte.weight"], old["wpe.weight"]
    for n in range(layers):
        h, b = f"h.{n}", f"blocks.{n}"
        for theirs, ours in (("ln_1", "norm1"), ("ln_2", "norm2")):
            for kind in ("weight", "bias"):
                new[f"{b}.{ours}.{kind}"] = old[f"{h}.{theirs}.{kind}"] = draw(d)
        if masks:
            old[f"{h}.attn.bias"] = torch.ones(1, 1, context, context).tril().bool()
            old[f"{h}.attn.masked_bias"] = torch.tensor(-1e4)
        for theirs, parts, n_in, n_out in (
            ("attn.c_attn", ("attn.q_proj", "attn.k_proj", "attn.v_proj"), d, d),
            ("attn.c_proj", ("attn.out_proj",), d, d),
            ("mlp.c_fc", ("ffn.up",), d, width),
            ("mlp.c_proj", ("ffn.down",), width, d),
        ):
            fused, offset = draw(n_in, n_out * len(parts)), draw(n_out * len(parts))
            old[f"{h}.{theirs}.weight"], old[f"{h}.{theirs}.bias"] = fused, offset
            for i, ours in enumerate(parts):
                columns = range(i * n_out, (i + 1) * n_out)
                new[f"{b}.{ours}.weight"] = torch.stack([fused[:, c] for c in columns])
                new[f"{b}.{ours}.bias"] = torch.stack([offset[c] for c in columns])
    for kind in ("weight", "bias"):
        new[f"norm_f.{kind}"] = old[f"ln_f.{kind}"] = draw(d)
    new["lm_head.weight"] = draw(vocab, d) if own_head else old["wte.weight"]
    old = {prefix + name: value for name, value in old.items()}
    if own_head:
        old["lm_head.weight"] = new["lm_head.weight"]
    return old, new


def converted(candidate, checkpoint):
    """The result of one call, once it is seen to be a dict of tensors."""
    state = candidate.convert_gpt2(checkpoint)
    candidate.show(checkpoint={name: tuple(value.shape) for name, value in checkpoint.items()})
    require(
        isinstance(state, dict) and all(isinstance(value, torch.Tensor) for value in state.values()),
        "The result must be a dict of tensors.",
        "返回值必须是由张量组成的 dict。",
        actual=state,
    )
    return state


def compare(candidate, checkpoint, want):
    """Exactly these names, and exactly these values in the checkpoint's dtype."""
    state = converted(candidate, checkpoint)
    missing, more = sorted(want.keys() - state.keys()), sorted(map(str, state.keys() - want.keys()))
    require(
        not missing and not more,
        f"The names differ. Missing: {', '.join(missing) or 'none'}; unexpected: {', '.join(more) or 'none'}.",
        f"名称不一致。缺少：{'、'.join(missing) or '无'}；多出：{'、'.join(more) or '无'}。",
        expected=sorted(want),
        actual=sorted(map(str, state)),
        name="names",
    )
    for name, value in want.items():
        assert_close(state[name], value, rtol=0, atol=0, name=name)
    return state


class Block(nn.Module):
    """A block of our model: pre-norm, separate q, k and v."""

    def __init__(self, d, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(d), nn.LayerNorm(d)
        self.attn = nn.ModuleDict({f"{part}_proj": nn.Linear(d, d) for part in ("q", "k", "v", "out")})
        self.ffn = nn.ModuleDict({"up": nn.Linear(d, width), "down": nn.Linear(width, d)})

    def forward(self, x):
        h = self.norm1(x)
        q, k, v = (self.attn[f"{p}_proj"](h).unflatten(-1, (self.heads, -1)).transpose(1, 2) for p in "qkv")
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.attn["out_proj"](mixed.transpose(1, 2).flatten(2))
        return x + self.ffn["down"](F.gelu(self.ffn["up"](self.norm2(x)), approximate="tanh"))


class Model(nn.Module):
    """The model of the prompt."""

    def __init__(self, layers, d, width, heads, vocab=7, context=5):
        super().__init__()
        self.tok_emb, self.pos_emb = nn.Embedding(vocab, d), nn.Embedding(context, d)
        self.blocks = nn.ModuleList(Block(d, width, heads) for _ in range(layers))
        self.norm_f, self.lm_head = nn.LayerNorm(d), nn.Linear(d, vocab, bias=False)

    def forward(self, ids):
        x = self.tok_emb(ids) + self.pos_emb.weight[: ids.shape[1]]
        for block in self.blocks:
            x = block(x)
        return self.lm_head(self.norm_f(x))


def logits_of(old, ids, layers, heads):
    """What GPT-2 makes of its own checkpoint (tied, without a prefix): x W + b, one head and one query at a time."""

    def norm(x, name):
        return F.layer_norm(x, x.shape[-1:], old[f"{name}.weight"], old[f"{name}.bias"])

    def conv1d(x, name):
        return x @ old[f"{name}.weight"] + old[f"{name}.bias"]

    logits = []
    for row in ids:
        x = old["wte.weight"][row] + old["wpe.weight"][: len(row)]
        for n in range(layers):
            fused = conv1d(norm(x, f"h.{n}.ln_1"), f"h.{n}.attn.c_attn")
            size = fused.shape[1] // 3 // heads
            mixed = torch.zeros_like(x)
            for head in range(heads):
                q, k, v = (fused[:, (i * heads + head) * size :][:, :size] for i in range(3))
                for t in range(len(row)):
                    weights = torch.softmax(k[: t + 1] @ q[t] / size**0.5, dim=0)
                    mixed[t, head * size : (head + 1) * size] = weights @ v[: t + 1]
            x = x + conv1d(mixed, f"h.{n}.attn.c_proj")
            inner = F.gelu(conv1d(norm(x, f"h.{n}.ln_2"), f"h.{n}.mlp.c_fc"), approximate="tanh")
            x = x + conv1d(inner, f"h.{n}.mlp.c_proj")
        logits.append(norm(x, "ln_f") @ old["wte.weight"].T)
    return torch.stack(logits)


@check(
    "One layer of width two: q, k and v are the columns of the fused weight, as rows.",
    "宽度为 2 的一层：融合权重的列依次是 q、k、v，到结果里变成行。",
)
def test_by_hand(candidate):
    checkpoint, want = checkpoint_of(Source(0), 1, 2, 3)
    checkpoint["h.0.attn.c_attn.weight"] = torch.arange(1.0, 13.0).reshape(2, 6)
    for part, rows in (("q", [[1, 7], [2, 8]]), ("k", [[3, 9], [4, 10]]), ("v", [[5, 11], [6, 12]])):
        want[f"blocks.0.attn.{part}_proj.weight"] = torch.tensor(rows, dtype=torch.float32)
    compare(candidate, checkpoint, want)


@check(
    "Square and non-square weights are transposed alike, embeddings and the output layer are not.",
    "方阵与非方阵的权重同样要转置；嵌入与输出层不转置。",
)
def test_layouts(candidate):
    for d, width, vocab, context in ((4, 4, 4, 4), (3, 12, 3, 5), (2, 5, 7, 2), (1, 1, 1, 1)):
        for own_head in (False, True):
            compare(candidate, *checkpoint_of(Source(1), 2, d, width, vocab, context, own_head=own_head))


@check(
    "Twelve layers, none, and a hundred and one: each layer keeps its number, with three digits too.",
    "十二层、零层与一百零一层：层号保持不变，三位数也一样。",
)
def test_layers(candidate):
    for layers in (12, 0, 1):
        compare(candidate, *checkpoint_of(Source(2), layers, 2, 3))
    checkpoint, want = checkpoint_of(Source(3), 11, 2, 3)
    compare(candidate, dict(reversed(checkpoint.items())), want)  # in any order
    compare(candidate, *checkpoint_of(Source(3), 101, 1, 1, masks=False))


@check("The prefix `transformer.` may be there or not.", "有没有 `transformer.` 前缀都可以。")
def test_prefix(candidate):
    for prefix in ("", "transformer."):
        for own_head in (False, True):
            compare(candidate, *checkpoint_of(Source(4), 2, 3, 4, prefix=prefix, own_head=own_head))


@check(
    "The causal masks among the checkpoint's buffers are left out; there need not be any.",
    "检查点里的因果掩码缓冲区要丢掉；也可能根本没有。",
)
def test_masks(candidate):
    for masks in (True, False):
        for prefix in ("", "transformer."):
            compare(candidate, *checkpoint_of(Source(5), 2, 3, 4, prefix=prefix, masks=masks))


@check(
    "Without an output layer of its own, lm_head.weight is the embedding itself: one memory, not a copy.",
    "检查点没有单独的输出层时，lm_head.weight 就是词嵌入本身：共用内存，不是副本。",
)
def test_tied(candidate):
    for prefix in ("", "transformer."):
        state = compare(candidate, *checkpoint_of(Source(6), 1, 3, 4, prefix=prefix))
        head, table = state["lm_head.weight"], state["tok_emb.weight"]
        require(
            head.data_ptr() == table.data_ptr() and head.stride() == table.stride(),
            "lm_head.weight must share the memory of tok_emb.weight.",
            "lm_head.weight 必须与 tok_emb.weight 共用内存。",
            name="lm_head.weight",
        )


@check(
    "An output layer of its own is kept, and is not the embedding.",
    "检查点自带输出层时要保留它，而不是用词嵌入代替。",
)
def test_untied(candidate):
    for prefix in ("", "transformer."):
        checkpoint, want = checkpoint_of(Source(7), 1, 3, 4, prefix=prefix, own_head=True)
        compare(candidate, checkpoint, want)
        first = {"lm_head.weight": checkpoint["lm_head.weight"]}
        compare(candidate, first | checkpoint, want)
        table = checkpoint[prefix + "wte.weight"]
        checkpoint["lm_head.weight"] = want["lm_head.weight"] = table.clone()
        state = compare(candidate, checkpoint, want)
        require(
            state["lm_head.weight"].data_ptr() != state["tok_emb.weight"].data_ptr(),
            "An lm_head.weight of the checkpoint's own stays apart from tok_emb.weight, equal values or not.",
            "检查点自带的 lm_head.weight 即使数值与 tok_emb.weight 相同，也不与它共用内存。",
            name="lm_head.weight",
        )


@check("The checkpoint's dtype is kept: half types too.", "保持检查点的 dtype，半精度也一样。")
def test_dtypes(candidate):
    for dtype in (torch.float16, torch.bfloat16, torch.float64):
        compare(candidate, *checkpoint_of(Source(8), 1, 4, 3, dtype=dtype))


@check(
    "A name that has no place in the model is a ValueError.",
    "模型中没有对应位置的名称应抛出 ValueError。",
)
def test_unknown_names(candidate):
    for prefix in ("", "transformer."):
        for name in (
            "score.weight",
            "h.0.attn.q_norm.weight",
            "h.0.crossattention.c_attn.weight",
            "h.1.mlp.gate.weight",
            "ln_g.bias",
            "decoder.h.0.ln_1.weight",
            "h.0.ln_1.gamma",
            "h.0.ln_3.weight",
            "h.x.ln_1.weight",
            "h_0.ln_1.weight",
            "h.0.ln_1.weight_scale",
            "h.0.attn.bias_scale",
            "h.0.mlp.masked_bias",
            "h.0.attn.rel_bias",
            "attn.bias",
            "wte.bias",
            "wpe.bias",
            "lm_head.bias",
            "h.0.lm_head.weight",
            "model.wte.weight",
            *(["transformer.wpe.weight"] if prefix else []),  # the prefix twice
        ):
            checkpoint, _ = checkpoint_of(Source(9), 2, 2, 3, prefix=prefix)
            checkpoint[prefix + name] = torch.ones((1, 1, 5, 5) if name.endswith("rel_bias") else (2, 2))
            expect_error(candidate.convert_gpt2, "ValueError", checkpoint)


@check(
    "Loaded strictly into a model, the result gives the logits that GPT-2 makes of its checkpoint.",
    "严格加载进模型之后，得到的 logits 与 GPT-2 用原检查点算出的一致。",
)
def test_logits(candidate):
    layers, d, width, heads = 2, 6, 10, 3
    checkpoint, _ = checkpoint_of(Source(10), layers, d, width, dtype=torch.float64)
    model = Model(layers, d, width, heads).double().eval()
    state = converted(candidate, checkpoint)
    try:
        model.load_state_dict(state)
    except RuntimeError as error:
        reason = str(error).splitlines()[-1].strip()
        require(
            False, f"load_state_dict refuses the result: {reason}", f"load_state_dict 拒绝了结果：{reason}"
        )
    ids = torch.tensor([[0, 5, 2, 6], [3, 3, 1, 4]])
    with torch.no_grad():
        assert_close(
            model(ids), logits_of(checkpoint, ids, layers, heads), rtol=1e-7, atol=1e-9, name="logits"
        )


@check(
    "On drawn sizes, names and values are exactly those of the table.",
    "在随机尺寸上，名称与数值和表中规定的完全一致。",
    source=sources(("normal", "ties"), ("float32",)),
    layers=st.integers(0, 3),
    d=sizes(1, 5),
    width=sizes(1, 6),
    vocab=sizes(1, 6),
    own_head=st.booleans(),
    masks=st.booleans(),
    prefix=st.sampled_from(["", "transformer."]),
    examples=30,
)
def test_drawn(candidate, source, layers, d, width, vocab, own_head, masks, prefix):
    compare(
        candidate,
        *checkpoint_of(source, layers, d, width, vocab, own_head=own_head, masks=masks, prefix=prefix),
    )
