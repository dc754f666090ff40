"""What a learner's file may do to the grader: each case has its own verdict within its limit, and the next grading works.

Over a NumPy function, a PyTorch function and a class. The limit for a call is lowered, so that the table is not all waiting.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from enemies import SUBJECTS, SYS
from processes import left_of_an_attempt

from drills.grading import sandbox
from drills.grading.client import Grader

CALL_SECONDS = 2.0
WITHIN = 30.0  # seconds, on a busy machine; the limits themselves are a few seconds

_FORBIDDEN = "forbidden" if sandbox.seccomp_available() else "crashed"
_FILES = "forbidden" if sandbox.landlock_version() else "pass"

CASES = {
    # time
    "endless loop": (["while True: pass"], "timeout"),
    "endless loop in C, over an iterator": (["sum(iter(int, 1))"], "timeout"),
    "endless loop in C, over a range": (["sum(range(10**12))"], "timeout"),
    "endless loop in C, a power": (["3 ** 10**9"], "timeout"),
    "endless loop in C, a regular expression": (["import re", "re.match('(a+)+$', 'a' * 64 + 'b')"], "timeout"),
    "endless loop that catches everything": (
        ["while True:", "    try:", "        while True: pass", "    except BaseException: pass"],
        "timeout",
    ),
    "sleep": (["import time", "time.sleep(600)"], "timeout"),
    "ignored SIGTERM": (
        [SYS, "for n in (1, 2, 3, 14, 15): modules['signal'].signal(n, modules['signal'].SIG_IGN)", "while True: pass"],
        "timeout",
    ),
    "ignored alarms": (
        [SYS, "signal = modules['signal']", "signal.setitimer(signal.ITIMER_REAL, 0)", "signal.alarm(0)", "while True: pass"],
        "timeout",
    ),
    "clocks that stand still": (
        ["import time", "time.monotonic = time.time = time.perf_counter = lambda: 0.0", "while True: pass"],
        "timeout",
    ),
    # memory
    "32 GB of an array": (["np.ones(4 << 30)"], "out_of_memory"),
    "10 GB of bytes": (["bytes(10 << 30)"], "out_of_memory"),
    "10 GB of a list": (["[0] * (10 << 27)"], "out_of_memory"),
    "10 GB of shared memory": ([SYS, "modules['builtins'].__import__('mmap').mmap(-1, 10 << 30)"], "out_of_memory"),
    "memory bit by bit": (["kept = []", "while True: kept.append(np.empty(1 << 24))"], "out_of_memory"),
    # the process
    "sys.exit": (["raise SystemExit(0)"], "crashed"),
    "os._exit(0)": ([SYS, "os._exit(0)"], "crashed"),
    "os._exit(0) after printing a pass": (
        [SYS, "print('1 passed in 0.01s', flush=True)", "os._exit(0)"],
        "crashed",
    ),
    "os.abort": ([SYS, "os.abort()"], "crashed"),
    "segfault": (["np.ctypeslib.ctypes.string_at(0)"], "crashed"),
    "killing itself": ([SYS, "os.kill(os.getpid(), 9)"], "crashed"),
    "killing the judge": ([SYS, "os.kill(os.getppid(), 9)"], _FORBIDDEN),
    "fork bomb": ([SYS, "while True: os.fork()"], _FORBIDDEN),
    "a daemon grandchild": (
        [SYS, "import time", "if os.fork() == 0:", "    os.setsid()", "    if os.fork() == 0: time.sleep(600)", "os._exit(0)"],
        _FORBIDDEN,
    ),
    "another program": ([SYS, "os.execv('/bin/true', ['true'])"], _FORBIDDEN),
    "a thread left running": (
        [SYS, "threading = modules['threading']", "threading.Thread(target=lambda: sum(iter(int, 1)), daemon=True).start()"],
        "timeout",  # it holds the interpreter's lock
    ),
    "a thread left sleeping": (
        [SYS, "import time", "if modules['threading'].active_count() < 3:", "    modules['threading'].Thread(target=time.sleep, args=(600,)).start()"],
        "pass",
    ),
    "recursion": (["def deeper(n): return deeper(n + 1)", "deeper(0)"], "error"),
    # what it prints and writes
    "a gigabyte printed": (["for _ in range(1000): print('x' * 1_000_000)"], "error"),
    "a gigabyte written": ([SYS, "open('big', 'wb').write(bytes(1 << 29))", "open('big', 'ab').write(bytes(1 << 29))"], "error"),
    "ten thousand files": (["kept = [open(f'f{i}', 'w') for i in range(10_000)]"], "error"),
    "writing to the home folder": ([SYS, "open(os.path.expanduser('~/preptrain-was-here'), 'w')"], _FILES),
    "opening a socket": ([SYS, "modules['builtins'].__import__('socket').socket()"], _FORBIDDEN),
    # closing what it was given
    "closing every file": ([SYS, "os.closerange(0, 1000)"], "crashed"),
    "closed streams": ([SYS, "if sys.stdout is not None: sys.stdout.close()", "sys.stdout = sys.stderr = None"], "pass"),
}  # fmt: skip

RARE = frozenset(name for name, (_, verdict) in CASES.items() if verdict == "timeout") - {"endless loop"}


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    with Grader(diagnosis_seconds=0, call_seconds=CALL_SECONDS) as grader:
        yield grader


def _cases() -> Iterator[object]:
    for subject in SUBJECTS:
        for name in CASES:
            slow = [pytest.mark.slow] if subject != "numpy" or name in RARE else []
            yield pytest.param(subject, name, marks=slow, id=f"{subject}-{name}")


@pytest.mark.parametrize(("subject", "name"), list(_cases()))
def test_each_case_has_its_verdict_and_harms_nothing(subject: str, name: str, grader: Grader) -> None:
    lines, verdict = CASES[name]
    target = SUBJECTS[subject]
    began = time.monotonic()
    report = grader.grade(target.drill, target.first_do(lines))
    took = time.monotonic() - began
    assert report.verdict == verdict, report
    assert took < WITHIN
    if verdict != "pass":
        assert report.failure is not None
        assert report.failure.message.en
        assert report.failure.message.zh
    assert not left_of_an_attempt()
    assert not (Path.home() / "preptrain-was-here").exists()
    assert grader.grade(target.next_drill, target.next_drill.solution).passed
