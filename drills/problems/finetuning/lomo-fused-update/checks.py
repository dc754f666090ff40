"""Checks of `lomo-fused-update`: the model looks on at each step of the backward pass; ordinary SGD on a copy tells what must come of it."""

import copy
import gc
import math
import weakref
from contextlib import contextmanager

import torch
from hypothesis import strategies as st
from torch import nn

from drills.checking import assert_close, check, require
from drills.strategies import Source, sizes, sources


class Look(torch.autograd.Function):
    """Passes its input on; in the backward pass it tells the model that this position has been reached."""

    @staticmethod
    def forward(ctx, x, net, position):
        ctx.net, ctx.position = net, position
        return x.view_as(x)

    @staticmethod
    def backward(ctx, grad):
        ctx.net.look(ctx.position)
        return grad, None, None


class Net(nn.Module):
    """Linear layers in the order given (a number twice: the same layer again), and one that plays no part."""

    def __init__(self, source, width, order, frozen=()):
        super().__init__()
        self.order, self.seen, self.grads, self.spy = order, [], [], None
        dtype = getattr(torch, source.dtype)
        self.layers = nn.ModuleList(nn.Linear(width, width, dtype=dtype) for _ in range(max(order) + 1))
        self.spare = nn.Linear(width, width, dtype=dtype)
        with torch.no_grad():
            for p in self.parameters():
                p.copy_(source.tensor(*p.shape, kind="normal") * 0.7)
        for index in frozen:
            self.layers[index].requires_grad_(False)

    def forward(self, x):
        for position, index in enumerate(self.order):
            x = torch.tanh(self.layers[index](x))
            x = Look.apply(x, self, position) if x.requires_grad else x
        return x

    def look(self, position):
        if self.spy is not None:
            self.spy()
            return
        held = [name for name, p in self.named_parameters() if p.grad is not None]
        alive = [name for name, grad in self.grads if grad() is not None]
        self.seen.append((position, snapshot(self), held, alive))

    @contextmanager
    def watched(self):
        """Knows, inside, which gradients are still referred to by anything."""

        def arrived(name):
            return lambda p: self.grads.append((name, weakref.ref(p.grad.untyped_storage())))

        self.seen.clear()
        self.grads.clear()
        trained = [(name, p) for name, p in self.named_parameters() if p.requires_grad]
        hooks = [p.register_post_accumulate_grad_hook(arrived(name)) for name, p in trained]
        yield
        for hook in hooks:
            hook.remove()

    def above(self, position):
        """The trained parameters that the backward pass has done with when it is at `position`."""
        done = set(range(len(self.layers))) - set(self.order[: position + 1])
        return [
            f"layers.{i}.{name}"
            for i in sorted(done)
            for name in ("weight", "bias")
            if self.layers[i].weight.requires_grad
        ]


def snapshot(model):
    return {name: p.detach().clone() for name, p in model.named_parameters()}


def loss_of(net, x, y, scale=1.0):
    return ((net(x) - y) ** 2).sum() * scale


def tolerance(old, new, norm, max_norm):
    """What rounding may do to a parameter, and max_norm / (norm + 1e-6), which is accepted."""
    moved = float((new - old).abs().max())
    slack = 0.0 if max_norm is None else 3e-6 / max(norm, 1e-3)
    return (1e-10 if new.dtype == torch.float64 else 1e-5) * (1 + moved) + slack * moved


def ordinary(net, x, y, lr, max_norm, scale=1.0):
    """The norm, and the parameters after a step of ordinary SGD on a copy."""
    other = copy.deepcopy(net)
    loss_of(other, x, y, scale).backward()
    grads = {name: p.grad for name, p in other.named_parameters() if p.grad is not None}
    norm = math.sqrt(sum(float(grad.double().square().sum()) for grad in grads.values()))
    factor = lr if max_norm is None or norm <= max_norm else lr * max_norm / norm
    new = snapshot(net)
    for name, grad in grads.items():
        new[name] = new[name] - factor * grad
    return norm, new


def holds(candidate, net, x, y, lr=0.1, max_norm=None, scale=1.0):
    """One step: the result, the parameters, and what was seen on the way."""
    before, objects = snapshot(net), list(net.parameters())
    wants = [p.requires_grad for p in objects]
    norm, new = ordinary(net, x, y, lr, max_norm, scale)
    loss = loss_of(net, x, y, scale)
    candidate.show(parameters=before, x=x, y=y, lr=lr, max_norm=max_norm)
    options = () if max_norm is None else (max_norm,)
    with net.watched():
        got = candidate.lomo_step(net, loss, lr, *options)
    seen, atol = list(net.seen), {name: tolerance(before[name], new[name], norm, max_norm) for name in new}
    require(type(got) is float, "It must return a Python float.", "应返回 Python 浮点数。", actual=got)
    for name, p in net.named_parameters():
        assert_close(p.detach(), new[name], rtol=0, atol=atol[name], name=name)
    assert_close(got, norm, rtol=1e-9 if x.dtype == torch.float64 else 1e-5, atol=1e-12, name="norm")
    held = {name: p.grad.detach() for name, p in net.named_parameters() if p.grad is not None}
    require(
        not held, "Every p.grad must be None afterwards.", "结束之后所有 p.grad 都应是 None。", actual=held
    )
    same = all(a is b for a, b in zip(objects, net.parameters(), strict=True))
    require(
        same and wants == [p.requires_grad for p in objects],
        "The parameters must stay the same objects, and requires_grad as it was.",
        "参数应仍是原来的对象，requires_grad 也不变。",
    )
    on_the_way(net, seen, before, new, atol, 1 if max_norm is None else 2)


def on_the_way(net, seen, before, new, atol, passes):
    """What every position of the backward pass saw."""
    trained = [
        p
        for p, _ in enumerate(net.order)
        if any(net.layers[i].weight.requires_grad for i in net.order[: p + 1])
    ]
    positions = [position for position, *_ in seen]
    require(
        positions == trained[::-1] * passes,
        f"The backward pass must run {passes} time(s), no more and no less.",
        f"反向传播应恰好跑 {passes} 遍。",
        expected=trained[::-1] * passes,
        actual=positions,
        name="layers reached, in order",
    )
    for step, (position, values, held, alive) in enumerate(seen):
        updating = step >= len(trained) * (passes - 1)
        due = set(net.above(position)) if updating else set()
        waiting = sorted(name for name in due if float((values[name] - new[name]).abs().max()) > atol[name])
        require(
            len(held) <= 1 or len(waiting) <= 1,
            "Several parameters hold a gradient and wait for their update while the backward pass is still running.",
            "反向传播还在进行时，有好几个参数持有梯度，却还没有更新。",
            actual=held,
            name="parameters that hold a gradient",
        )
        require(
            len(held) <= 1,
            "More than one parameter holds a gradient while the backward pass is still running.",
            "反向传播还在进行时，有不止一个参数持有梯度。",
            actual=held,
            name="parameters that hold a gradient",
        )
        require(
            len(alive) <= 1,
            "Gradients that are no longer in p.grad are still in memory: something of yours refers to them.",
            "有些梯度已不在 p.grad 里，却仍在内存中：你的代码还引用着它们。",
            actual=alive,
            name="gradients in memory",
        )
        require(
            len(waiting) <= 1,
            "The backward pass has gone below these parameters, and they are not updated yet.",
            "反向传播已经走到这些参数以下，它们却还没有更新。",
            actual=waiting,
            name="parameters that wait",
        )
        early = sorted(
            name for name in before if name not in due and not torch.equal(values[name], before[name])
        )
        require(
            not early,
            "These parameters were changed although their gradient was not complete (or in the pass that only gathers the norm).",
            "这些参数的梯度还不完整（或仍处于只累计范数的那一遍），就已经被修改。",
            actual=early,
            name="parameters changed too early",
        )


class Product(nn.Module):
    def __init__(self):
        super().__init__()
        self.w1 = nn.Parameter(torch.tensor(2.0, dtype=torch.float64))
        self.w2 = nn.Parameter(torch.tensor(3.0, dtype=torch.float64))


def fixed(seed, order, frozen=(), width=3, dtype="float64"):
    source = Source(seed, dtype, "normal")
    return Net(source, width, order, frozen), source.tensor(4, width), source.tensor(4, width)


@check(
    "Worked by hand: two weights in a row, without and with clipping.",
    "手算例子：两个相继的权重，不裁剪与裁剪。",
)
def test_by_hand(candidate):
    # a quarter before a half: twice a half (gradients of two passes) would look like no clipping
    for share, w1, w2 in ((None, 1.7, 2.8), (1 / 4, 1.925, 2.95), (1 / 2, 1.85, 2.9), (30.0, 1.7, 2.8)):
        max_norm = None if share is None else share * 13**0.5
        model = Product()
        loss = model.w2 * (model.w1 * torch.tensor(1.0, dtype=torch.float64))
        candidate.show(w1=2, w2=3, lr=0.1, max_norm=max_norm)
        got = candidate.lomo_step(model, loss, 0.1, max_norm)
        for name, wanted in (("w1", w1), ("w2", w2)):
            value = getattr(model, name).detach().round(decimals=5)  # norm + 1e-6 makes no difference here
            assert_close(value, torch.tensor(wanted, dtype=torch.float64), rtol=1e-6, name=name)
        assert_close(got, 13**0.5, rtol=1e-9, name="norm")


@check(
    "Each layer is updated and its gradients released before the pass goes on.",
    "每一层更新完并释放梯度之后，反向传播才继续往下走。",
)
def test_fused(candidate):
    for order in ([0], [0, 1], [0, 1, 2, 3]):
        holds(candidate, *fixed(1, order))


@check("Clipping takes two passes and one global norm.", "裁剪需要两遍反向和一个全局范数。")
def test_clipped(candidate):
    for max_norm in (0.01, 0.5, 1.0):
        holds(candidate, *fixed(2, [0, 1, 2]), max_norm=max_norm)
        holds(candidate, *fixed(3, [0, 1]), lr=0.5, max_norm=max_norm)


@check("Gradients below max_norm are not scaled up.", "范数小于 max_norm 时不放大梯度。")
def test_not_scaled_up(candidate):
    for max_norm in (1e3, 1e9):
        holds(candidate, *fixed(4, [0, 1, 2]), max_norm=max_norm)
        holds(candidate, *fixed(5, [0, 1]), max_norm=max_norm, scale=1e-3)


@check("All gradients zero: nothing changes, with clipping too.", "梯度全为零：什么都不变，裁剪时也一样。")
def test_zero_gradients(candidate):
    for max_norm in (None, 1.0):
        holds(candidate, *fixed(6, [0, 1]), max_norm=max_norm, scale=0.0)


@check(
    "Frozen parameters, and those that play no part, stay as they are.",
    "冻结的参数和没有参与的参数保持不变。",
)
def test_frozen(candidate):
    for frozen in ((0,), (1,), (2,), (0, 2)):
        for max_norm in (None, 0.3):
            holds(candidate, *fixed(7, [0, 1, 2], frozen), max_norm=max_norm)


@check("A shared layer is updated once, with its whole gradient.", "共享的层只更新一次，用完整的梯度。")
def test_shared(candidate):
    for order in ([0, 0], [0, 1, 0], [0, 1, 0, 2, 1]):
        for max_norm in (None, 0.3):
            holds(candidate, *fixed(8, order), max_norm=max_norm)
    net, x, y = fixed(9, [0, 1, 2])
    net.layers[2].weight = net.layers[0].weight  # one parameter under two names
    old, twin = snapshot(net), copy.deepcopy(net)
    loss_of(twin, x, y).backward()
    norm = math.sqrt(sum(float(p.grad.square().sum()) for p in twin.parameters() if p.grad is not None))
    got = candidate.lomo_step(net, loss_of(net, x, y), 0.1)
    assert_close(got, norm, rtol=1e-9, name="norm")
    for (name, p), other in zip(net.named_parameters(), twin.parameters(), strict=True):
        wanted = old[name] if other.grad is None else old[name] - 0.1 * other.grad
        assert_close(p.detach(), wanted, name=name)


@check(
    "No hook is left behind: a later backward pass is an ordinary one.",
    "不留下 hook：之后的反向传播是普通的。",
)
def test_no_hook_left(candidate):
    for max_norm in (None, 0.3):
        net, x, y = fixed(10, [0, 1])
        candidate.lomo_step(net, loss_of(net, x, y), 0.1, max_norm)
        before, twin = snapshot(net), copy.deepcopy(net)
        wanted = torch.autograd.grad(loss_of(twin, x, y), list(twin.layers.parameters()))
        loss_of(net, x, y).backward()
        for name, p in net.named_parameters():
            assert_close(p.detach(), before[name], name=f"{name} after an ordinary backward()")
        for (name, p), grad in zip(net.layers.named_parameters(), wanted, strict=True):
            require(
                p.grad is not None,
                f"An ordinary backward() left no gradient for {name}.",
                f"普通的 backward() 之后，{name} 没有梯度。",
            )
            assert_close(p.grad, grad, name=f"gradient of {name}")


def copied(grads):
    """The names whose gradient or its square, up to a factor, some tensor in this process holds."""
    kinds, sizes_of = (torch.Tensor, nn.Parameter), {grad.size for grad in grads.values()}
    held = [
        t for t in gc.get_objects() if type(t) in kinds and t.is_floating_point() and t.numel() in sizes_of
    ]
    values = [t.detach().double().flatten().numpy() for t in held]
    return [
        name
        for name, grad in grads.items()
        if any(parallel(value, one) for value in values for one in (grad, grad**2))
    ]


def parallel(a, b):
    return a.shape == b.shape and abs(a @ b) > 0.9999 * (a @ a) ** 0.5 * (b @ b) ** 0.5


@check(
    "The gradients are not kept as copies or squares either.",
    "也不以副本或平方的形式保留梯度。",
)
def test_no_copies(candidate):
    for max_norm in (None, 0.3):
        net, x, y = fixed(12, [0, 1, 2, 3], width=5)
        twin = copy.deepcopy(net)
        loss_of(twin, x, y).backward()
        weights = {name: p for name, p in twin.named_parameters() if p.grad is not None and p.dim() == 2}
        grads = {name: p.grad.double().flatten().numpy().copy() for name, p in weights.items()}
        del twin, weights
        gc.collect()
        found = []
        net.spy = lambda grads=grads, found=found: found.append(copied(grads))
        candidate.show(max_norm=max_norm, x=x, y=y)
        candidate.lomo_step(net, loss_of(net, x, y), 0.1, max_norm)
        most = max(found, key=len, default=[])
        require(
            len(most) <= 1,
            "Copies of several parameters' gradients (or of their squares) are in memory during the backward pass.",
            "反向传播途中，内存里有不止一个参数的梯度（或其平方）的副本。",
            actual=most,
            name="copied gradients",
        )


@check("In float32 too.", "float32 下同样成立。")
def test_float32(candidate):  # late: rounding tells apart what makes the same mistake
    for order in ([0], [0, 1], [0, 1, 2, 3]):
        holds(candidate, *fixed(1, order, dtype="float32"))
    for max_norm in (0.01, 0.5, 1.0):
        holds(candidate, *fixed(3, [0, 1], dtype="float32"), lr=0.5, max_norm=max_norm)


@check("Several steps in a row, clipped and not.", "连续多步，裁剪与不裁剪交替。")
def test_several_steps(candidate):
    net, x, y = fixed(11, [0, 1, 2])
    for max_norm in (None, 0.5, None, 1e6, 0.1):
        holds(candidate, net, x, y, max_norm=max_norm)


@check(
    "On drawn models the step is that of ordinary SGD, fused.",
    "在随机模型上，结果与普通 SGD 相同，并且是融合的。",
    examples=25,
    source=sources(("normal",)),
    width=sizes(1, 4),
    batch=sizes(1, 4),
    order=st.lists(st.integers(0, 3), min_size=1, max_size=5),
    lr=st.sampled_from([0.01, 0.1, 1.0]),
    max_norm=st.sampled_from([None, None, 0.05, 1.0, 100.0]),
)
def test_drawn(candidate, source, width, batch, order, lr, max_norm):
    net = Net(source, width, order)
    holds(candidate, net, source.tensor(batch, width), source.tensor(batch, width), lr, max_norm)
