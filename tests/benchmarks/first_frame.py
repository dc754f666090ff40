"""How long a learner waits for the app: until its first frame, and from a key to the next question.

    .venv/bin/python tests/benchmarks/first_frame.py [--rounds 15] [--questions 19] [--items 100000]

Each contestant is started in a terminal of its own (a pseudo-terminal of 80 × 24): a bare Textual app that shows one
line and a footer, and preptrain on a record of ten items and on one of --items. The clock runs from the start of the
process until the terminal has been told the last word of the page. The order turns with each round, since the machine
is not always equally quick; figures are medians, and the ratio is the median of the rounds' own ratios. Then questions
are answered, of all kinds on both records and of each kind alone, and the time from the key that goes on until the next
one stands on the screen is taken: on the clock, and as the time that the app kept a processor busy, which a busy machine
leaves nearly as it is. Exits with 1 where a target of the project is missed.
"""

from __future__ import annotations

import argparse
import codecs
import contextlib
import fcntl
import io
import os
import pty
import select
import signal
import statistics
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "e2e")]

from cells import Cells  # noqa: E402
from record import make  # noqa: E402

TIMES_BARE = 1.2
NEXT_QUESTION = 0.020
PATIENCE = 60.0
KINDS = ("single", "multiple", "numeric", "cloze", "order", "match", "recall", "snippet", "find_error")

BARE = """
from textual.app import App
from textual.widgets import Footer, Static
class Bare(App):
    BINDINGS = [("q", "quit", "Quit")]
    def compose(self):
        yield Static("Begin")
        yield Footer()
Bare().run()
"""


class Terminal:
    """A program in a pseudo-terminal; ends with the `with` block."""

    def __init__(self, *command: str, home: Path) -> None:
        self.cells = Cells()
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self.began = time.perf_counter()
        self._pid, self._master = pty.fork()
        if self._pid == 0:
            environment = os.environ | {
                "PREPTRAIN_HOME": str(home),
                "TERM": "xterm-256color",
                "LANG": "C.UTF-8",
            }
            for name in (
                "NO_COLOR",
                "PYTHONDONTWRITEBYTECODE",
            ):  # compiled modules are kept, as they are for a learner
                environment.pop(name, None)
            os.execve(command[0], command, environment)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.kill(self._pid, signal.SIGKILL)
        os.close(self._master)
        os.waitpid(self._pid, 0)

    def press(self, keys: bytes) -> None:
        os.write(self._master, keys)

    def processor(self) -> float:
        """Seconds that the program has kept a processor busy; Linux alone tells it of another process."""
        if sys.platform != "linux":
            return float("nan")
        return time.clock_gettime(~self._pid << 3 | 2)

    def until(self, holds: Callable[[str], bool]) -> float:
        """The moment at which the screen first was as wanted."""
        deadline = time.perf_counter() + PATIENCE
        if holds(self.cells.text()):
            return time.perf_counter()
        while time.perf_counter() < deadline:
            if select.select([self._master], [], [], 0.5)[0]:
                self.cells.feed(self._decode(os.read(self._master, 65536)))
                now = time.perf_counter()
                if holds(self.cells.text()):
                    return now
        raise TimeoutError(self.cells.text())


def first_frame(command: list[str], home: Path) -> float:
    """Seconds from the start until the page stands."""
    with Terminal(*command, home=home) as terminal:
        return (
            terminal.until(lambda screen: "Begin" in screen and "Quit" in screen.replace("Help", "Quit"))
            - terminal.began
        )


def next_questions(kind: str, home: Path, count: int) -> tuple[list[float], list[float]]:
    """Seconds from Enter to the next question, `count` times, on the clock and of a processor; each question is given
    up first."""
    with Terminal(sys.executable, str(HERE / "one_kind.py"), kind, home=home) as terminal:
        terminal.until(lambda screen: "Begin" in screen and "…" not in screen)
        terminal.press(b"q")
        waited, busy = [], []
        for _ in range(count + 1):
            terminal.until(asking)
            terminal.press(b"\x1b[19~")  # F8: don't know
            terminal.until(lambda screen: "Next" in screen.split("\n")[-1])
            time.sleep(0.4)  # the learner reads
            began, worked = time.perf_counter(), terminal.processor()
            terminal.press(b"\r")
            waited.append(terminal.until(asking) - began)
            busy.append(terminal.processor() - worked)
        return waited[1:], busy[1:]  # the first one pays for the widgets' imports and styles


def asking(screen: str) -> bool:
    """A question shows its difficulty in the title, and the keys to answer it."""
    lines = screen.split("\n")
    return "●" in lines[0] and "Submit" in lines[-1]


def main() -> int:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--rounds", type=int, default=15)
    arguments.add_argument("--questions", type=int, default=19)
    arguments.add_argument("--items", type=int, default=100_000)
    options = arguments.parse_args()
    missed = []
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.py"
        bare.write_text(BARE, "utf-8")
        app = [sys.executable, "-m", "tui.start"]
        contestants: dict[str, tuple[list[str], Path]] = {
            "bare Textual": ([sys.executable, str(bare)], Path(folder))
        }
        for items in (10, options.items):
            home = Path(folder) / str(items)
            home.mkdir()
            with contextlib.redirect_stderr(io.StringIO()):
                make(home / "record.db", items, items * 2)
            contestants[f"{items:,} items"] = (app, home)
        taken: dict[str, list[float]] = {name: [] for name in contestants}
        names = list(contestants)
        for number in range(options.rounds + 1):
            for name in names[number % 3 :] + names[: number % 3]:
                seconds = first_frame(*contestants[name])
                if number:  # the first round warms the disk's cache
                    taken[name].append(seconds)
        for name, seconds in taken.items():
            ratio = statistics.median(
                mine / its for mine, its in zip(seconds, taken["bare Textual"], strict=True)
            )
            print(f"first frame, {name:14} {statistics.median(seconds) * 1000:6.0f} ms   {ratio:.2f} x bare")
            if ratio > TIMES_BARE:
                missed.append(f"first frame, {name}")
        measured = [("all", name) for name in names[1:]] + [(kind, names[1]) for kind in KINDS]
        print(f"next question: the target is {NEXT_QUESTION * 1000:.0f} ms")
        for kind, name in measured:
            waited, busy = next_questions(kind, contestants[name][1], options.questions)
            clock, processor = statistics.median(waited), statistics.median(busy)
            print(
                f"  {kind:10} {name:14} clock {clock * 1000:5.1f} ms, worst {max(waited) * 1000:5.1f}"
                f"   processor {processor * 1000:5.1f} ms, worst {max(busy) * 1000:5.1f}"
            )
            if clock > NEXT_QUESTION:
                missed.append(f"next question, {kind}, {name}")
    load, cpus = os.getloadavg()[0], os.cpu_count() or 1
    if load > cpus / 2:
        print(
            f"The machine is busy (load {load:.1f} on {cpus} CPUs): milliseconds say little, ratios something."
        )
    for one in missed:
        print(f"missed: {one}")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
