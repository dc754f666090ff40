"""The warm grading server: has imported what drills need, and forks a judge and a runner per attempt.

JSON lines in: {"op": "grade", "id", "task": {…}} or {"op": "cancel"}; JSON lines out: the judge's
events with the id, and {"id", "ended": {…}} last. It ends when its input closes.
"""

from __future__ import annotations

import gc
import json
import os
import secrets
import selectors
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from drills.grading import limits, sandbox
from drills.grading.codec import CodecError
from drills.grading.diagnosis import diagnose
from drills.grading.evidence import Recorder, read
from drills.grading.judge import Emit, Task, judge
from drills.grading.runner import Nursery

Work = Callable[[Emit], None]


def warm(backend: str) -> None:
    """Import and touch once what the first grading would otherwise pay for.

    Last comes a property: when hypothesis first draws one of the constants of the program, it looks through every
    module that is loaded, and there are two thousand once PyTorch is here.
    """
    import hypothesis
    import hypothesis.strategies as st
    import numpy as np

    import drills.strategies  # the checks import it

    if backend == "torch":
        import torch

        import drills.grading.autograd  # noqa: F401

        torch.set_num_threads(1)
        torch.testing.assert_close(torch.ones(1), torch.ones(1))
        repr(torch.ones(1))
        torch.softmax(torch.ones(2, 2), -1)
        torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=0.1)

    @hypothesis.seed(0)
    @hypothesis.settings(max_examples=10, database=None)
    @hypothesis.given(st.lists(st.integers(), min_size=30, max_size=30))
    def touch(numbers: list[int]) -> None:
        np.random.default_rng(0).standard_normal(2)

    touch()
    gc.collect()
    gc.freeze()


class Server:
    """Grades one attempt at a time."""

    def __init__(self, requests: int, replies: int) -> None:
        self.requests, self.replies = requests, replies
        self.protection = sandbox.probe()
        self._buffer = b""
        self.closed = False

    def serve(self) -> None:
        """Answer requests until the input closes."""
        self.reply({"ready": True, "protection": sandbox.as_data(self.protection)})
        while not self.closed:
            for request in self.read():
                if request.get("op") == "grade":
                    self.grade(request)

    def read(self) -> list[dict[str, Any]]:
        """The requests that one read brings; sets `closed` at the end of the input."""
        data = os.read(self.requests, 1 << 16)
        if not data:
            self.closed = True
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        return [json.loads(line) for line in lines]

    def reply(self, message: dict[str, Any]) -> None:
        data = json.dumps(message).encode() + b"\n"
        while data:
            data = data[os.write(self.replies, data) :]

    def grade(self, request: dict[str, Any]) -> None:
        """Judge one file, and look for its mistake when the judge says that it is wrong."""
        task, number = Task(**request["task"]), request["id"]
        with tempfile.TemporaryFile() as kept, sandbox.scratch() as folder:
            work = partial(_judge, task, folder, kept.fileno())
            judged = self._attempt(number, work, limits.TOTAL_SECONDS)
            kept.seek(0)
            if judged.stopped is None and task.diagnosis_seconds and (evidence := kept.read()):
                self._attempt(number, partial(look_for_mistake, task, evidence), 2 * task.diagnosis_seconds)
        ended = {
            "stopped": judged.stopped,
            "exit": judged.exit,
            "output": judged.printed.decode("utf-8", "replace"),
            "running": judged.running,
            "protection": self.protection.level,
        }
        self.reply({"id": number, "ended": ended})

    def _attempt(self, number: int, work: Work, seconds: float) -> _Attempt:
        """Fork a child for some work, pass its events on, and end it and all that it started."""
        events_in, events_out = os.pipe()
        print_in, print_out = os.pipe()
        seal = secrets.token_hex(16).encode() + b" "
        sys.stdout.flush()
        pid = os.fork()
        if pid == 0:
            for fd in (events_in, print_in, self.requests, self.replies):
                os.close(fd)
            _child(work, events_out, print_out, os.getppid(), seal)
        os.close(events_out)
        os.close(print_out)
        watch = _Attempt(self, number, events_in, print_in, seconds, seal)
        watch.stopped = watch.follow()
        limits.kill_group(pid)
        _, status = os.waitpid(pid, 0)
        watch.exit = limits.describe_exit(status)
        if watch.exit == "signal SIGPROF":  # an example's CPU time
            watch.stopped = "timeout"
        limits.reap_descendants()
        watch.drain()
        os.close(events_in)
        os.close(print_in)
        return watch


class _Attempt:
    """Follows one child: its events, what is printed, the clock, and the client."""

    def __init__(
        self, server: Server, number: int, events: int, prints: int, seconds: float, seal: bytes
    ) -> None:
        self.server, self.number, self.seal = server, number, seal
        self.events, self.prints = events, prints
        self.printed = b""
        self.print_count = 0
        self.running: str | None = None
        self.stopped: str | None = None
        self.exit = ""
        self._partial = b""
        now = time.monotonic()
        self.deadline = now + seconds
        self.check_deadline = now + limits.CHECK_SECONDS

    def follow(self) -> str | None:
        """Returns why it was stopped, or None when the child closed its end by itself."""
        with selectors.DefaultSelector() as selector:
            for fd in (self.events, self.prints, self.server.requests):
                selector.register(fd, selectors.EVENT_READ)
            while True:
                left = min(self.deadline, self.check_deadline) - time.monotonic()
                if left <= 0:
                    return "timeout"
                for key, _ in selector.select(left):
                    if key.fd == self.server.requests:
                        if self._cancelled():
                            return "cancelled"
                    elif key.fd == self.prints:
                        if not self._take_print():
                            selector.unregister(self.prints)
                        if self.print_count > limits.OUTPUT_BYTES:
                            return "output"
                    elif not self._take_events():
                        return self.stopped

    def _cancelled(self) -> bool:
        requests = self.server.read()
        return self.server.closed or any(request.get("op") == "cancel" for request in requests)

    def _take_print(self) -> bool:
        data = os.read(self.prints, 1 << 16)
        self.print_count += len(data)
        self.printed += data[: max(0, limits.KEPT_OUTPUT - len(self.printed))]
        return bool(data)

    def drain(self) -> None:
        """Take what was printed last; every writer has ended."""
        while self.print_count <= limits.OUTPUT_BYTES and self._take_print():
            pass

    def _take_events(self) -> bool:
        data = os.read(self.events, 1 << 16)
        *lines, self._partial = (self._partial + data).split(b"\n")
        for line in lines:
            if not line.startswith(self.seal):  # written by the code that runs beside the checks
                self.stopped = "forged"
                return False
            event = json.loads(line[len(self.seal) :])
            if "start" in event:
                self.running = event["start"]
                self.check_deadline = time.monotonic() + limits.CHECK_SECONDS
            self.server.reply({"id": self.number, **event})
            if "done" in event:
                return False
        return bool(data)


def _child(work: Work, events: int, prints: int, parent: int, seal: bytes) -> None:
    """The forked child; it never returns. Each of its events begins with the seal."""
    status = 1

    def emit(event: dict[str, Any]) -> None:
        data = seal + json.dumps(event).encode() + b"\n"
        while data:
            data = data[os.write(events, data) :]

    try:
        limits.die_with_parent()
        if os.getppid() != parent:
            os._exit(1)
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(prints, 1)
        os.dup2(prints, 2)
        sys.stdout = open(1, "w", encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
        try:
            work(emit)
        except Exception as error:
            emit({"fault": f"{type(error).__name__}: {error}"})
            raise
        status = 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _judge(task: Task, folder: Path, kept: int, emit: Emit) -> None:
    """Grade; what the checks saw of a file that is wrong goes to the open file `kept`."""
    sandbox.settle(folder)
    nursery = Nursery.fork() if task.isolation == "separate" else None
    if nursery is None:
        warnings.simplefilter("ignore")
        limits.contain(task.memory)
    recorder = Recorder()
    judge(task, emit, nursery, recorder, partial(sandbox.enter, folder, loopback=task.network == "loopback"))
    if recorder.failed_any:
        with open(kept, "wb", closefd=False) as file:
            file.write(recorder.message())
    emit({"done": True})


def look_for_mistake(task: Task, evidence: bytes, emit: Emit) -> None:
    """Name the mistake, in a process that has never held the learner's code."""
    with suppress(CodecError):
        if (found := diagnose(task, read(evidence))) is not None:
            emit({"diagnosis": found.model_dump()})
    emit({"done": True})


def main(backend: str) -> None:
    """Run as `python -m drills.grading.server numpy|torch`."""
    warm(backend)
    limits.adopt_orphans()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ctrl+c belongs to the app; the closing input ends us
    requests, replies = os.dup(0), os.dup(1)
    for fd in (requests, replies):
        os.set_inheritable(fd, False)
    devnull = os.open(os.devnull, os.O_RDWR)
    os.dup2(devnull, 0)
    os.dup2(devnull, 1)
    Server(requests, replies).serve()


if __name__ == "__main__":
    main(sys.argv[1])
