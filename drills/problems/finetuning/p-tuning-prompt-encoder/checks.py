"""Checks of `p-tuning-prompt-encoder`: an LSTM written out gate by gate, and a walk along each row, are the specification."""

import copy

import torch
from hypothesis import strategies as st

from drills.checking import assert_close, check, error_name, gradients, require, unchanged
from drills.strategies import Source, sizes, sources


def run(weights, rows, suffix):
    """The states of one direction: a list of (hidden,)."""
    w_ih, w_hh = weights[f"lstm.weight_ih_l0{suffix}"], weights[f"lstm.weight_hh_l0{suffix}"]
    bias = weights[f"lstm.bias_ih_l0{suffix}"] + weights[f"lstm.bias_hh_l0{suffix}"]
    h = c = torch.zeros(w_hh.shape[1], dtype=torch.float64)
    out = []
    for row in rows:
        i, f, g, o = (w_ih @ row + w_hh @ h + bias).chunk(4)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        out.append(h)
    return out


def virtual(weights):
    """(P, D) in float64, differentiable in the weights."""
    rows = list(weights["prompt_embeddings.weight"])
    forward, backward = run(weights, rows, ""), run(weights, rows[::-1], "_reverse")[::-1]
    out = []
    for one, other in zip(forward, backward, strict=True):
        inner = weights["fc1.weight"] @ torch.cat([one, other]) + weights["fc1.bias"]
        out.append(weights["fc2.weight"] @ (inner * (inner > 0)) + weights["fc2.bias"])
    return torch.stack(out)


def embedded(weights, input_ids, prompt_id):
    """(B, T, D) in float64."""
    tokens, rows = virtual(weights), []
    for row in input_ids.tolist():
        seen, out = 0, []
        for token in row:
            out.append(tokens[seen] if token == prompt_id else weights["word_embeddings.weight"][token])
            seen += token == prompt_id
        rows.append(torch.stack(out))
    return torch.stack(rows)


def build(candidate, source, vocab, width, num_virtual, hidden, prompt_id):
    """The learner's module, filled with weights of ours."""
    dtype = getattr(torch, source.dtype)
    words = torch.nn.Embedding(vocab, width, dtype=dtype)
    with torch.no_grad():
        words.weight.copy_(source.tensor(vocab, width, kind="normal"))
    before = words.weight.detach().clone()
    module = candidate.PromptEncoder(words, num_virtual, hidden, prompt_id)
    require(
        isinstance(module, torch.nn.Module),
        "PromptEncoder must be an nn.Module.",
        "PromptEncoder 必须是 nn.Module。",
    )
    require(
        getattr(module, "word_embeddings", None) is words and torch.equal(words.weight.detach(), before),
        "word_embeddings must be the embedding that was handed in, unchanged.",
        "word_embeddings 必须是传入的词嵌入本身，且保持不变。",
    )
    lstm = getattr(module, "lstm", None)
    require(
        isinstance(lstm, torch.nn.LSTM) and lstm.bidirectional and lstm.num_layers == 1 and lstm.dropout == 0,
        "lstm must be a bidirectional nn.LSTM of one layer, without dropout.",
        "lstm 必须是一层的双向 nn.LSTM，不带 dropout。",
        actual=str(lstm),
    )
    own = dict(module.named_parameters())
    for name, shape in shapes(width, num_virtual, hidden).items():
        require(
            name in own and tuple(own[name].shape) == shape,
            f"There must be a parameter {name} of shape {shape}.",
            f"必须有形状为 {shape} 的参数 {name}。",
            actual={key: list(value.shape) for key, value in own.items()},
        )
    right_dtype(module, dtype)
    with torch.no_grad():
        for name, parameter in own.items():
            if not name.startswith("word_embeddings"):
                parameter.copy_(source.tensor(*parameter.shape, kind="normal"))
    return module


def right_dtype(module, dtype):
    require(
        all(parameter.dtype == dtype for parameter in module.parameters()),
        "The parameters of all new modules must have the dtype of word_embeddings.weight.",
        "新建的模块，参数的 dtype 都应与 word_embeddings.weight 相同。",
        expected=str(dtype),
    )


def shapes(width, num_virtual, hidden):
    """Every parameter that is trained."""
    out = {"prompt_embeddings.weight": (num_virtual, width)}
    for suffix in ("", "_reverse"):
        out |= {
            f"lstm.weight_ih_l0{suffix}": (4 * hidden, width),
            f"lstm.weight_hh_l0{suffix}": (4 * hidden, hidden),
        }
        out |= {f"lstm.bias_{kind}_l0{suffix}": (4 * hidden,) for kind in ("ih", "hh")}
    out |= {"fc1.weight": (2 * hidden, 2 * hidden), "fc1.bias": (2 * hidden,)}
    return out | {"fc2.weight": (width, 2 * hidden), "fc2.bias": (width,)}


def doubled(module):
    return {name: p.detach().double().requires_grad_() for name, p in module.named_parameters()}


def close(got, want, dtype, name="output"):
    size = max(1.0, float(want.detach().abs().max()))
    rtol, unit = (1e-9, 1e-11) if dtype == torch.float64 else (1e-4, 2e-5)
    assert_close(got, want.detach(), dtype=dtype, rtol=rtol, atol=unit * size, name=name)


def same(candidate, module, input_ids):
    """Encoder and forward are those of the definition; nothing is changed."""
    weights, dtype = doubled(module), module.word_embeddings.weight.dtype
    candidate.show(
        input_ids=input_ids,
        prompt_id=module.prompt_id_for_checks,
        parameters={n: p.detach() for n, p in weights.items()},
    )
    with unchanged(input_ids=input_ids, module=module):
        encoded, got = module.encode(), module(input_ids)
    close(encoded, virtual(weights), dtype, "encode()")
    close(got, embedded(weights, input_ids, module.prompt_id_for_checks), dtype)


def made(candidate, seed=0, vocab=7, width=3, num_virtual=3, hidden=2, prompt_id=None, dtype="float64"):
    source = Source(seed, dtype, "normal")
    prompt_id = vocab if prompt_id is None else prompt_id
    module = build(candidate, source, vocab, width, num_virtual, hidden, prompt_id)
    module.prompt_id_for_checks = prompt_id
    return module


def ids(*rows):
    return torch.tensor(rows, dtype=torch.int64)


@check("Worked by hand: two virtual tokens, width one.", "手算例子：两个虚拟 token，宽度为一。")
def test_by_hand(candidate):
    words = torch.nn.Embedding(7, 1, dtype=torch.float64)
    module = candidate.PromptEncoder(words, 2, 1, 9)
    right_dtype(module, torch.float64)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.zero_()
        words.weight.copy_(torch.arange(7.0)[:, None] * 10)
        module.prompt_embeddings.weight.copy_(torch.tensor([[1.0], [0.0]]))
        module.lstm.weight_ih_l0[2] = module.lstm.weight_ih_l0_reverse[2] = 1.0
        module.fc1.weight.copy_(torch.eye(2))
        module.fc2.weight.fill_(1.0)
    want = torch.tensor([[0.3634], [0.0941]], dtype=torch.float64)
    assert_close(module.encode().detach(), want, rtol=0, atol=1e-4, name="encode()")
    input_ids = ids([9, 5, 9, 2], [4, 9, 9, 4])
    candidate.show(input_ids=input_ids, prompt_id=9)
    rows = [[0.3634, 50, 0.0941, 20], [40, 0.3634, 0.0941, 40]]
    assert_close(
        module(input_ids).detach(), torch.tensor(rows, dtype=torch.float64)[..., None], rtol=0, atol=1e-4
    )


@check(
    "The LSTM reads the virtual tokens as one sequence, in both directions.",
    "LSTM 把虚拟 token 当作一条序列双向读入。",
)
def test_encoder(candidate):
    for num_virtual in (1, 2, 5):
        for dtype in ("float64", "float32"):
            module = made(candidate, 1, num_virtual=num_virtual, dtype=dtype)
            same(candidate, module, ids([7] * num_virtual + [0, 1]))


@check("Slots may stand anywhere, in each row elsewhere.", "槽位可以在任意位置，各行不同。")
def test_slots(candidate):
    module = made(candidate, 2)
    same(
        candidate, module, ids([7, 7, 7, 1, 2, 3], [1, 7, 2, 7, 3, 7], [4, 5, 6, 7, 7, 7], [7, 0, 0, 0, 7, 7])
    )
    same(candidate, module, ids([0, 7, 7, 6, 7]))
    same(candidate, module, ids([7, 7, 7], [7, 7, 7]))


@check(
    "The prompt's id may lie outside the vocabulary, far outside, or be a word's id.",
    "提示 id 可以在词表之外（甚至很远），也可以是某个词的 id。",
)
def test_prompt_id(candidate):
    for prompt_id in (7, 8, 50_000, 0, 3, 6):
        module = made(candidate, 3, prompt_id=prompt_id)
        p, a, b = prompt_id, 1, 5
        same(candidate, module, ids([p, a, p, b, p], [a, b, p, p, p]))


@check("A row with more or fewer slots is a ValueError.", "某行的槽位多于或少于 P 个时抛出 ValueError。")
def test_wrong_number(candidate):
    module, outcomes = made(candidate, 4), {}
    for rows in (
        [[7, 7, 1, 2]],
        [[7, 7, 7, 7]],
        [[1, 2, 3, 4]],
        [[7, 7, 7, 1], [7, 7, 1, 2]],
        [[7, 7, 7, 7], [7, 7, 1, 2]],
        [[7, 7, 7, 1], [1, 1, 1, 1], [7, 7, 7, 1]],
    ):
        try:
            module(ids(*rows))
            outcomes[str(rows)] = "a value / 返回了值"
        except Exception as error:
            outcomes[str(rows)] = error_name(error)
    candidate.show(prompt_id=7, num_virtual=3)
    require(
        set(outcomes.values()) == {"ValueError"},
        "Each of these input_ids must raise ValueError.",
        "这些 input_ids 都应抛出 ValueError。",
        actual=outcomes,
        name="outcomes",
    )


@check("All but the word embeddings train.", "除词嵌入之外都可训练。")
def test_what_trains(candidate):
    module = made(candidate, 5)
    names = {name for name, p in module.named_parameters() if p.requires_grad}
    wanted = set(shapes(3, 3, 2))
    require(
        names == wanted,
        "Exactly the parameters of prompt_embeddings, lstm, fc1 and fc2 must require a gradient.",
        "需要梯度的应恰好是 prompt_embeddings、lstm、fc1、fc2 的参数。",
        expected=sorted(wanted),
        actual=sorted(names),
    )


@check("The virtual tokens start at random, each with its own vector.", "虚拟 token 随机初始化，各不相同。")
def test_start(candidate):
    drawn, words = [], torch.nn.Embedding(5, 4)
    for _ in range(2):
        module = candidate.PromptEncoder(words, 3, 2, 5)
        weight = module.prompt_embeddings.weight.detach().clone()
        distinct = all(not torch.equal(weight[i], weight[j]) for i in range(3) for j in range(i))
        require(
            distinct and bool(torch.isfinite(weight).all()),
            "The rows of prompt_embeddings must start at random values.",
            "prompt_embeddings 的各行必须随机初始化。",
            actual=weight,
        )
        drawn.append(weight)
    require(
        not torch.equal(*drawn),
        "Two modules start with the same vectors.",
        "两个模块的初值相同。",
        actual=drawn[0],
    )


@check("No state is kept, and two modules share none.", "不保留状态，两个模块互不影响。")
def test_no_state(candidate):
    one, other = made(candidate, 6), made(candidate, 7, num_virtual=2)
    for module in (one, one, other, one, other):
        p = module.prompt_embeddings.num_embeddings
        same(candidate, module, ids([7] * p + [1] * (5 - p), [2] * (5 - p) + [7] * p))
    with torch.no_grad():
        one.fc2.weight.add_(1)
        one.prompt_embeddings.weight.mul_(2)
    same(candidate, one, ids([7, 1, 7, 2, 7]))
    one.eval()
    same(candidate, one, ids([7, 1, 7, 2, 7]))
    twin = copy.deepcopy(one)
    same(candidate, twin, ids([7, 1, 7, 2, 7]))


dims = {"vocab": sizes(1, 6), "width": sizes(1, 5), "num_virtual": sizes(1, 4), "hidden": sizes(1, 4)}


def drawn_ids(source, batch, extra, vocab, num_virtual):
    """Rows of num_virtual slots (the id `vocab`) and `extra` words, shuffled."""
    words = source.integers(0, vocab, batch, extra).tolist()
    return ids(*(source.rng.permutation([vocab] * num_virtual + row).tolist() for row in words))


@check(
    "encode() and forward equal the definition on drawn sizes.",
    "在随机大小上，encode() 与 forward 都等于定义。",
    examples=30,
    source=sources(("normal",)),
    batch=sizes(1, 4),
    extra=st.integers(0, 5),
    **dims,
)
def test_values(candidate, source, batch, extra, vocab, width, num_virtual, hidden):
    module = build(candidate, source, vocab, width, num_virtual, hidden, vocab)
    module.prompt_id_for_checks = vocab
    same(candidate, module, drawn_ids(source, batch, extra, vocab, num_virtual))


@check(
    "The gradients of all that trains are those of the definition, summed over the batch.",
    "所有可训练参数的梯度等于定义的梯度，并对批求和。",
    examples=12,
    source=sources(("normal",)),
    batch=sizes(1, 3),
    extra=st.integers(0, 3),
    **dims,
)
def test_gradients(candidate, source, batch, extra, vocab, width, num_virtual, hidden):
    module = build(candidate, source, vocab, width, num_virtual, hidden, vocab)
    input_ids = drawn_ids(source, batch, extra, vocab, num_virtual)
    grad_out = source.tensor(*input_ids.shape, width)
    candidate.show(input_ids=input_ids, prompt_id=vocab, grad_out=grad_out)
    trained = {name: p for name, p in module.named_parameters() if not name.startswith("word_embeddings")}
    found = gradients(module(input_ids), grad_out, **trained)
    weights = doubled(module)
    mine = {name: weights[name] for name in trained}
    for name, want in gradients(embedded(weights, input_ids, vocab), grad_out.double(), **mine).items():
        close(found[name], want, grad_out.dtype, name=f"grad {name}")
