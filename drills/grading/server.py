"""The warm grading server: has imported what drills need, and has a judge and a runner forked for each attempt.

JSON lines in: {"op": "grade", "id", "task": {…}} or {"op": "cancel"}; JSON lines out: the judge's
events with the id, and {"id", "ended": {…}} last. It ends when its input closes.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import tempfile
import warnings
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import Any

from drills.grading import limits, sandbox
from drills.grading.attempts import Attempt, Child
from drills.grading.codec import CodecError
from drills.grading.diagnosis import diagnose
from drills.grading.evidence import Recorder, read
from drills.grading.judge import Emit, Task, judge
from drills.grading.runner import Nursery


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
    @hypothesis.settings(
        max_examples=10, database=None, deadline=None, suppress_health_check=list(hypothesis.HealthCheck)
    )  # a busy machine is no reason not to start
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
        self._waiting: WaitingJudge | None = None

    @property
    def _own(self) -> tuple[int, int]:
        """What no child may hold."""
        return self.requests, self.replies

    def serve(self) -> None:
        """Answer requests until the input closes."""
        self.reply({"ready": True, "protection": sandbox.as_data(self.protection)})
        while not self.closed:
            if self._waiting is None:
                self._waiting = WaitingJudge(self._own)
            for request in self.read():
                if request.get("op") == "grade":
                    self.grade(request)
        if self._waiting is not None:
            self._waiting.end()

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
        judge = self._hand_over(request["task"])
        judged = self._follow(number, judge.child, limits.TOTAL_SECONDS)
        evidence = b"" if judged.stopped else judge.evidence()
        judge.clear_away()
        if task.diagnosis_seconds and evidence:
            child = Child(partial(look_for_mistake, task, evidence), self._own)
            self._follow(number, child, 2 * task.diagnosis_seconds)
        ended = {
            "stopped": judged.stopped,
            "exit": judged.exit,
            "output": judged.printed.decode("utf-8", "replace"),
            "running": judged.running,
            "protection": self.protection.level,
        }
        self.reply({"id": number, "ended": ended})

    def _hand_over(self, task: dict[str, Any]) -> WaitingJudge:
        """The waiting judge has the task now; another one, where something has killed it while it waited."""
        judge, self._waiting = self._waiting or WaitingJudge(self._own), None
        try:
            judge.hand(task)
        except BrokenPipeError:
            judge.end()
            judge = WaitingJudge(self._own)
            judge.hand(task)
        return judge

    def _follow(self, number: int, child: Child, seconds: float) -> Attempt:
        attempt = Attempt(child, seconds, self.requests, self._cancelled)
        attempt.follow(lambda event: self.reply({"id": number, **event}))
        return attempt

    def _cancelled(self) -> bool:
        requests = self.read()
        return self.closed or any(request.get("op") == "cancel" for request in requests)


class WaitingJudge:
    """A judge forked before there is a task: settled in its folder, with a runner beside it, so that no key waits for it."""

    def __init__(self, hidden: Iterable[int]) -> None:
        with ExitStack() as stack:
            self._kept = stack.enter_context(tempfile.TemporaryFile())
            folder = stack.enter_context(sandbox.scratch())
            task, self._task = os.pipe()
            self.child = Child(partial(_judge, task, folder, self._kept.fileno()), (*hidden, self._task))
            os.close(task)
            self._open = stack.pop_all()

    def hand(self, task: dict[str, Any]) -> None:
        """Let it begin; raises BrokenPipeError when it has ended."""
        with open(self._task, "wb") as pipe:
            pipe.write(json.dumps(task).encode())

    def evidence(self) -> bytes:
        """What the checks saw of a file that is wrong."""
        self._kept.seek(0)
        return self._kept.read()

    def clear_away(self) -> None:
        """Remove its folder."""
        self._open.close()

    def end(self) -> None:
        """End it without a task."""
        self.child.end()
        self.child.close()
        self.clear_away()


def _judge(tasks: int, folder: Path, kept: int, emit: Emit) -> None:
    """Wait for a task, and grade; what the checks saw of a file that is wrong goes to the open file `kept`."""
    sandbox.settle(folder)
    nursery = Nursery.fork()
    nursery.prepare()
    with open(tasks, "rb") as pipe:
        task = Task(**json.load(pipe))
    beside = task.isolation == "together"
    if beside:
        nursery.close()
        warnings.simplefilter("ignore")
        limits.contain(task.memory)
    recorder = Recorder()
    enter = partial(sandbox.enter, folder, loopback=task.network == "loopback")
    judge(task, emit, None if beside else nursery, recorder, enter)
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
