"""The client's side of `spare.py`: a judge that was started ahead of time for each grading, watched from here."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from drills.grading import limits


class SpareServer:
    """Has the methods of the client's warm server."""

    def __init__(self, backend: str) -> None:
        self._backend = backend
        self._busy = threading.Lock()
        self._stopped: str | None = None
        self._judge: _Judge | None = None
        self._next: _Judge | None = _Judge(backend)

    def exchange(self, task: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Hand a task to the waiting judge; yields its events, and how it ended."""
        with self._busy:
            self._stopped = None
            judge, self._next = self._next or _Judge(self._backend), None
            self._judge = judge
            watch = threading.Thread(target=self._watch, args=(judge,), daemon=True)
            judge.hand(task)
            watch.start()
            running = None
            for event in judge.events():
                running = event.get("start", running)
                if "start" in event:
                    judge.check_deadline = time.monotonic() + limits.CHECK_SECONDS
                yield event
            code = judge.end()
            watch.join()
            self._judge, self._next = None, _Judge(self._backend)
            yield {
                "ended": {
                    "stopped": self._stopped,
                    "exit": limits.describe_code(code),
                    "output": judge.printed(),
                    "running": running,
                    "protection": "none",
                }
            }

    def cancel(self) -> None:
        if (judge := self._judge) is not None:
            self._stopped = "cancelled"
            judge.kill()

    def close(self) -> None:
        for judge in (self._judge, self._next):
            if judge is not None:
                judge.kill()
                judge.end()
        self._next = None

    def _watch(self, judge: _Judge) -> None:
        """Ends a judge that is out of time, or whose code prints without end."""
        deadline = time.monotonic() + limits.TOTAL_SECONDS + limits.DIAGNOSIS_SECONDS
        while judge.alive():
            if time.monotonic() > min(deadline, judge.check_deadline):
                self._stopped = "timeout"
            elif judge.printed_bytes() > limits.OUTPUT_BYTES:
                self._stopped = "output"
            if self._stopped is not None:
                judge.kill()
                return
            time.sleep(0.02)


class _Judge:
    """One interpreter that has begun to import."""

    def __init__(self, backend: str) -> None:
        self._prints = tempfile.TemporaryFile()  # noqa: SIM115
        self._process = subprocess.Popen(
            [sys.executable, "-m", "drills.grading.spare", "judge", backend],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._prints,
            env=limits.single_threaded(os.environ),
            start_new_session=True,
        )
        self.check_deadline = float("inf")
        self._text = ""

    def hand(self, task: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.write(json.dumps(task).encode() + b"\n")
            self._process.stdin.close()

    def events(self) -> Iterator[dict[str, Any]]:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            yield json.loads(line)

    def alive(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        """End it and, where there are process groups, all that it started."""
        with suppress(OSError):
            if sys.platform == "win32":
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)

    def end(self) -> int:
        """Wait for it; its exit code."""
        code = self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        self._text = self._take_prints()
        return code

    def printed_bytes(self) -> int:
        with suppress(ValueError):  # it has just ended
            return os.fstat(self._prints.fileno()).st_size
        return 0

    def printed(self) -> str:
        """What was printed, once it has ended."""
        return self._text

    def _take_prints(self) -> str:
        if self._prints.closed:
            return self._text
        self._prints.seek(0)
        text = self._prints.read(limits.KEPT_OUTPUT).decode("utf-8", "replace")
        self._prints.close()
        return text
