"""Grading without fork: interpreters started ahead of time, one for a judge and one for its runner, each used once.

    python -m drills.grading.spare judge numpy|torch     reads one task from standard input, writes events
    python -m drills.grading.spare runner numpy|torch PORT TOKEN

Used where the system has no fork (Windows), and anywhere with PREPTRAIN_GRADER=spawn. A runner that crashed is replaced by
another interpreter, which costs its imports. What limits.py and sandbox.py cannot do on a system is not done there.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
from contextlib import suppress
from typing import Any

from drills.grading import limits, sandbox

START_SECONDS = 60.0
"""For an interpreter to start and import what drills need."""


class Spares:
    """A nursery whose runners are interpreters of their own; one is always starting ahead of its use."""

    slow = True

    def __init__(self, backend: str) -> None:
        self._backend = backend
        self.channel, self._silent = socket.socketpair()  # a nursery's voice; this one has nothing to say
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(START_SECONDS)
        self._token = secrets.token_hex(16)
        self._last: subprocess.Popen[bytes] | None = None
        self._next: subprocess.Popen[bytes] | None = self._start()

    def runner(self) -> tuple[socket.socket, int]:
        """A connection to a fresh runner, and its process id."""
        self._last, self._next = self._next, None
        self._last = self._last or self._start()
        while True:
            connection, _ = self._listener.accept()
            connection.settimeout(START_SECONDS)
            if connection.recv(len(self._token)) == self._token.encode():
                break
            connection.close()  # another program of this machine
        self._next = self._start()
        return connection, self._last.pid

    def end(self, _pid: int) -> None:
        """Kill the runner in use."""
        if self._last is not None:
            self._last.kill()

    def how_it_ended(self, _pid: int) -> str:
        """Kill the runner in use if it still lives; how it ended, in words."""
        if self._last is None:
            return "unknown"
        self._last.kill()
        return limits.describe_code(self._last.wait())

    def close(self) -> None:
        for process in (self._last, self._next):
            if process is not None:
                process.kill()
                process.wait()
        for part in (self._listener, self.channel, self._silent):
            part.close()

    def _start(self) -> subprocess.Popen[bytes]:
        port = self._listener.getsockname()[1]
        command = [
            sys.executable,
            "-m",
            "drills.grading.spare",
            "runner",
            self._backend,
            str(port),
            self._token,
        ]
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sys.stderr.fileno())


def run_judge(backend: str) -> None:
    """Import, wait for a task, grade it."""
    from drills.grading.evidence import Recorder
    from drills.grading.judge import Task, judge
    from drills.grading.server import look_for_mistake, warm

    events = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)  # what is printed goes where the client keeps it

    def emit(event: dict[str, Any]) -> None:
        events.write(json.dumps(event) + "\n")

    with sandbox.scratch() as folder:
        sandbox.settle(folder)
        spares = Spares(backend)
        try:
            warm(backend)
            line = sys.stdin.readline()
            if not line:
                return
            task = Task(**json.loads(line))
            recorder = Recorder()
            try:
                judge(task, emit, None if task.isolation == "together" else spares, recorder)  # type: ignore[arg-type]
                emit({"done": True})
                if recorder.failed_any and task.isolation == "separate":
                    look_for_mistake(task, recorder.message(), emit)
            except Exception as error:
                emit({"fault": f"{type(error).__name__}: {error}"})
        finally:
            spares.close()


def run_runner(backend: str, port: int, token: str) -> None:
    """Import, report, answer the calls of one judge."""
    from drills.grading.runner import serve

    limits.die_with_parent()
    if backend == "torch":
        import torch

        torch.set_num_threads(1)
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(token.encode())
        with suppress(EOFError, ConnectionError):
            serve(connection)


if __name__ == "__main__":
    if sys.argv[1] == "judge":
        run_judge(sys.argv[2])
    else:
        run_runner(sys.argv[2], int(sys.argv[3]), sys.argv[4])
