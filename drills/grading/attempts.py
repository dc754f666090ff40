"""A forked child of the server: the work that it does, followed to its end and to that of all that it started."""

from __future__ import annotations

import json
import os
import secrets
import selectors
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

from drills.grading import limits
from drills.grading.judge import Emit

Work = Callable[[Emit], None]


class Child:
    """A process forked for some work, with what it says (each event begins with the seal) and what it prints."""

    def __init__(self, work: Work, hidden: Iterable[int]) -> None:
        """Fork it; the file descriptors in `hidden` are not for it."""
        self.events, events = os.pipe()
        self.prints, prints = os.pipe()
        self.seal = secrets.token_hex(16).encode() + b" "
        sys.stdout.flush()
        parent = os.getpid()
        self.pid = os.fork()
        if self.pid == 0:
            for fd in (self.events, self.prints, *hidden):
                os.close(fd)
            _live(work, events, prints, parent, self.seal)
        os.close(events)
        os.close(prints)

    def end(self) -> str:
        """End it and all that it started; how it had ended, in words. What it printed can still be read."""
        limits.kill_group(self.pid)
        _, status = os.waitpid(self.pid, 0)
        limits.reap_descendants()
        return limits.describe_exit(status)

    def close(self) -> None:
        os.close(self.events)
        os.close(self.prints)


def _live(work: Work, events: int, prints: int, parent: int, seal: bytes) -> None:
    """The child's life; it never returns."""
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


class Attempt:
    """Follows a child that has its work: its events, what is printed, the clock, and the client's word."""

    def __init__(self, child: Child, seconds: float, requests: int, cancelled: Callable[[], bool]) -> None:
        """`requests` becomes readable when the client has something to say; `cancelled` reads it."""
        self.child, self.requests, self.cancelled = child, requests, cancelled
        self.printed = b""
        self.print_count = 0
        self.running: str | None = None
        self.stopped: str | None = None
        self.exit = ""
        self._partial = b""
        now = time.monotonic()
        self.deadline = now + seconds
        self.check_deadline = now + limits.CHECK_SECONDS

    def follow(self, tell: Callable[[dict[str, Any]], None]) -> None:
        """Pass its events on until it is done or has to be stopped; then end it."""
        self.stopped = self._follow(tell)
        self.exit = self.child.end()
        if self.exit == "signal SIGPROF":  # an example's CPU time
            self.stopped = "timeout"
        self._drain()
        self.child.close()

    def _follow(self, tell: Callable[[dict[str, Any]], None]) -> str | None:
        """Returns why it was stopped, or None when the child closed its end by itself."""
        with selectors.DefaultSelector() as selector:
            for fd in (self.child.events, self.child.prints, self.requests):
                selector.register(fd, selectors.EVENT_READ)
            while True:
                left = min(self.deadline, self.check_deadline) - time.monotonic()
                if left <= 0:
                    return "timeout"
                for key, _ in selector.select(left):
                    if key.fd == self.requests:
                        if self.cancelled():
                            return "cancelled"
                    elif key.fd == self.child.prints:
                        if not self._take_print():
                            selector.unregister(self.child.prints)
                        if self.print_count > limits.OUTPUT_BYTES:
                            return "output"
                    elif not self._take_events(tell):
                        return self.stopped

    def _take_print(self) -> bool:
        data = os.read(self.child.prints, 1 << 16)
        self.print_count += len(data)
        self.printed += data[: max(0, limits.KEPT_OUTPUT - len(self.printed))]
        return bool(data)

    def _drain(self) -> None:
        """Take what was printed last; every writer has ended."""
        while self.print_count <= limits.OUTPUT_BYTES and self._take_print():
            pass

    def _take_events(self, tell: Callable[[dict[str, Any]], None]) -> bool:
        data = os.read(self.child.events, 1 << 16)
        *lines, self._partial = (self._partial + data).split(b"\n")
        for line in lines:
            if not line.startswith(self.child.seal):  # written by the code that runs beside the checks
                self.stopped = "forged"
                return False
            event = json.loads(line[len(self.child.seal) :])
            if "start" in event:
                self.running = event["start"]
                self.check_deadline = time.monotonic() + limits.CHECK_SECONDS
            tell(event)
            if "done" in event:
                return False
        return bool(data)
