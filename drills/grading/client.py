"""The app's side of the grader: starts the warm server, hands it files, and turns its events into a Report."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from drills.catalog import Backend, Drill
from drills.grading import limits
from drills.grading.counterexamples import Counterexamples
from drills.grading.report import Again, CheckResult, Diagnosis, Failure, Protection, Report, Verdict
from drills.grading.showing import clean
from drills.grading.spawning import SpareServer
from quizbank.models import Text

OnCheck = Callable[[CheckResult], None]
INSTALL_TORCH = "pip install 'preptrain[torch]'"


class Cancelled(Exception):
    """The grading was cancelled from another thread."""


class GraderFault(Exception):
    """The grader itself failed."""


class Grader:
    """One warm server per backend, started on first use or by `warm`; close it, or use `with`.

    `grade` blocks and grades one file at a time; `cancel` may be called from another thread. A mistake is
    looked for during `diagnosis_seconds` after the verdict. `call_seconds` is the limit for one call of the code.
    With a `device` the code of PyTorch drills computes there, on inputs that lie there. The last counterexample of a
    drill, kept in `counterexamples`, is tried first at its next grading.
    """

    def __init__(
        self,
        diagnosis_seconds: float = limits.DIAGNOSIS_SECONDS,
        call_seconds: float | None = None,
        counterexamples: Counterexamples | None = None,
        device: str | None = None,
    ) -> None:
        self._device, self._forks = device, forks()
        self._counterexamples = counterexamples
        self._diagnosis_seconds, self._call_seconds = diagnosis_seconds, call_seconds
        self._servers: dict[Backend, _Server | SpareServer] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def warm(self, backend: Backend) -> None:
        """Start the server of a backend and return at once."""
        if missing_backend(backend) is None:
            self._server(backend)

    def grade(
        self,
        drill: Drill,
        source: str,
        on_check: OnCheck | None = None,
        *,
        seed: int = 0,
        diagnose: bool = True,
    ) -> Report:
        """Grade `source` as a file of `drill`; every fault is a verdict. Raises Cancelled, nothing else."""
        began = time.monotonic()
        if (message := missing_backend(drill.backend)) is not None:
            return Report(drill=drill.id, verdict="grader_fault", failure=Failure(message=message))
        kept = self._counterexamples
        folding = _Folding(drill.id, on_check)
        try:
            server = self._server(drill.backend)
            for event in server.exchange(self._task(drill, source, seed, diagnose)):
                if "ended" in event and event["ended"]["stopped"] == "cancelled":
                    raise Cancelled
                folding.take(event)
        except GraderFault as error:
            self._forget(drill.backend)
            folding.fault(str(error))
        except Cancelled:
            raise
        report = folding.report(time.monotonic() - began)
        if kept is not None and seed == 0 and report.verdict not in ("forbidden", "grader_fault"):
            kept.keep(drill.id, folding.counterexample)
        return report

    def cancel(self) -> None:
        """End the grading under way, if there is one."""
        for server in list(self._servers.values()):
            server.cancel()

    def close(self) -> None:
        """End the servers and all that they started."""
        for backend in list(self._servers):
            self._forget(backend)

    def _task(self, drill: Drill, source: str, seed: int, diagnose: bool) -> dict[str, Any]:
        kept = self._counterexamples
        return {
            "folder": str(drill.folder),
            "source": source,
            "file_name": drill.file_name,
            "isolation": drill.isolation,
            "entry_point": drill.entry_point,
            "allowed_imports": drill.allowed_imports,
            "forbidden": drill.forbidden,
            "memory": limits.MEMORY_BYTES,
            "network": drill.network,
            "seed": seed,
            "call_seconds": self._call_seconds,
            "device": self._device if drill.backend == "torch" else None,
            "again": None if kept is None or seed else kept.get(drill.id),
            "diagnosis_seconds": self._diagnosis_seconds if diagnose else 0,
        }

    def _server(self, backend: Backend) -> _Server | SpareServer:
        with self._lock:
            if backend not in self._servers:
                self._servers[backend] = _Server(backend) if self._forks else SpareServer(backend)
            return self._servers[backend]

    def _forget(self, backend: Backend) -> None:
        with self._lock:
            server = self._servers.pop(backend, None)
        if server is not None:
            server.close()


def missing_backend(backend: Backend) -> Text | None:
    """Why a drill of this backend cannot be graded here, or None when it can."""
    if backend == "torch" and importlib.util.find_spec("torch") is None:
        return Text(
            en=f"This drill needs PyTorch. Install it with: {INSTALL_TORCH}",
            zh=f"本题需要 PyTorch，请运行：{INSTALL_TORCH}",
        )
    return None


def forks() -> bool:
    """Whether gradings are forked from a warm server, or each has a spare interpreter (PREPTRAIN_GRADER=spawn)."""
    return hasattr(os, "fork") and os.environ.get("PREPTRAIN_GRADER") != "spawn"


class _Server:
    """A server process and its two pipes."""

    def __init__(self, backend: Backend) -> None:
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115
        self._process = subprocess.Popen(
            [sys.executable, "-m", "drills.grading.server", backend],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            env=limits.single_threaded(os.environ),
        )
        self._number = 0
        self._busy = threading.Lock()
        self._cancelled = False

    def exchange(self, task: dict[str, Any]) -> Any:
        """Send a task; yields the events that answer it. Raises GraderFault and Cancelled."""
        with self._busy:
            self._number += 1
            self._cancelled = False
            self._send({"op": "grade", "id": self._number, "task": task})
            assert self._process.stdout is not None
            for line in self._process.stdout:
                event = json.loads(line)
                if event.get("id") != self._number:
                    continue
                yield event
                if "ended" in event:
                    return
            raise self._ended()

    def cancel(self) -> None:
        if self._busy.locked():
            self._send({"op": "cancel"})

    def close(self) -> None:
        """Closing its input ends it; it is killed when it does not go."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._complaints.close()

    def _ended(self) -> GraderFault:
        """That it has ended: its exit, and what it complained of last."""
        how = limits.describe_code(self._process.wait())
        self._complaints.seek(0)
        said = self._complaints.read().decode("utf-8", "replace").strip()
        how += f": {said.splitlines()[-1][:300]}" if said else ""
        return GraderFault(f"the grading server ended ({how})")

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise self._ended() from error
        except (OSError, ValueError) as error:
            raise GraderFault(f"the grading server does not answer ({error})") from error


class _Folding:
    """Events into a report."""

    def __init__(self, drill_id: str, on_check: OnCheck | None) -> None:
        self.drill_id, self.on_check = drill_id, on_check
        self.plan: dict[str, CheckResult] = {}
        self.verdict: Verdict | None = None
        self.failure: Failure | None = None
        self.diagnosis: Diagnosis | None = None
        self.again: Again | None = None
        self.counterexample: dict[str, Any] | None = None
        self.output = ""
        self.protection: Protection | None = None
        self.finished = False

    def take(self, event: dict[str, Any]) -> None:
        if "plan" in event and not self.plan:
            self.plan = {item["id"]: CheckResult.model_validate(item) for item in event["plan"]}
        elif "check" in event:
            result = CheckResult.model_validate(event["check"])
            if result.id in self.plan:
                self.plan[result.id] = result
                if self.on_check is not None:
                    self.on_check(result)
        elif "verdict" in event:
            self.verdict = event["verdict"]
            self.failure = Failure.model_validate(event["failure"])
        elif "counterexample" in event:
            self.counterexample = event["counterexample"]
        elif "again" in event:
            self.again = Again.model_validate(event["again"])
        elif "diagnosis" in event:
            self.diagnosis = Diagnosis.model_validate(event["diagnosis"])
        elif (
            "fault" in event and not self.finished
        ):  # a verdict stands though its mistake cannot be looked for
            self.fault(event["fault"])
        elif "done" in event:
            self.finished = True
        elif "ended" in event:
            self._ended(event["ended"])

    def _ended(self, ended: dict[str, Any]) -> None:
        self.protection = ended["protection"]
        self.output = clean(ended["output"])
        running = ended["running"]
        if ended["stopped"] == "output":
            size = limits.OUTPUT_BYTES >> 20
            self._stop(
                "error",
                Text(
                    en=f"Your code printed more than {size} MiB and was stopped. Remove the prints.",
                    zh=f"你的代码打印超过 {size} MiB，已被终止。请删掉打印语句。",
                ),
                running,
            )
        elif ended["stopped"] == "forged":
            self._stop(
                "forbidden",
                Text(
                    en="Your code writes to a file of the grader's. That is not allowed.",
                    zh="你的代码写入了判题器自己的文件，这是不允许的。",
                ),
                running,
            )
        elif ended["stopped"] == "timeout":
            self._stop(
                "timeout",
                Text(en="Your code did not finish in time.", zh="你的代码没有在限时内结束。"),
                running,
            )
        elif not self.finished and self.verdict is None:
            how = ended["exit"]
            self._stop(
                "crashed",
                Text(en=f"Your code ended its process ({how}).", zh=f"你的代码终止了所在进程（{how}）。"),
                running,
            )

    def _stop(self, verdict: Verdict, message: Text, check: str | None) -> None:
        self.verdict, self.failure = verdict, Failure(check=check, message=message)
        if check in self.plan:
            self.plan[check] = self.plan[check].model_copy(update={"state": "failed"})

    def fault(self, reason: str) -> None:
        self.verdict = "grader_fault"
        self.failure = Failure(message=Text(en=f"The grader failed: {reason}", zh=f"判题器故障：{reason}"))

    def report(self, seconds: float) -> Report:
        """A pass only when every check of the plan reported that it held."""
        checks = list(self.plan.values())
        verdict = self.verdict
        if verdict is None:
            complete = self.finished and checks and all(check.state == "passed" for check in checks)
            verdict = "pass" if complete else "grader_fault"
            if not complete:
                self.fault("not every check reported")
        return Report(
            drill=self.drill_id,
            verdict=verdict,
            checks=checks,
            failure=self.failure,
            diagnosis=self.diagnosis,
            again=self.again,
            output=self.output,
            protection=self.protection,
            seconds=seconds,
        )
