"""The runner: a process that holds the learner's code and nothing of the drill, and answers calls.

A nursery (a clean process, forked or started before any check is loaded, in the folder that is all that a
runner may write in) forks one runner per connection, so that a crash costs one fork and the next call starts
from the same state.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tracemalloc
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from drills.grading import codec, learner, limits, sandbox


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
    limits.contain(setup["memory"])
    try:
        sandbox.enter(Path.cwd())
    except OSError as error:
        codec.send(connection, {"fault": f"sandbox: {error}"})
        return
    file_name = setup["file_name"]
    try:
        module = learner.load(setup["source"], file_name)
        missing = [name for name in setup["entry_point"] if not callable(getattr(module, name, None))]
    except BaseException as error:
        codec.send(connection, {"raised": learner.describe(error, file_name)})
        return
    codec.send(connection, {"missing": missing})
    graphs: list[Any] = []
    given: list[Given] = []
    while True:
        try:
            request = codec.receive(connection, _callback(connection, given))
        except EOFError:
            return
        try:
            answer = _answer(module, request, graphs, given)
        except BaseException as error:
            answer = {"raised": learner.describe(error, file_name)}
        _flush()  # the judge may end this process after any answer
        codec.send(connection, answer)


def _flush() -> None:
    """Let go of what the code printed, even if it has closed or replaced its streams."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            continue


def _callback(connection: socket.socket, given: list[Given]) -> Callable[[int], Callable[..., Any]]:
    """Functions that the judge passed as arguments: calling one asks the judge, and looks at the arguments."""

    def stub(number: int) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            with METER.paused():
                given[-1].look()
                codec.send(connection, {"call_back": number, "args": args, "kwargs": kwargs})
                return codec.receive(connection)["value"]

        return call

    return stub


def _answer(module: Any, request: dict[str, Any], graphs: list[Any], seen: list[Given]) -> dict[str, Any]:
    if "backward" in request:
        return _backward(graphs[request["backward"]], request["grads"])
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


def fingerprint(value: Any) -> bytes | None:
    """What a call must leave as it was; generators are meant to change, functions cannot."""
    return None if is_rng(value) or callable(value) else codec.Encoder().message(value)


class Nursery:
    """The judge's handle on the process that forks runners."""

    def __init__(self, channel: socket.socket, process: subprocess.Popen[bytes] | None = None) -> None:
        self.channel = channel
        self._process = process
        self._lines = channel.makefile("r", encoding="utf-8")

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

    def runner(self) -> tuple[socket.socket, int]:
        """A connection to a fresh runner, and its process id."""
        here, there = socket.socketpair()
        socket.send_fds(self.channel, [b"r"], [there.fileno()])
        there.close()
        return here, int(self._lines.readline() or 0)

    def how_it_ended(self) -> str:
        """Wait for the runner to end; how it did, in words."""
        return self._lines.readline().strip() or "unknown"

    def close(self) -> None:
        self._lines.close()
        self.channel.close()
        if self._process is not None:
            self._process.wait()


def tend(channel: socket.socket) -> None:
    """The nursery's loop: fork a runner for each connection handed over, report how it ended."""
    limits.die_with_parent()
    while True:
        _, fds, _, _ = socket.recv_fds(channel, 1, 1)
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
    import numpy  # noqa: F401

    if sys.argv[2] == "torch":
        import torch

        torch.set_num_threads(1)
    with sandbox.scratch() as folder:
        sandbox.settle(folder)
        tend(socket.socket(fileno=int(sys.argv[1])))
