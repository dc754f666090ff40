"""A record the size of a lifetime against the real Anki backend, in one run.

    .venv/bin/python tests/benchmarks/record.py [--items 100000] [--reviews 1000000] [--anki PYTHON] [--keep FOLDER]

Opening, the next card with an answer and its commit, the statistics of a year, and the memory of the process. Both
sides get the same reviews (`lifetime.py`); each is measured in a process of its own, and opening also on an empty
record, which shows that it does not grow. Without --anki a virtual environment is made for it (pip install anki).
Exits with 1 where a target of the project is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lifetime import SITTING, items, peak_memory

from quizbank.entries import EPOCH, MILLISECOND, Entry, uuid7
from quizbank.insights import insights
from quizbank.record import Record, new_entry
from quizbank.scheduling import is_due, learner_day
from quizbank.sessions import Candidate
from quizbank.statistics import glance, summary

ANKI = "anki==26.9.3"
HERE = Path(__file__).parent
TARGETS = {"statistics": 20.0, "answer": 1.0, "open": 1.0, "memory": 1.0}  # at least so many times better


def make(path: Path, count: int, reviews: int) -> None:
    """Write the record; by merging, as a log from another machine is taken in."""
    until = round(time.time() * 1000)

    def log() -> list[Entry]:
        found = []
        for number, history in items(count, reviews, until):
            for one in history:
                at = EPOCH + one.at * MILLISECOND
                found.append(
                    Entry(
                        id=uuid7(at), at=at, offset_minutes=480, item=f"q:{number}", rev=1,
                        score=float(one.rating > 1), correct=one.rating > 1, rating=one.rating,
                        confidence=1 + number % 3, seconds=one.milliseconds / 1000, seed=number,
                        detail={"answer": number % 4}, seq=one.at,
                    )
                )  # fmt: skip
        return found

    began = time.perf_counter()
    with Record.open(path) as record:
        taken = record.merge(log())
    print(f"  made: {taken} rows merged and derived in {time.perf_counter() - began:.0f} s", file=sys.stderr)


def timed(work: Callable[[], Any], rounds: int = 1) -> tuple[float, Any]:
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - began)
    return statistics.median(times), result


def ours(path: Path, count: int) -> dict[str, float]:
    """The measurements on an existing record; run in a process of its own."""
    Record.open(path).close()
    opened, record = timed(lambda: Record.open(path))
    now = datetime.now(UTC).astimezone()
    import fsrs  # noqa: F401 (an import is not an answer)

    first, _ = timed(lambda: glance(record, now))
    queue: list[str] = []

    def answer() -> None:
        if not queue:
            today = learner_day(now)
            queue.extend(item for item, card in record.cards().items() if is_due(card, today))
        record.append(
            new_entry(queue.pop(), rev=1, score=1, rating=3, seconds=20, now=now, detail={"answer": 1})
        )

    answer()  # reads the queue, as a sitting does at its start
    one, _ = timed(answer, SITTING)
    days, _ = timed(
        lambda: (record.days(), record.tallies("age"), record.tallies("sure"), record.mistakes()), 5
    )
    memory = peak_memory()
    candidates = [Candidate(f"q:{number}", "cnn", (f"topic-{number % 60}",)) for number in range(count)]
    whole, _ = timed(lambda: (summary(record, candidates, now), insights(record, candidates, now)))
    return {
        "open": opened, "first": first, "answer": one, "statistics": days, "all pages": whole, "memory": memory
    }  # fmt: skip


def in_process(*arguments: object, python: str = sys.executable) -> dict[str, float]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(HERE), str(HERE.parents[1])))}
    done = subprocess.run(
        [python, *map(str, arguments)], env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def _medians(runs: list[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def anki_python(folder: Path) -> str:
    venv.create(folder / "anki", with_pip=True)
    python = str(folder / "anki/bin/python")
    subprocess.run([python, "-m", "pip", "install", "-q", ANKI], check=True)
    return python


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--reviews", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3, help="each side is run so often, in turns")
    parser.add_argument("--anki", help="a Python that has Anki")
    parser.add_argument("--keep", type=Path, help="a folder for the data, used again")
    parser.add_argument("--ours", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.ours:
        print(json.dumps(ours(options.ours, options.items)))
        return 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(exist_ok=True)
        python = options.anki or anki_python(folder)
        path = folder / "record.db"
        if not path.exists():
            make(path, options.items, options.reviews)
        empty = folder / "empty.db"
        Record.open(empty).close()
        sides: dict[str, list[dict[str, float]]] = {"Anki": [], "ours": []}
        for turn in range(options.rounds):
            for name in sorted(sides, reverse=bool(turn % 2)):
                os.sync()  # what the other side left unwritten is not this side's to flush
                if name == "Anki":
                    arguments = (HERE / "record_in_anki.py", folder, options.items, options.reviews)
                    sides[name].append(in_process(*arguments, python=python))
                else:
                    sides[name].append(in_process(__file__, "--ours", path, "--items", options.items))
        there, here = (_medians(sides[name]) for name in ("Anki", "ours"))
        start, _ = timed(lambda: Record.open(empty).close(), 9)
        full, _ = timed(lambda: Record.open(path).close(), 9)
    print(
        f"{options.items} items, {there['reviews']} reviews; {ANKI} (its synchronous: {there['synchronous']}, ours: FULL)"
    )
    missed = []
    for name in ("open", "answer", "statistics", "memory"):
        ratio = there[name] / here[name]
        unit, scale = ("MB", 1e-6) if name == "memory" else ("ms", 1e3)
        print(
            f"{name:12s} ours {here[name] * scale:9.2f} {unit}   Anki {there[name] * scale:9.2f} {unit}   ratio {ratio:8.1f}"
        )
        if ratio < TARGETS[name]:
            missed.append(name)
    print(
        f"what is due: ours {here['first'] * 1e3:.0f} ms, Anki's queue {there['first'] * 1e3:.0f} ms; every page's, over all items {here['all pages'] * 1e3:.0f} ms"
    )
    print(f"opening and closing, full over empty: {full / start:.2f}")
    if missed:
        print("missed: " + ", ".join(missed))
    return bool(missed)


if __name__ == "__main__":
    raise SystemExit(main())
