"""The runner's side of objects that stay in it: the learner's instances, modules and caches, known to the judge by number."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any

from drills.grading import codec

_BY_VALUE = (bool, int, float, str, bytes)


class Keeper:
    """Keeps what was told to the judge by number, until the judge has let go of it as often as it was told."""

    def __init__(self, device: str | None = None) -> None:
        self.device = device  # where modules go once they are made
        self._objects: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}  # by id(); safe while the object is kept
        self._told: dict[int, int] = {}
        self._known: dict[int, Any] = {}  # the state of a module as the judge knows it
        self._next = 0

    def find(self, number: int) -> Any:
        """The object of a number; KeyError when it was let go."""
        return self._objects[number]

    def release(self, numbers: Iterable[int]) -> None:
        """The judge has let go of these, once each."""
        for number in numbers:
            self._told[number] -= 1
            if not self._told[number]:
                value = self._objects.pop(number)
                del self._numbers[id(value)], self._told[number]
                self._known.pop(number, None)

    def describe(self, value: Any, *, nested: bool = False) -> dict[str, Any]:
        """A result: by value where it travels (with a number, so that it can come back as itself), else by number."""
        if value is None or type(value) in _BY_VALUE:
            return {"is": "value", "number": None, "value": value}
        if not nested and (sequence := _sequence(value)) is not None:
            items = [self.describe(item, nested=True) for item in value]
            return {"is": sequence, "number": self._keep(value), "items": items}
        if codec.travels(value):
            return {"is": "value", "number": self._keep(value), "value": value}
        kind = type(value)
        return {
            "is": "module" if is_module(value) else "object",
            "number": self._keep(value),
            "type": f"{kind.__module__}.{kind.__qualname__}",
            "methods": sorted(_methods(kind)),
        }

    def attribute(self, owner: Any, name: str) -> dict[str, Any]:
        """An attribute; a parameter of a module by its path, for the judge holds one of its own."""
        value = getattr(owner, name)
        if is_module(owner) and hasattr(value, "requires_grad"):
            for path, parameter in owner.named_parameters():
                if parameter is value:
                    return {"is": "parameter", "path": path}
        return self.describe(value)

    def set(self, changes: Mapping[int, Mapping[str, Any]]) -> None:
        """Give modules the parameters and buffers that the judge has changed on its side."""
        import torch

        for number, values in changes.items():
            module = self.find(number)
            targets = {**dict(module.named_parameters()), **dict(module.named_buffers())}
            for path, value in values.items():
                target = targets[path]
                if isinstance(target, torch.nn.Parameter):
                    target.requires_grad_(value.requires_grad)
                with torch.no_grad():
                    if (target.shape, target.dtype) == (value.shape, value.dtype):
                        target.copy_(value)
                    else:
                        target.data = value.detach().to(target.device)
            self._known[number] = _print_of(state_of(module))

    def news(self) -> dict[int, Any]:
        """The state of each kept module that is not as the judge knows it."""
        found = {}
        for number, value in self._objects.items():
            if not is_module(value):
                continue
            state = state_of(value)
            if (seen := _print_of(state)) != self._known.get(number):
                self._known[number] = seen
                found[number] = state
        return found

    def _keep(self, value: Any) -> int:
        number = self._numbers.get(id(value))
        if number is None:
            number = self._numbers[id(value)] = self._next
            self._objects[number] = value
            self._next += 1
        self._told[number] = self._told.get(number, 0) + 1
        return number


def _sequence(value: Any) -> str | None:
    """ "tuple" or "list", for one of those; a named tuple, NumPy's or PyTorch's own among them, is a tuple."""
    if type(value) is list:
        return "list"
    named = hasattr(type(value), "_fields") or hasattr(type(value), "n_sequence_fields")
    return "tuple" if type(value) is tuple or (isinstance(value, tuple) and named) else None


def is_module(value: Any) -> bool:
    """A PyTorch module."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.nn.Module)


def state_of(module: Any) -> dict[str, Any]:
    """What the judge holds a copy of: parameters, buffers that are saved, names without a parameter, the mode."""
    buffers = dict(module.named_buffers())
    saved = set(module.state_dict()) if buffers else ()
    return {
        "parameters": dict(module.named_parameters()),
        "buffers": {path: value for path, value in buffers.items() if path in saved},
        "none": [
            f"{prefix}.{name}" if prefix else name
            for prefix, part in module.named_modules()
            for name, value in part._parameters.items()
            if value is None
        ],
        "training": module.training,
    }


def leaves_of(module: Any) -> list[Any]:
    """The parameters that a gradient is asked for, in the judge's order."""
    return [value for value in module.parameters() if value.requires_grad]


def _methods(kind: type) -> set[str]:
    return {
        name
        for base in kind.__mro__
        if base.__module__ == kind.__module__
        for name, value in vars(base).items()
        if not name.startswith("__") and (callable(value) or isinstance(value, (staticmethod, classmethod)))
    }


def _print_of(state: Mapping[str, Any]) -> Any:
    """What tells whether a module's state has changed."""
    tensors = {**state["parameters"], **state["buffers"]}
    return (
        {path: codec.fingerprint(value) for path, value in tensors.items()},
        state["none"],
        state["training"],
    )
