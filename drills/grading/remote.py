"""The judge's side of objects that stay in the runner: a proxy asks the runner, the object itself never comes here."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from drills.grading import codec

if TYPE_CHECKING:
    from drills.grading.remote_candidate import RemoteCandidate

_HANDLE = "_preptrain_handle"


class Handle:
    """The number of an object in a runner; letting go of it lets the runner forget the object."""

    def __init__(self, link: Link, number: int) -> None:
        self.link, self.number = link, number

    def __del__(self) -> None:
        self.link.released.append(self.number)


class KeptTuple(tuple[Any, ...]):
    """A tuple of the runner's: sent back, it is the same object again."""


class KeptList(list[Any]):
    """A list of the runner's: sent back, it is the same object again."""


class KeptDict(dict[Any, Any]):
    """A dictionary of the runner's: sent back, it is the same object again."""


_KEPT: dict[type, Any] = {tuple: KeptTuple, list: KeptList, dict: KeptDict}


class Link:
    """One runner's objects: what the judge holds of them, and has let go of since the last message."""

    def __init__(self, candidate: RemoteCandidate) -> None:
        self.candidate = candidate
        self.released: list[int] = []
        self._modules: dict[int, Any] = {}  # number: weak reference to its proxy
        self._news: dict[int, Any] = {}
        self._rng: Any = None  # PyTorch's global generator as the runner has it
        self.graph_of_last = -1

    def call(
        self,
        number: int | None,
        method: str,
        calls: Sequence[Sequence[Any]],
        kwargs: Mapping[str, Any],
        leaves: Sequence[Any] = (),
    ) -> list[Any]:
        """The results of calls with these arguments; with `leaves`, gradients flow back to them."""
        torch = sys.modules.get("torch")
        grad = None if torch is None else torch.is_grad_enabled()
        given = [item for args in calls for item in (*args, *kwargs.values())]
        leaves = [*(item for item in given if getattr(item, "requires_grad", False)), *leaves]
        graph = bool(grad and leaves and len(calls) == 1)

        def run() -> list[Any]:
            answer = self._ask(
                {
                    "object": number,
                    "method": method,
                    "calls": [tuple(args) for args in calls],
                    "kwargs": dict(kwargs),
                    "grad": grad,
                    "graph": graph,
                }
            )
            self.candidate.follow(given, answer["rngs"])
            for place, changed in answer["changed"].items():
                _copy_back(given[place], changed)
            self.graph_of_last = answer.get("graph", -1)
            return [self.value(described) for described in answer["value"]]

        if not graph:
            return run()
        from drills.grading.autograd import call_with_leaves

        return [call_with_leaves(self.candidate, lambda: (run()[0], self.graph_of_last), leaves)]

    def attribute(self, number: int, name: str) -> Any:
        """An attribute of an object."""
        described = self._ask({"object": number, "attribute": name})["value"]
        if described["is"] == "parameter":
            return self.module(number).get_parameter(described["path"])
        return self.value(described)

    def value(self, described: Mapping[str, Any]) -> Any:
        """A result as the checks hold it."""
        number = described["number"]
        handle = None if number is None else Handle(self, number)
        match described["is"]:
            case "value":
                return _held(described["value"], handle)
            case "tuple" | "list" as kind:
                items = map(self.value, described["items"])
                return _held(tuple(items) if kind == "tuple" else list(items), handle)
            case "module":
                if (known := self.module(number)) is not None:
                    return known
                from drills.grading.remote_module import RemoteModule

                module = RemoteModule(handle, described["type"], described["methods"])
                self._modules[number] = module.weakly()
                return module
        return RemoteObject(handle, described["type"], described["methods"])

    def module(self, number: int) -> Any:
        """The proxy of a module, or None."""
        reference = self._modules.get(number)
        return None if reference is None else reference()

    def reference(self, value: Any) -> int | None:
        """The number of what came from this runner and is as it came."""
        handle = handle_of(value)
        return handle.number if handle is not None and handle.link is self else None

    def _ask(self, message: dict[str, Any]) -> dict[str, Any]:
        self.released, released = [], self.released
        modules = {number: self.module(number) for number in list(self._modules)}
        self._modules = {n: self._modules[n] for n, module in modules.items() if module is not None}
        changes = {n: module.changes() for n, module in modules.items() if module is not None}
        message = {
            **message,
            "release": released,
            "set": {number: change for number, change in changes.items() if change},
        }
        if (torch := sys.modules.get("torch")) is not None:
            state = torch.get_rng_state()
            if self._rng is None or not torch.equal(state, self._rng):
                message["rng"] = self._rng = state
        return self.candidate.exchange(message, self, self._learn)

    def _learn(self, answer: Mapping[str, Any]) -> None:
        """Take what the runner tells of its modules; one that is new gets its proxy with the value.

        PyTorch's global generator is one for both sides: a check may seed it, and goes on where the code left it.
        """
        if (state := answer.get("rng")) is not None:
            self._rng = state
            sys.modules["torch"].set_rng_state(state)
        self._news = dict(answer.get("news", {}))
        for number, state in list(self._news.items()):
            if (module := self.module(number)) is not None:
                module.take(state)
                del self._news[number]

    def first_state(self, number: int) -> Any:
        """What the last answer told of a module that had no proxy yet."""
        return self._news.pop(number)


class RemoteObject:
    """An instance of a class of the learner's."""

    def __init__(self, handle: Handle | None, type_name: str, methods: Sequence[str]) -> None:
        assert handle is not None
        self.__dict__.update({_HANDLE: handle, "_type_name": type_name, "_methods": frozenset(methods)})

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return attribute_of(self.__dict__[_HANDLE], self._methods, name)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{name}: an object of the learner's is not written to")

    def __repr__(self) -> str:
        return f"<{self._type_name}>"


class Method:
    """A method of an object in the runner."""

    def __init__(self, handle: Handle, name: str, leaves: Callable[[], Sequence[Any]] = tuple) -> None:
        self.handle, self.name, self.leaves = handle, name, leaves

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.handle.link.call(self.handle.number, self.name, [args], kwargs, self.leaves())[0]

    def each(self, calls: Sequence[Sequence[Any]]) -> list[Any]:
        """The results of several calls, asked for at once."""
        return self.handle.link.call(self.handle.number, self.name, calls, {})


def attribute_of(handle: Handle, methods: frozenset[str], name: str) -> Any:
    """A method by its name alone, or whatever else the runner's object has."""
    return Method(handle, name) if name in methods else handle.link.attribute(handle.number, name)


def handle_of(value: Any) -> Handle | None:
    """The handle of a value that stays in a runner; None for others, and for a tensor changed since."""
    own = getattr(value, "__dict__", {})
    if "_at_version" in own and value._version != own["_at_version"]:
        return None
    handle: Handle | None = own.get(_HANDLE)
    return handle


def as_seen(value: Any) -> Any:
    """What a witness is told of an object: what it would be after travelling. It must not keep the object alive."""
    if (handle := handle_of(value)) is None:
        return value
    return codec.Opaque(value._type_name) if isinstance(value, RemoteObject) else codec.Remote(handle.number)


def _held(value: Any, handle: Handle | None) -> Any:
    """The value with its handle, where it can have one; else the runner may forget it."""
    if handle is None:
        return value
    if (kept := _KEPT.get(type(value))) is not None:
        value = kept(value)
    elif hasattr(value, "requires_grad"):
        value._at_version = value._version
    else:
        return value
    value.__dict__[_HANDLE] = handle
    return value


def _copy_back(mine: Any, theirs: Any) -> None:
    """What the learner's code did to an argument happens to the judge's own."""
    if hasattr(mine, "requires_grad"):
        mine.data = theirs.detach()
    else:
        mine[...] = theirs
