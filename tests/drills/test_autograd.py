"""Gradients through a PyTorch function in another process are those of the same function in this one."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

pytest.importorskip("torch")

import torch

from drills.checking import gradients, unchanged
from drills.comparing import Mismatch
from drills.grading import limits
from drills.grading.failures import Crash, Hang, LearnerError
from drills.grading.remote_candidate import RemoteCandidate
from drills.grading.runner import Nursery

SOURCE = """
import os, sys, time
import torch

calls = 0

def product(x, y, scale=1.0): return (x * y.exp() * scale).sum(-1)
def detached(x, y): return x.detach() * 2
def guarded(x, y):
    with torch.no_grad():
        return x * y
def several(x, y): return x * y, (x * 2).detach(), 3.0, x.argmax(), y.sin()
def listed(x, y): return [x + y, None]
def text(x, y): return "no tensor"
def strided(x, y): return x.T[:1].T, x[:1, 1], (x * y)[:1, 1:2], y.expand(4, 3), x.sum(), x[:0], (x > 0)[:1, 0]
def same(x, y): return x
def ignores(x, y): return x * 2
def in_place(x, y):
    x.data.mul_(2)
    return x * y
def leaf_in_place(x, y): return x.mul_(y)
def parameter(x, y): return torch.nn.Parameter(torch.ones(3))

class Faulty(torch.autograd.Function):
    fault = None
    @staticmethod
    def forward(ctx, x):
        return x * 2
    @staticmethod
    def backward(ctx, grad):
        return Faulty.fault()

def fail(): raise ValueError("in my backward")
def hang():
    while True: time.sleep(0.01)
def faulty(x, fault):
    faults = {"raise": fail, "exit": lambda: os._exit(3), "hang": hang, "sys.exit": lambda: sys.exit(1)}
    Faulty.fault = faults[fault]
    return Faulty.apply(x)
"""


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    nursery = Nursery.start("torch")
    yield nursery
    nursery.close()


@pytest.fixture
def candidate(nursery: Nursery) -> Iterator[RemoteCandidate]:
    names = re.findall(r"^def (\w+)", SOURCE, re.MULTILINE)
    parameters = {name: ["x", "y"] for name in names}
    candidate = RemoteCandidate(nursery, SOURCE, "mine.py", parameters, limits.MEMORY_BYTES)
    yield candidate
    candidate.close()


def inputs(dtype: torch.dtype = torch.float64) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(4, 3, generator=generator, dtype=torch.float64).to(dtype).requires_grad_()
    y = torch.randn(3, generator=generator, dtype=torch.float64).to(dtype).requires_grad_()
    return x, y


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16])
def test_gradients_are_those_of_this_process(candidate: RemoteCandidate, dtype: torch.dtype) -> None:
    x, y = inputs(dtype)
    grad_out = torch.arange(4.0).to(dtype)
    out = candidate.product(x, y, scale=0.5)
    here = (x * y.exp() * 0.5).sum(-1)
    assert torch.equal(out, here)
    assert out.dtype == dtype
    there = gradients(out, grad_out, x=x, y=y)
    for name, grad in gradients(here, grad_out, x=x, y=y).items():
        assert torch.equal(there[name], grad)
        assert grad.dtype == dtype


def test_gradcheck_accepts_a_remote_function(candidate: RemoteCandidate) -> None:
    assert torch.autograd.gradcheck(candidate.product, inputs())


def test_calls_chain_and_keep_their_own_graphs(candidate: RemoteCandidate) -> None:
    x, y = inputs()
    first, other = candidate.product(x, y), candidate.product(x * 2, y)  # an input need be no leaf
    total = candidate.same(first, y) + other**2
    total.sum().backward()
    a, b = inputs()
    one, two = (a * b.exp()).sum(-1), (a * 2 * b.exp()).sum(-1)
    (one + two**2).sum().backward()
    torch.testing.assert_close(x.grad, a.grad)
    torch.testing.assert_close(y.grad, b.grad)


def test_the_same_tensor_twice(candidate: RemoteCandidate) -> None:
    x, _ = inputs()
    (grad,) = torch.autograd.grad(candidate.product(x, x).sum(), x)
    (here,) = torch.autograd.grad((x * x.exp()).sum(), x)
    torch.testing.assert_close(grad, here)


def test_a_graph_may_be_used_twice_but_not_differentiated_twice(candidate: RemoteCandidate) -> None:
    x, y = inputs()
    out = candidate.product(x, y).sum()
    once = torch.autograd.grad(out, x, retain_graph=True)
    (again,) = torch.autograd.grad(out, x, create_graph=True)
    assert torch.equal(once[0], again)
    with pytest.raises(RuntimeError, match=r"once_differentiable|not require grad"):
        again.sum().backward()


def test_only_what_requires_a_gradient_gets_one(candidate: RemoteCandidate) -> None:
    x, y = inputs()
    out = candidate.product(x, y.detach())
    out.sum().backward()
    assert x.grad is not None
    assert y.grad is None
    assert not candidate.product(x.detach(), y.detach()).requires_grad
    with torch.no_grad():
        assert not candidate.product(x, y).requires_grad


@pytest.mark.parametrize("name", ["detached", "guarded"])
def test_a_result_cut_off_from_the_graph_has_none(candidate: RemoteCandidate, name: str) -> None:
    x, y = inputs()
    out = getattr(candidate, name)(x, y)
    assert not out.requires_grad
    with pytest.raises(Mismatch, match="No gradient"):
        gradients(out, torch.ones(4, 3, dtype=torch.float64), x=x)


def test_several_results_each_with_its_own_graph(candidate: RemoteCandidate) -> None:
    x, y = inputs()
    xy, cut, number, index, sine = candidate.several(x, y)
    assert [out.requires_grad for out in (xy, cut, index, sine)] == [True, False, False, True]
    assert number == 3.0
    assert int(index) == int(x.argmax())
    (xy.sum() + sine.sum()).backward()
    torch.testing.assert_close(y.grad, x.detach().sum(0) + y.detach().cos())
    torch.testing.assert_close(x.grad, y.detach().expand(4, 3))
    added, nothing = candidate.listed(x, y)
    assert nothing is None
    assert torch.equal(torch.autograd.grad(added.sum(), x)[0], torch.ones(4, 3, dtype=torch.float64))


def test_results_without_a_tensor_come_back_as_they_are(candidate: RemoteCandidate) -> None:
    x, y = inputs()
    assert candidate.text(x, y) == "no tensor"


def test_results_of_any_strides_travel(candidate: RemoteCandidate) -> None:
    x, y = inputs()
    here = (x.T[:1].T, x[:1, 1], (x * y)[:1, 1:2], y.expand(4, 3), x.sum(), x[:0], (x > 0)[:1, 0])
    for mine, theirs in zip(here, candidate.strided(x, y), strict=True):
        assert torch.equal(mine, theirs)
    assert torch.equal(candidate.same(x.T[:1].T[:1], y), x.T[:1].T[:1])  # and so do arguments


def test_an_unused_input_has_a_zero_gradient(candidate: RemoteCandidate) -> None:
    x, y = inputs()
    found = gradients(candidate.ignores(x, y), torch.ones(4, 3, dtype=torch.float64), x=x, y=y)
    assert found["x"].eq(2).all()
    assert found["y"].eq(0).all()
    assert gradients(candidate.parameter(x, y), torch.ones(3), x=x)["x"].eq(0).all()


def test_changing_an_argument_is_told(candidate: RemoteCandidate) -> None:
    x, y = inputs()
    with pytest.raises(Mismatch, match="argument x"):
        candidate.in_place(x, y)
    with pytest.raises(LearnerError, match="in-place"):
        candidate.leaf_in_place(x, y)
    assert torch.equal(candidate.same(x, y), x)


def test_an_exception_in_the_learners_own_backward(candidate: RemoteCandidate) -> None:
    x, _ = inputs()
    with pytest.raises(LearnerError, match="in my backward") as raised:
        candidate.faulty(x, "raise").sum().backward()
    assert 'raise ValueError("in my backward")' in str(raised.value.shown_traceback)
    assert torch.equal(candidate.same(x, x), x)


@pytest.mark.parametrize(("fault", "error"), [("exit", Crash), ("sys.exit", Crash), ("hang", Hang)])
def test_a_backward_that_ends_or_hangs(
    candidate: RemoteCandidate, fault: str, error: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "CALL_SECONDS", 2.0)
    x, _ = inputs()
    out = candidate.faulty(x, fault).sum()
    with pytest.raises(error):
        out.backward()
    assert torch.equal(candidate.same(x, x), x)  # a new runner answers


def test_unchanged_sees_tensors_containers_and_modules() -> None:
    module = torch.nn.Linear(2, 2)
    x = torch.ones(2)
    with unchanged(x=x, module=module, both=[x]):
        module(x)
    with pytest.raises(Mismatch, match="changed x, both in place"), unchanged(x=x, module=module, both=[x]):
        x.add_(1)
    with pytest.raises(Mismatch, match="changed module"), unchanged(module=module), torch.no_grad():
        module.bias.zero_()


def test_gradients_are_told_from_a_wrong_shape() -> None:
    x = torch.ones(3, requires_grad=True)
    with pytest.raises(Mismatch, match="shape"):
        gradients(x * 2, torch.ones(2), x=x)
    with pytest.raises(Mismatch, match=r"must be torch\.Tensor"):
        gradients(None, torch.ones(2), x=x)
