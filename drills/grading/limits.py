"""Limits on what a learner's process may use, and making sure that nothing of it is left behind."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Mapping

if sys.platform != "win32":
    import resource

CALL_SECONDS = 4.0
"""One call of the learner's function, loading the file included: processor time, where it gets enough of that."""
BUSY_SHARE = 1 / 20
"""The share of a processor below which a call counts as waiting and not as computing."""
DEVICE_SECONDS = 60.0
"""Loading the file where an accelerator has to be started first."""
EXAMPLE_SECONDS = 8.0
"""One run of a check's body, where the code runs beside the checks and single calls cannot be timed."""
CHECK_SECONDS = 40.0
"""One check, with all its calls."""
TOTAL_SECONDS = 180.0
"""One grading."""
DIAGNOSIS_SECONDS = 2.5
"""Looking for the mistake among the mutants, after the verdict: processor time, and by the clock at most twice as much; one not
found by then stays unnamed."""
MEMORY_BYTES = 1 << 30
"""Address space beyond what the warm process has mapped."""
FILE_BYTES = 16 << 20
"""The largest file that the code may write."""
OPEN_FILES = 128
OUTPUT_BYTES = 8 << 20
"""What the code may print before it is stopped."""
KEPT_OUTPUT = 16 << 10
"""What of it is shown."""

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, ctypes.c_ulong(value), 0, 0, 0)


def die_with_parent() -> None:
    """Have the kernel kill this process when the one that forked it ends (Linux)."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent ended, so that they can be killed (Linux)."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def contain(memory: int | None) -> None:
    """Limit this process: address space relative to what is mapped now (where given), CPU time, files; no core dumps.

    Threads have no limit of their own (RLIMIT_NPROC counts all of a user's, and none of root's): their stacks
    are address space.
    """
    if sys.platform == "win32":
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    _lower(resource.RLIMIT_NOFILE, OPEN_FILES)
    cpu = int(TOTAL_SECONDS)
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
    if memory is not None and (mapped := _mapped_bytes()) is not None:
        resource.setrlimit(resource.RLIMIT_AS, (mapped + memory, mapped + memory))


def _lower(limit: int, value: int) -> None:
    """Set both limits to `value`, unless the hard one is lower already."""
    hard = resource.getrlimit(limit)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(limit, (value, value))


def _mapped_bytes() -> int | None:
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:
            return int(statm.read().split()[0]) * resource.getpagesize()
    except OSError:
        return None  # no /proc: macOS, where RLIMIT_AS does nothing either


class Patience:
    """How long a process may still take: seconds of its own processor time while it gets any, or else by the clock.

    On a busy machine sound code is slow by the clock; code that sleeps, or waits for what never comes, gets no processor time.
    """

    def __init__(self, pid: int, seconds: float) -> None:
        self._pid, self._seconds = pid, seconds
        self._began, self._before = time.monotonic(), processor_time(pid)

    def left(self) -> float:
        """Seconds to wait before asking again; none or less when its time is over."""
        elapsed = time.monotonic() - self._began
        if elapsed < self._seconds:
            return self._seconds - elapsed
        now = processor_time(self._pid)
        if self._before is None or now is None or (spent := now - self._before) < BUSY_SHARE * elapsed:
            return 0.0
        return 0.0 if spent >= self._seconds else max(self._seconds - spent, 0.05)


def processor_time(pid: int) -> float | None:
    """Seconds that all threads of a process have computed; None where the system does not tell (it is Linux that does)."""
    if sys.platform != "linux":
        return None
    try:
        return time.clock_gettime((~pid << 3) | 2)  # clock_getcpuclockid(3)
    except OSError:
        return None


def close_all_but(kept: int) -> None:
    """Close every file descriptor but the standard three and `kept`: a runner inherits no way to forge."""
    highest = max((int(fd) for fd in os.listdir("/dev/fd")), default=kept)
    os.closerange(3, kept)
    os.closerange(kept + 1, highest + 1)


def describe_exit(status: int) -> str:
    """A wait status in words: "signal SIGSEGV" or "exit 3"."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        try:
            return f"signal {signal.Signals(number).name}"
        except ValueError:
            return f"signal {number}"
    return f"exit {os.WEXITSTATUS(status)}"


def describe_code(code: int) -> str:
    """The same for an exit code of subprocess: negative for a signal."""
    if code >= 0:
        return f"exit {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"


def kill_group(pid: int) -> None:
    """Kill a process group, whether or not it still lives."""
    for kill in (os.killpg, os.kill):
        try:
            kill(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            continue


def reap_descendants(rounds: int = 50) -> None:
    """Kill and reap every process left below this one, which must have adopted orphans."""
    for _ in range(rounds):
        children = _children()
        if not children:
            return
        for child in children:
            try:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
            except (ProcessLookupError, ChildProcessError):
                continue


def _children() -> list[int]:
    try:
        with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as children:
            return [int(child) for child in children.read().split()]
    except OSError:
        return []


def single_threaded(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment with BLAS and OpenMP held to one thread: a forked child hangs otherwise."""
    return {
        **environment,
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "VECLIB_MAXIMUM_THREADS": "1",
    }
