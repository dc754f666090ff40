"""How long a large bank takes: loading and validating against CSafeLoader's bare parse, and the first question from the cache.

    .venv/bin/python tests/benchmarks/bank.py [--questions 10000] [--cached 100000] [--rounds 3] [--keep FOLDER]

The questions are of all nine kinds, in both languages, 1.5 kB each, a hundred to a file. Both sides parse the same texts in
the same run, in turns, with the garbage collector off. Exits with 1 where a target of the project is missed.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).parents[1]))
from right_answers import SPECIAL, raw_question

from quizbank.loader import load_bank

SIZE = 1500  # bytes of a question in YAML
TO_A_FILE = 100
LOAD_TARGET = 1.5  # times CSafeLoader's bare parse
FIRST_TARGET = 0.030  # seconds
WORDS = [
    "the",
    "gradient",
    "of",
    "a",
    "loss",
    "flows",
    "back",
    "through",
    "every",
    "layer",
    "and",
    "is",
    "scaled",
    "by",
    "what",
    "each",
    "of",
    "them",
    "kept",
]
CHINESE = "损失的梯度沿着网络逐层反向传播，并按各层保存的数值缩放；"


class NoAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def template(kind: str) -> str:
    """A question of this kind as one item of a list, 1.5 kB long, with its id left open."""

    def dumped(length: int) -> str:
        english = " ".join(WORDS[at % len(WORDS)] for at in range(length))
        explanation = {"en": english, "zh": CHINESE * (length // 12)}
        if kind == "numeric":
            explanation = {name: f"<<n>> × <<m>>. {text}" for name, text in explanation.items()}
        question = raw_question(kind, id="ID", explanation=explanation)
        return yaml.dump([question], Dumper=NoAliases, allow_unicode=True, sort_keys=False, width=100)

    length = 0
    while len(dumped(length + 4).encode()) < SIZE:
        length += 4
    return dumped(length)


def write(folder: Path, count: int) -> int:
    """Write `count` questions, a hundred to a file; gives their bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    templates = [template(kind) for kind in SPECIAL]
    total = 0
    for start in range(0, count, TO_A_FILE):
        numbers = range(start, min(start + TO_A_FILE, count))
        items = [
            templates[number % len(templates)].replace("id: ID", f"id: q-{number}") for number in numbers
        ]
        text = "track: bench\nquestions:\n" + "".join(items)
        total += len(text.encode())
        (folder / f"part-{start // TO_A_FILE:05}.yaml").write_text(text, encoding="utf-8")
    return total


def timed(work: Callable[[], Any]) -> float:
    gc.collect()
    gc.disable()
    try:
        began = time.perf_counter()
        work()
        return time.perf_counter() - began
    finally:
        gc.enable()


def loading(folder: Path, rounds: int) -> tuple[float, float]:
    """Seconds of the bare parse and of loading, the best of the rounds."""
    paths = sorted(folder.glob("*.yaml"))

    def bare() -> None:
        for path in paths:
            with open(path, encoding="utf-8") as file:
                yaml.load(file.read(), Loader=yaml.CSafeLoader)

    def ours() -> None:
        load_bank([folder])

    times: dict[Callable[[], None], list[float]] = {bare: [], ours: []}
    for turn in range(rounds):
        for side in (bare, ours) if turn % 2 else (ours, bare):
            times[side].append(timed(side))
    return min(times[bare]), min(times[ours])


def first_question(folder: Path, cache: Path, rounds: int) -> float:
    """Seconds until the first question is there, from a cache that is up to date."""

    def first() -> None:
        bank = load_bank([folder], cache=cache)
        question = bank.questions[next(iter(bank.questions))]
        assert question.explanation.zh

    return min(timed(first) for _ in range(rounds))


def change(folder: Path, cache: Path) -> tuple[float, list[str]]:
    """Seconds to load after one file has changed, and the files that were parsed."""
    from quizbank import loader

    path = sorted(folder.glob("*.yaml"))[3]
    path.write_text(path.read_text("utf-8").replace("difficulty: 2", "difficulty: 3", 1), encoding="utf-8")
    parsed: list[str] = []
    load_file = loader.load_file

    def watched(source: Any, *rest: Any) -> Any:
        parsed.append(source.path.name)
        return load_file(source, *rest)

    loader.load_file = watched  # type: ignore[assignment]
    try:
        return timed(lambda: load_bank([folder], cache=cache)), parsed
    finally:
        loader.load_file = load_file


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--questions", type=int, default=10_000)
    parser.add_argument("--cached", type=int, default=100_000, help="0 leaves the large one out")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="a folder for the files, used again")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found: dict[str, float] = {}
    missed: list[str] = []
    with tempfile.TemporaryDirectory() as temporary:
        root = options.keep or Path(temporary)
        folder = root / f"bank-{options.questions}"
        size = write(folder, options.questions)
        bare, ours = loading(folder, options.rounds)
        found |= {"bytes a question": size / options.questions, "bare parse": bare, "load and validate": ours}
        found["ratio"] = ours / bare
        if ours > LOAD_TARGET * bare:
            missed.append("load and validate")
        for count in filter(None, (options.questions, options.cached)):
            folder, cache = root / f"bank-{count}", root / f"cache-{count}.db"
            if count != options.questions:
                write(folder, count)
            found[f"cache of {count} made"] = timed(lambda: load_bank([folder], cache=cache))  # noqa: B023
            found[f"first of {count}"] = first_question(folder, cache, max(options.rounds, 5))
            found[f"all heads of {count}"] = timed(lambda: len(load_bank([folder], cache=cache).questions))  # noqa: B023
            found[f"one file of {count} changed"], parsed = change(folder, cache)
            if found[f"first of {count}"] > FIRST_TARGET:
                missed.append(f"first of {count}")
            if parsed != ["part-00003.yaml"]:
                missed.append(f"of {count}, {len(parsed)} files were read again, not one")
    if options.json:
        print(json.dumps(found))
    else:
        print(f"{os.cpu_count()} CPUs, Python {sys.version.split()[0]}, PyYAML {yaml.__version__}")
        for name, value in found.items():
            unit = "" if name in ("ratio", "bytes a question") else " s"
            print(f"  {name:32s} {value:10.4f}{unit}")
        print(f"  targets: ratio at most {LOAD_TARGET}, first question within {FIRST_TARGET * 1000:.0f} ms")
    if missed:
        print("missed: " + "; ".join(missed))
    return bool(missed)


if __name__ == "__main__":
    raise SystemExit(main())
