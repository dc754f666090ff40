"""The learner's objects stay in their process: what the judge holds of them behaves as they do."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from drills.comparing import Mismatch
from drills.grading.candidate import Candidate
from drills.grading.failures import CandidateError, Crash, LearnerError
from drills.grading.limits import MEMORY_BYTES
from drills.grading.local_candidate import LocalCandidate
from drills.grading.remote_candidate import RemoteCandidate
from drills.grading.runner import Nursery

torch = pytest.importorskip("torch")

SOURCE = """
from typing import NamedTuple
import numpy as np
import torch
from torch import nn

class Counter:
    def __init__(self, start=0): self.value = start
    @property
    def double(self): return 2 * self.value
    def add(self, n):
        if n < 0: raise ValueError("negative")
        self.value += n
        return self.value
    def find(self, key): return {"a": 1}[key]
    def fill(self, array): array[...] = 7
    def die(self): raise SystemExit(0)
    def itself(self): return self

class Place(NamedTuple):
    block: int
    offset: int

class Cache:
    def __init__(self, items): self.items = items

class Layer(nn.Module):
    def __init__(self, base, scale=1.0):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.weight = nn.Parameter(torch.full((base.out_features,), scale, dtype=base.weight.dtype))
        self.register_buffer("seen", torch.zeros(()))
        self.drop = nn.Dropout(0.5)
        self.alias = self.weight
    def forward(self, x, cache=None):
        self.seen += 1
        return self.base(x) * self.weight
    def halves(self, x): return x * self.weight, [x]
    def remember(self, x, cache=None):
        items = [*(cache.items if cache else []), x]
        return sum(items), Cache(items)
    def grow(self, x, cache=None):
        cache = (cache or ()) + (x,)
        self.last = cache
        return x, cache
    def same(self, cache): return cache is self.last
    def append(self, x, cache=None):
        self.last = {"k": [x]} if cache is None else cache
        if cache is not None: cache["k"].append(x)
        return x, self.last
    def note(self, cache):
        cache["seen"] = len(cache["k"])
        return cache
    def place(self): return Place(3, 4)
    def noise(self, x): return self.drop(x)
    @torch.no_grad()
    def fold(self): self.base.weight += 1
"""
NAMES: dict[str, list[str]] = {"Counter": [], "Layer": []}


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    nursery = Nursery.start("torch")
    yield nursery
    nursery.close()


@pytest.fixture(params=["remote", "local"])
def candidate(request: pytest.FixtureRequest, nursery: Nursery) -> Iterator[Candidate]:
    """The same tests hold for the objects themselves."""
    if request.param == "local":
        yield LocalCandidate(SOURCE, "mine.py", NAMES)
        return
    candidate = RemoteCandidate(nursery, SOURCE, "mine.py", NAMES, MEMORY_BYTES, classes=list(NAMES))
    yield candidate
    candidate.close()


def layer_of(candidate: Candidate, scale: float = 2.0) -> torch.nn.Module:
    base = torch.nn.Linear(2, 3, bias=False, dtype=torch.float64)
    with torch.no_grad():
        base.weight.copy_(torch.arange(6.0).reshape(3, 2))
    return candidate.Layer(base, scale=scale)


def test_methods_properties_and_state(candidate: Candidate) -> None:
    one, two = candidate.Counter(3), candidate.Counter()
    assert (one.add(4), one.double, two.double) == (7, 14, 0)
    assert candidate.each(two.add, [(1,), (2,), (3,)]) == [1, 3, 6]


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda counter: counter.add(-1), ValueError),
        (lambda counter: counter.find("b"), KeyError),
        (lambda counter: counter.missing, AttributeError),
        (lambda counter: counter.add(), TypeError),
    ],
)
def test_an_exception_can_be_caught_as_what_it_is(
    candidate: Candidate, call: Callable[[object], object], error: type[Exception]
) -> None:
    counter = candidate.Counter()
    with pytest.raises(error):
        call(counter)
    assert counter.add(1) == 1


def test_an_array_changed_in_place_is_changed_here(candidate: Candidate) -> None:
    array, tensor = np.zeros(3), torch.zeros(2)
    candidate.Counter().fill(array)
    candidate.Counter().fill(tensor)
    assert array.tolist() == [7, 7, 7]
    assert tensor.tolist() == [7, 7]


def test_a_module_is_a_module(candidate: Candidate) -> None:
    layer = layer_of(candidate)
    assert isinstance(layer, torch.nn.Module)
    assert [name for name, _ in layer.named_parameters()] == ["weight", "base.weight"]
    assert layer.alias is layer.weight
    assert layer.base.bias is None
    assert not layer.base.weight.requires_grad
    assert layer.weight.requires_grad
    assert layer.training
    assert not layer.eval().training
    assert layer.to(torch.float32).weight.dtype == torch.float32


def test_gradients_reach_inputs_and_parameters(candidate: Candidate) -> None:
    layer = layer_of(candidate)
    x = torch.ones(4, 2, dtype=torch.float64, requires_grad=True)
    out = layer(x)
    got = torch.autograd.grad(out.sum(), [x, layer.weight])
    assert out.tolist() == [[2.0, 10.0, 18.0]] * 4
    assert got[0].tolist() == [[12.0, 18.0]] * 4
    assert got[1].tolist() == [4.0, 20.0, 36.0]
    first, _ = layer.halves(torch.ones(3, dtype=torch.float64))
    assert torch.autograd.grad(first.sum(), layer.weight)[0].tolist() == [1.0, 1.0, 1.0]


def test_what_either_side_writes_the_other_reads(candidate: Candidate) -> None:
    layer = layer_of(candidate)
    x = torch.ones(1, 2, dtype=torch.float64)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([1.0, 0.0, -1.0]))
        assert layer(x).tolist() == [[1.0, 0.0, -9.0]]
        assert layer.seen.item() == 1
        layer.fold()
        assert layer.base.weight.tolist() == [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
        layer.weight.data = torch.ones(3, dtype=torch.float64)
        assert layer(x).tolist() == [[3.0, 7.0, 11.0]]
        layer.weight.requires_grad_(False)
    assert not layer(x).requires_grad


def test_a_dictionary_comes_back_as_itself(candidate: Candidate) -> None:
    """So that one that is changed in place is seen to be."""
    layer = layer_of(candidate)
    _, cache = layer.append(torch.ones(1))
    layer.append(torch.ones(1), cache)
    assert layer.same(cache)
    assert layer.note(cache)["seen"] == 2


def test_a_named_tuple_is_a_tuple(candidate: Candidate) -> None:
    block, offset = layer_of(candidate).place()
    assert (block, offset) == (3, 4)


def test_a_cache_comes_back_as_itself(candidate: Candidate) -> None:
    layer = layer_of(candidate)
    with torch.no_grad():
        one, cache = layer.remember(torch.ones(1))
        two, _ = layer.remember(torch.ones(1), cache)
        again, _ = layer.remember(torch.ones(1), cache)
        assert (one.item(), two.item(), again.item()) == (1, 2, 2)
        _, grown = layer.grow(torch.ones(1))
        assert len(grown) == 1
        assert layer.same(grown)
        assert not layer.same((torch.ones(1),))


def test_the_global_generator_is_one(candidate: Candidate) -> None:
    layer = layer_of(candidate)
    drawn = []
    for _ in range(2):
        torch.manual_seed(5)
        drawn.append((layer.noise(torch.ones(50)).tolist(), torch.rand(1).item()))
    assert drawn[0] == drawn[1]
    assert layer.noise(torch.ones(50)).tolist() != drawn[0][0]


def test_an_object_of_a_process_that_has_ended_is_no_more(nursery: Nursery) -> None:
    candidate = RemoteCandidate(nursery, SOURCE, "mine.py", NAMES, MEMORY_BYTES, classes=list(NAMES))
    counter = candidate.Counter()
    with pytest.raises(Crash):
        counter.die()
    candidate.close()
    with pytest.raises(CandidateError):
        counter.add(1)
    assert candidate.Counter().add(1) == 1
    candidate.close()


def test_what_the_judge_lets_go_of_the_runner_forgets(nursery: Nursery) -> None:
    candidate = RemoteCandidate(
        nursery, SOURCE + PEEK, "mine.py", {**NAMES, "Peek": []}, MEMORY_BYTES, classes=[*NAMES, "Peek"]
    )
    peek = candidate.Peek()
    for _ in range(20):
        layer_of(candidate)
    candidate.Counter().itself().itself().add(1)
    gc.collect()
    peek.kept()
    assert peek.kept() <= 3
    candidate.close()


PEEK = """
class Peek:
    def kept(self):
        import gc
        gc.collect()
        return sum(isinstance(thing, (Counter, Layer)) for thing in gc.get_objects())
""".replace("import gc", "import warnings; gc = warnings.sys.modules['gc']")


def test_a_stage_plays_beside_the_code(nursery: Nursery) -> None:
    stage = "def run(submission, n):\n    counter = submission.Counter(n)\n    return [counter.add(1), counter.double]\n"
    for candidate in (
        RemoteCandidate(nursery, SOURCE, "mine.py", NAMES, MEMORY_BYTES, stage=stage),
        LocalCandidate(SOURCE, "mine.py", NAMES, stage=stage),
    ):
        assert candidate.play("run", 3) == [4, 8]
        with pytest.raises(LearnerError):
            candidate.play("run", "x")
        candidate.close()


def test_a_subclass_of_a_tensor_is_no_tensor() -> None:
    from drills.comparing import assert_close

    class Same(torch.Tensor):
        pass

    with pytest.raises(Mismatch):
        assert_close(torch.ones(2).as_subclass(Same), torch.ones(2))
    with pytest.raises(Mismatch):
        assert_close(np.ones(2).view(type("Mine", (np.ndarray,), {})), np.ones(2))
