"""A learner's PyTorch function in another process as an autograd function of this one.

The forward pass sends the tensors; the backward pass asks the runner for the gradients of what it kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from drills.grading.candidate import RemoteCandidate


class _Call(torch.autograd.Function):
    """One call in the runner; `leaves` are the arguments that require a gradient."""

    @staticmethod
    def forward(ctx: Any, call: _Pending, *leaves: torch.Tensor) -> Any:
        answer = call.candidate.request(call.name, call.args, call.kwargs, keep_graph=True)
        value = answer["value"]
        call.value = value
        ctx.call, ctx.graph = call, answer["graph"]
        outputs = value if isinstance(value, tuple) else (value,)
        if not all(isinstance(out, torch.Tensor) for out in outputs):
            return None
        call.differentiable = any(out.requires_grad for out in outputs)
        detached = tuple(out.detach() for out in outputs)
        return detached if isinstance(value, tuple) else detached[0]

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> Any:
        return (None, *ctx.call.candidate.backward(ctx.graph, list(grads)))


class _Pending:
    """A call on its way through autograd."""

    def __init__(
        self, candidate: RemoteCandidate, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        self.candidate, self.name, self.args, self.kwargs = candidate, name, args, kwargs
        self.value: Any = None
        self.differentiable = False


def call_with_graph(
    candidate: RemoteCandidate, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """Call the learner's function so that gradients flow through its result.

    A result that is no tensor, or that the learner cut off from the graph, comes back as it is.
    """
    call = _Pending(candidate, name, args, kwargs)
    given = (*args, *kwargs.values())
    leaves = [value for value in given if getattr(value, "requires_grad", False)]
    result = _Call.apply(call, *leaves)  # type: ignore[no-untyped-call]
    if result is None:
        return call.value
    if not call.differentiable:
        return tuple(out.detach() for out in result) if isinstance(result, tuple) else result.detach()
    return result
