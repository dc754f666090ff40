"""A learner's PyTorch function in another process as an autograd function of this one.

The forward pass sends the tensors; the backward pass asks the runner for the gradients of what it kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch.autograd.function import once_differentiable

from drills.grading.codec import tensors_of

if TYPE_CHECKING:
    from drills.grading.remote_candidate import RemoteCandidate


class _Call(torch.autograd.Function):
    """One call in the runner, as a function of the tensor arguments that require a gradient."""

    @staticmethod
    def forward(ctx: Any, pending: _Pending, *_leaves: torch.Tensor) -> Any:
        outputs = pending.run()
        ctx.pending = pending
        kept = [out.detach() for out in outputs]  # a decoded tensor with requires_grad is a leaf
        cut_off = [mine for mine, out in zip(kept, outputs, strict=True) if not out.requires_grad]
        ctx.mark_non_differentiable(*cut_off)
        return tuple(kept)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grads: torch.Tensor) -> Any:
        return (None, *ctx.pending.backward(grads))


class _Pending:
    """A call on its way through autograd: its result is a tensor, or a tuple or list that holds some."""

    def __init__(
        self, candidate: RemoteCandidate, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        self.candidate, self.name, self.args, self.kwargs = candidate, name, args, kwargs
        self.value: Any = None
        self.graph = -1

    def run(self) -> list[torch.Tensor]:
        """Make the call; the tensors of its result."""
        answer = self.candidate.request(self.name, self.args, self.kwargs, keep_graph=True)
        self.value, self.graph = answer["value"], answer["graph"]
        return tensors_of(self.value)

    def backward(self, grads: tuple[torch.Tensor, ...]) -> list[torch.Tensor | None]:
        """The gradients of the leaves, given those of the result's tensors."""
        return self.candidate.backward(self.graph, list(grads))

    def result(self, outputs: tuple[torch.Tensor, ...]) -> Any:
        """What the learner returned, with `outputs` in the place of its tensors."""
        rest = iter(outputs)
        if isinstance(self.value, torch.Tensor):
            return next(rest)
        if isinstance(self.value, (tuple, list)):
            return type(self.value)(next(rest) if isinstance(v, torch.Tensor) else v for v in self.value)
        return self.value


def call_with_graph(
    candidate: RemoteCandidate, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """Call the learner's function so that gradients flow through its result.

    A tensor that the learner cut off from the graph comes back without one; what is no tensor, as it is.
    """
    pending = _Pending(candidate, name, args, kwargs)
    leaves = [value for value in (*args, *kwargs.values()) if getattr(value, "requires_grad", False)]
    outputs = _Call.apply(pending, *leaves)  # type: ignore[no-untyped-call]
    return pending.result(outputs)


class _Later(_Pending):
    """A call of an object in the runner, whose gradients its own parameters want too."""

    def __init__(self, candidate: RemoteCandidate, ask: Callable[[], tuple[Any, int]]) -> None:
        super().__init__(candidate, "", (), {})
        self.ask = ask

    def run(self) -> list[torch.Tensor]:
        self.value, self.graph = self.ask()
        return _tensors(self.value)

    def result(self, outputs: tuple[torch.Tensor, ...]) -> Any:
        rest = iter(outputs)
        if isinstance(self.value, torch.Tensor):
            return next(rest)
        if isinstance(self.value, (tuple, list)):
            made = type(self.value)(next(rest) if isinstance(v, torch.Tensor) else v for v in self.value)
            made.__dict__.update(self.value.__dict__)  # the handle
            return made
        return self.value


def call_with_leaves(
    candidate: RemoteCandidate, ask: Callable[[], tuple[Any, int]], leaves: Sequence[torch.Tensor]
) -> Any:
    """The value that `ask` brings (with the number of its graph), so that gradients flow back to `leaves`."""
    pending = _Later(candidate, ask)
    return pending.result(_Call.apply(pending, *leaves))  # type: ignore[no-untyped-call]


def _tensors(value: Any) -> list[torch.Tensor]:
    if isinstance(value, (tuple, list)):
        return [item for item in value if isinstance(item, torch.Tensor)]
    return [value] if isinstance(value, torch.Tensor) else []
