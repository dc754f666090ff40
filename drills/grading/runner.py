"""The runner: a process that holds the learner's code and nothing of the drill, and answers calls.

A nursery (a clean process, forked or started before any check is loaded, in the folder that is all that a
runner may write in) forks one runner per connection, so that a crash costs one fork and the next call starts
from the same state.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import tracemalloc
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

import numpy

from drills.grading import codec, learner, limits, sandbox
from drills.grading.objects import Keeper, is_module, leaves_of


class Meter:
    """The most memory that a call holds at once, in bytes above what was there when it began."""

    def __init__(self) -> None:
        self.peak = 0
        self._start = 0
        self._running = False

    def __enter__(self) -> None:
        tracemalloc.start()
        self.peak, self._start, self._running = 0, tracemalloc.get_traced_memory()[0], True

    def __exit__(self, *_: object) -> None:
        self._take()
        self._running = False
        tracemalloc.stop()

    def _take(self) -> None:
        self.peak = max(self.peak, tracemalloc.get_traced_memory()[1] - self._start)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """What travels to a callback and back is not the learner's."""
        if not self._running:
            yield
            return
        self._take()
        yield
        tracemalloc.reset_peak()


METER = Meter()


class Given:
    """A call's arguments, and which of them the code was seen to have changed: at its end, or when it called back."""

    def __init__(self, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None) -> None:
        self.values: dict[int | str, Any] = dict(enumerate(args))
        self.values.update(kwargs or {})
        self.changed: dict[int | str, None] = {}
        self._before = {label: fingerprint(value) for label, value in self.values.items()}

    def look(self) -> None:
        """Note what differs from the beginning."""
        for label, value in self.values.items():
            if label not in self.changed and fingerprint(value) != self._before[label]:
                self.changed[label] = None


def serve(connection: socket.socket) -> None:
    """Load the learner's file from the first message, then answer calls until the judge closes."""
    setup = codec.receive(connection)
    warnings.simplefilter("ignore")
    device = setup["device"]
    limits.contain(
        setup["memory"] if device is None else None
    )  # an accelerator's driver maps far more than it uses
    try:
        sandbox.enter(Path.cwd(), loopback=setup["loopback"], accelerator=setup["device"] is not None)
    except OSError as error:
        codec.send(connection, {"fault": f"sandbox: {error}"})
        return
    file_name = setup["file_name"]
    if device is not None and (problem := unusable(device)) is not None:
        codec.send(connection, {"no_device": problem})
        return
    seed_global_generators(setup["seed"])
    stage = learner.stage(setup["stage"])
    try:
        module = learner.load(setup["source"], file_name)
        missing = [name for name in setup["entry_point"] if not callable(getattr(module, name, None))]
    except BaseException as error:
        codec.send(connection, {"raised": learner.describe(error, file_name)})
        return
    codec.send(connection, {"missing": missing})
    graphs: list[Any] = []
    given: list[Given] = []
    keeper = Keeper(device)
    while True:
        try:
            request = codec.receive(connection, _callback(connection, given, device), keeper.find, device)
        except EOFError:
            return
        try:
            if "seed" in request:
                seed_global_generators(request["seed"])
            answer = _answer(module, stage, request, graphs, given, keeper)
        except BaseException as error:
            answer = {"raised": learner.describe(error, file_name)}
            if "release" in request:
                answer["news"] = keeper.news()
        _flush()  # the judge may end this process after any answer
        codec.send(connection, answer)


def _flush() -> None:
    """Let go of what the code printed, even if it has closed or replaced its streams."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            continue


def unusable(device: str) -> str | None:
    """Why nothing can be computed on a device here, or None. Only a runner asks: what has asked must not fork."""
    import torch

    try:
        torch.ones(1, device=device).add(1).cpu()
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        return f"{type(error).__name__}: {str(error).splitlines()[0]}"
    return None


def _callback(
    connection: socket.socket, given: list[Given], device: str | None = None
) -> Callable[[int], Callable[..., Any]]:
    """Functions that the judge passed as arguments: calling one asks the judge, and looks at the arguments."""

    def stub(number: int) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            with METER.paused():
                given[-1].look()
                codec.send(connection, {"call_back": number, "args": args, "kwargs": kwargs})
                return codec.receive(connection, device=device)["value"]

        return call

    return stub


def _answer(
    module: Any,
    stage: dict[str, Any],
    request: dict[str, Any],
    graphs: list[Any],
    seen: list[Given],
    keeper: Keeper,
) -> dict[str, Any]:
    if "backward" in request:
        return _backward(graphs[request["backward"]], request["grads"])
    if "play" in request:
        return {"value": stage[request["play"]](module, *request["args"])}
    if "release" in request:
        return _with_objects(module, request, graphs, keeper)
    function = getattr(module, request["name"])
    args, kwargs = request["args"], request["kwargs"]
    given = [*args, *kwargs.values()]
    seen[:] = [Given(args, kwargs)]
    repeat = request["repeat"]
    if request["measure"]:
        with METER:
            value = function(*args, **kwargs)
    elif repeat is None:
        value = function(*args, **kwargs)
    else:
        value = [function(*args, **kwargs) for _ in range(repeat)]
    seen[0].look()
    answer: dict[str, Any] = {
        "value": value,
        "changed": list(seen[0].changed),
        "rngs": [*filter(is_rng, given)],
    }
    if request["measure"]:
        answer["peak"] = METER.peak
    if request["keep_graph"]:
        leaves = [item for item in given if getattr(item, "requires_grad", False)]
        graphs.append((value, leaves))
        answer["graph"] = len(graphs) - 1
    return answer


def _with_objects(module: Any, request: dict[str, Any], graphs: list[Any], keeper: Keeper) -> dict[str, Any]:
    """A call of a class, of a method of a kept object, or a look at an attribute."""
    keeper.release(request["release"])
    torch: Any = sys.modules.get("torch")
    if "rng" in request:
        torch.set_rng_state(request["rng"].cpu())
    generator = None if torch is None else torch.get_rng_state()
    if request["set"]:
        keeper.set(request["set"])
    owner = module if request["object"] is None else keeper.find(request["object"])
    if "attribute" in request:
        return {"value": keeper.attribute(owner, request["attribute"]), "news": keeper.news()}
    function = owner if request["method"] == "__call__" else getattr(owner, request["method"])
    calls = [(args, request["kwargs"]) for args in request["calls"]]
    given = [item for args, kwargs in calls for item in (*args, *kwargs.values())]
    before = [_array_print(item) for item in given]
    with _grad_mode(request["grad"]):
        values = [function(*args, **kwargs) for args, kwargs in calls]
    if request["object"] is None and keeper.device is not None:
        values = [value.to(keeper.device) if is_module(value) else value for value in values]
    answer: dict[str, Any] = {
        "value": [keeper.describe(value) for value in values],
        "changed": {
            place: item
            for place, (item, old) in enumerate(zip(given, before, strict=True))
            if old is not None and old != _array_print(item)
        },
        "rngs": [*filter(is_rng, given)],
    }
    if request["graph"]:
        leaves = [item for item in given if getattr(item, "requires_grad", False)]
        leaves += leaves_of(owner) if is_module(owner) else []
        graphs.append((values[0], leaves))
        answer["graph"] = len(graphs) - 1
    if torch is not None and not torch.equal(generator, now := torch.get_rng_state()):
        answer["rng"] = now
    answer["news"] = keeper.news()
    return answer


def _array_print(value: Any) -> Any:
    """What tells whether an array or a tensor was changed; None for what is neither."""
    return fingerprint(value) if hasattr(value, "dtype") and hasattr(value, "shape") else None


def _grad_mode(enabled: bool | None) -> AbstractContextManager[Any]:
    """The judge's grad mode, where it has PyTorch."""
    if enabled is None:
        return nullcontext()
    import torch

    return torch.set_grad_enabled(enabled)


def seed_global_generators(seed: int) -> None:
    """Code that draws without a generator of its own (a layer's initial weights) draws the same each time."""
    random.seed(seed)
    numpy.random.seed(seed)
    if (torch := sys.modules.get("torch")) is not None:
        torch.default_generator.manual_seed(seed)  # torch.manual_seed also writes down a stack for CUDA: 2 ms


def _backward(graph: tuple[Any, list[Any]], grads: list[Any]) -> dict[str, Any]:
    """Gradients of the leaves, for the outputs that have a graph."""
    import torch

    value, leaves = graph
    outputs = codec.tensors_of(value)
    pairs = [(out, grad) for out, grad in zip(outputs, grads, strict=True) if out.requires_grad]
    if not pairs:
        return {"value": [None] * len(leaves)}
    got = torch.autograd.grad(
        [out for out, _ in pairs], leaves, [grad for _, grad in pairs], retain_graph=True, allow_unused=True
    )
    return {"value": [None if grad is None else grad.detach() for grad in got]}


def is_rng(value: Any) -> bool:
    """A NumPy or PyTorch generator."""
    return type(value).__name__ == "Generator" and type(value).__module__.startswith(("numpy", "torch"))


def fingerprint(value: Any) -> Any:
    """What a call must leave as it was; generators are meant to change, functions cannot."""
    return None if is_rng(value) or callable(value) else codec.fingerprint(value)


class Nursery:
    """The judge's handle on the process that forks runners."""

    slow = False

    def __init__(self, channel: socket.socket, process: subprocess.Popen[bytes] | None = None) -> None:
        self.channel = channel
        self._process = process
        self._lines = channel.makefile("r", encoding="utf-8")
        self._prepared: tuple[socket.socket, int] | None = None
        self._untold = 0  # runners whose end nobody has asked for

    @classmethod
    def fork(cls) -> Nursery:
        """Fork it from this process, which must not yet hold checks or solutions."""
        here, there = socket.socketpair()
        if os.fork() == 0:
            limits.close_all_but(there.fileno())
            try:
                tend(there)
            finally:
                os._exit(0)
        there.close()
        return cls(here)

    @classmethod
    def start(cls, backend: str) -> Nursery:
        """Start it as a program of its own, from a process that must not be forked (pytest)."""
        here, there = socket.socketpair()
        command = [sys.executable, "-m", "drills.grading.runner", str(there.fileno()), backend]
        environment = limits.single_threaded(os.environ)
        process = subprocess.Popen(command, pass_fds=[there.fileno()], env=environment)
        there.close()
        return cls(here, process)

    def prepare(self) -> None:
        """Have the next runner forked ahead of time."""
        self._prepared = self.runner()

    def runner(self) -> tuple[socket.socket, int]:
        """A connection to a fresh runner, and its process id."""
        if self._prepared is not None:
            prepared, self._prepared = self._prepared, None
            return prepared
        here, there = socket.socketpair()
        socket.send_fds(self.channel, [b"r"], [there.fileno()])
        there.close()
        while self._untold:
            self._told_end()
        return here, int(self._lines.readline() or 0)

    def end(self, pid: int) -> None:
        """Kill a runner; its end is not waited for."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        self._untold += 1

    def how_it_ended(self, pid: int) -> str:
        """Kill a runner if it still lives; how it ended, in words."""
        self.end(pid)
        return self._told_end()

    def _told_end(self) -> str:
        self._untold -= 1
        return self._lines.readline().strip() or "unknown"

    def close(self) -> None:
        if self._prepared is not None:
            self._prepared[0].close()
        self._lines.close()
        self.channel.close()
        if self._process is not None:
            self._process.wait()


def tend(channel: socket.socket) -> None:
    """The nursery's loop: fork a runner for each connection handed over, report how it ended."""
    limits.die_with_parent()
    while True:
        try:
            _, fds, _, _ = socket.recv_fds(channel, 1, 1)
        except ConnectionResetError:  # closed before it had read how the last runner ended
            return
        if not fds:
            return
        pid = os.fork()
        if pid == 0:
            channel.close()
            _run(fds[0])
        os.close(fds[0])
        try:
            channel.sendall(f"{pid}\n".encode())
            _, status = os.waitpid(pid, 0)
            channel.sendall(f"{limits.describe_exit(status)}\n".encode())
        except OSError:
            return


def _run(fd: int) -> None:
    """A runner's life; it never returns."""
    limits.die_with_parent()
    status = 0
    try:
        with socket.socket(fileno=fd) as connection:
            serve(connection)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        pass  # the judge has gone, or has seen enough
    except BaseException as error:
        print(f"runner: {error!r}", file=sys.stderr)
        status = 70
    finally:
        _flush()
        os._exit(status)


if __name__ == "__main__":
    if sys.argv[2] == "torch":
        import torch

        torch.set_num_threads(1)
    with sandbox.scratch() as folder:
        sandbox.settle(folder)
        tend(socket.socket(fileno=int(sys.argv[1])))
