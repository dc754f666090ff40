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

Ask = Callable[[], tuple[Any, int]]
"""Makes a call in the runner: its result, and the number of the graph that the runner keeps."""


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

    def __init__(self, candidate: RemoteCandidate, ask: Ask) -> None:
        self.candidate, self.ask = candidate, ask
        self.value: Any = None
        self.graph = -1

    def run(self) -> list[torch.Tensor]:
        """Make the call; the tensors of its result."""
        self.value, self.graph = self.ask()
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
            made = type(self.value)(next(rest) if isinstance(v, torch.Tensor) else v for v in self.value)
            if hasattr(made, "__dict__"):  # the handle of one that is kept in the runner
                made.__dict__.update(self.value.__dict__)
            return made
        return self.value


def call_with_graph(
    candidate: RemoteCandidate, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """Call the learner's function so that gradients flow through its result.

    A tensor that the learner cut off from the graph comes back without one; what is no tensor, as it is.
    """

    def ask() -> tuple[Any, int]:
        answer = candidate.request(name, args, kwargs, keep_graph=True)
        return answer["value"], answer["graph"]

    leaves = [value for value in (*args, *kwargs.values()) if getattr(value, "requires_grad", False)]
    return call_with_leaves(candidate, ask, leaves)


def call_with_leaves(candidate: RemoteCandidate, ask: Ask, leaves: Sequence[torch.Tensor]) -> Any:
    """The value that `ask` brings, so that gradients flow back to `leaves`: a call's, or an object's parameters."""
    pending = _Pending(candidate, ask)
    return pending.result(_Call.apply(pending, *leaves))  # type: ignore[no-untyped-call]
