"""A PyTorch module of the learner's as a module of the judge's: its parameters are copies, its calls go to the runner."""

from __future__ import annotations

import weakref
from collections.abc import Mapping, Sequence
from typing import Any, Self

import torch
from torch import nn

from drills.grading import codec
from drills.grading.remote import _HANDLE, Handle, Method, attribute_of


class RemoteModule(nn.Module):
    """The judge may read and write parameters and buffers; before the next call the runner's are made the same.

    What the learner's code does to its own comes back with every answer. Gradients flow to the parameters here.
    """

    _known: dict[str, Any]

    def __init__(self, handle: Handle | None, type_name: str, methods: Sequence[str]) -> None:
        assert handle is not None
        super().__init__()
        self.__dict__.update({_HANDLE: handle, "_type_name": type_name, "_methods": frozenset(methods)})
        self.__dict__["_known"] = {}
        self.take(handle.link.first_state(handle.number))

    def weakly(self) -> weakref.ref[Self]:
        return weakref.ref(self)

    def take(self, state: Mapping[str, Any]) -> None:
        """Become what the runner says that its module is; a tensor of the same path stays the same object."""
        told = {**state["parameters"], **state["buffers"]}
        for path in [path for path in self._known if path not in told]:
            owner, name = self._place(path)
            delattr(owner, name)
        for path, value in state["parameters"].items():
            self._take_parameter(path, value)
        for path, value in state["buffers"].items():
            owner, name = self._place(path)
            owner._buffers[name] = value.detach()
        for path in state["none"]:
            owner, name = self._place(path)
            owner._parameters[name] = None
        for part in self.modules():
            part.training = state["training"]
        self._known = {path: codec.fingerprint(value) for path, value in self._held().items()}

    def changes(self) -> dict[str, torch.Tensor]:
        """What the judge has written to since the runner last knew."""
        held = self._held()
        prints = {path: codec.fingerprint(value) for path, value in held.items()}
        changed = {path: held[path] for path, seen in prints.items() if seen != self._known.get(path)}
        self._known = prints
        return changed

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self._method("__call__")(*args, **kwargs)

    def train(self, mode: bool = True) -> Any:
        return self._method("train")(mode)

    def eval(self) -> Any:
        return self._method("eval")()

    def to(self, *args: Any, **kwargs: Any) -> Any:
        return self._method("to")(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError:
            if name.startswith("__"):
                raise
        if name in self.__dict__["_methods"]:
            return self._method(name)
        return attribute_of(self.__dict__[_HANDLE], frozenset(), name)

    def __repr__(self) -> str:
        return f"<{self._type_name}>"

    def _method(self, name: str) -> Method:
        return Method(self.__dict__[_HANDLE], name, lambda: [p for p in self.parameters() if p.requires_grad])

    def _held(self) -> dict[str, torch.Tensor]:
        return {**dict(self.named_parameters()), **dict(self.named_buffers())}

    def _place(self, path: str) -> tuple[nn.Module, str]:
        """The sub-module that holds a path, made when it is not there, and the last name."""
        *parts, name = path.split(".")
        owner: nn.Module = self
        for part in parts:
            if part not in owner._modules:
                owner._modules[part] = nn.Module()
            owner = owner._modules[part]  # type: ignore[assignment]
        return owner, name

    def _take_parameter(self, path: str, value: torch.Tensor) -> None:
        owner, name = self._place(path)
        mine = owner._parameters.get(name)
        if mine is None:
            owner._parameters[name] = nn.Parameter(value.detach(), requires_grad=value.requires_grad)
            return
        if (mine.shape, mine.dtype) == (value.shape, value.dtype):
            mine.data.copy_(value.detach())
        else:
            mine.data = value.detach()
        mine.requires_grad_(value.requires_grad)
