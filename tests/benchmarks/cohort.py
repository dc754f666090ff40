"""Gradings per second of a class: warm graders on all cores, and Dask, against a pytest process for each file.

    .venv/bin/python tests/benchmarks/cohort.py [--files 200] [--sample 24] [--numpy ID] [--torch ID]
    .venv/bin/python tests/benchmarks/cohort.py --simulate 10000 [--only ID,ID]

The first compares, for a NumPy and a PyTorch drill, what `preptrain grade` does with `--files` submissions (solutions,
alternatives and mutants, each different in its text; mistakes are named too) with `python -m pytest` on each of a sample of the same
files, as many processes at a time as there are cores. Exits with 1 where a target of the project is missed.

The second grades so many submissions of many drills, prints the memory of the process as it goes, and exits with 1
where a verdict is not the one expected.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "drills"))

from classes import hand_in

from drills.catalog import Drill, find_drill, load_catalog
from drills.cohort.cluster import cluster
from drills.cohort.ledger import Ledger
from drills.cohort.outcomes import people
from drills.cohort.running import grade_all, here, identities_of
from drills.cohort.submissions import Submission, find

TARGETS = {"numpy": 3.5, "torch": 8.0}
DASK_WITHIN = 0.10
CORES = os.cpu_count() or 1
SLOW = {"data-parallel"}  # starts processes of its own in every grading
SIMULATED_TRACKS = ("cnn", "decoding", "fundamentals", "rag", "text", "transformer")


def find_in(root: Path, drills: list[str]) -> list[Submission]:
    return find(root, drills, root).submissions


def ours(submissions: list[Submission], drill: Drill, executor: Executor, width: int) -> float:
    """Files per second, by an executor that is warm."""
    with tempfile.TemporaryDirectory() as folder, Ledger(Path(folder) / "ledger.db") as ledger:
        identities = identities_of([drill])
        grade_all(submissions[:CORES], identities, ledger, executor, width)
        began = time.perf_counter()
        faults = grade_all(submissions, identities, ledger, executor, width, regrade=True)
        assert faults == 0
        return len(submissions) / (time.perf_counter() - began)


def by_pytest(submissions: list[Submission], drill: Drill) -> float:
    """Files per second, a process each, as many at a time as there are cores."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--drill", drill.id]

    def one(submission: Submission) -> None:
        subprocess.run(
            [*command, "--solution", str(submission.path)], capture_output=True, check=False, timeout=600
        )

    began = time.perf_counter()
    with ThreadPoolExecutor(CORES) as pool:
        list(pool.map(one, submissions))
    return len(submissions) / (time.perf_counter() - began)


def compare(drill: Drill, files: int, sample: int) -> bool:
    """Two rounds with the order turned; prints a line; returns whether the targets are met."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        root = Path(folder)
        hand_in(root, [drill.id], files)
        submissions = find_in(root, [drill.id])
        local = stack.enter_context(here(CORES))
        dask = stack.enter_context(cluster("local", CORES))
        runs: dict[str, Callable[[], float]] = {
            "local": lambda: ours(submissions, drill, local, 2 * CORES),
            "dask": lambda: ours(submissions, drill, dask.executor, 4 * CORES),
            "pytest": lambda: by_pytest(submissions[:sample], drill),
        }
        rates: dict[str, list[float]] = {name: [] for name in runs}
        for order in (list(runs), list(reversed(runs))):
            for name in order:
                rates[name].append(runs[name]())
    best = {name: max(found) for name, found in rates.items()}
    ratio, behind = best["local"] / best["pytest"], 1 - best["dask"] / best["local"]
    print(
        f"{drill.id:<12} {drill.backend:<6} local {best['local']:6.2f}/s  dask {best['dask']:6.2f}/s ({behind:+.1%} behind)"
        f"  pytest {best['pytest']:5.2f}/s  local / pytest {ratio:5.1f} (target {TARGETS[drill.backend]})"
    )
    return ratio >= TARGETS[drill.backend] and behind <= DASK_WITHIN


def simulate(count: int, only: list[str]) -> bool:
    """A class of `count` submissions; memory is that of this process at its largest so far."""
    drills = {
        name: drill
        for name, drill in load_catalog().items()
        if (name in only)
        or (not only and drill.track in SIMULATED_TRACKS and drill.backend == "numpy" and name not in SLOW)
    }
    with tempfile.TemporaryDirectory() as folder:
        root, results = Path(folder) / "class", Path(folder) / "ledger.db"
        expected = hand_in(root, list(drills), -(-count // len(drills)))
        submissions = find_in(root, list(drills))
        identities = identities_of(drills.values())
        done = 0
        began = time.perf_counter()

        def advance() -> None:
            nonlocal done
            done += 1
            if done % max(1, len(submissions) // 10) == 0:
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                rate = done / (time.perf_counter() - began)
                print(f"{done:>6} of {len(submissions)}  {rate:5.2f}/s  {peak:6.1f} MiB", flush=True)

        with Ledger(results) as ledger, here(CORES) as executor:
            faults = grade_all(submissions, identities, ledger, executor, 2 * CORES, on_done=advance)
            wrong = [
                (person.name, one.submission.drill, one.verdict)
                for person in people(submissions, identities, ledger)
                for one in person.outcomes
                if (one.verdict == "pass") != expected[person.name, one.submission.drill]
            ]
    print(
        f"{len(submissions)} graded, {faults} faults, {len(wrong)} verdicts not as expected",
        *wrong[:20],
        sep="\n",
    )
    return not wrong and not faults


def main() -> Iterator[bool]:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--sample", type=int, default=24)
    parser.add_argument("--numpy", default="attention")
    parser.add_argument("--torch", default="rms-norm")
    parser.add_argument("--simulate", type=int)
    parser.add_argument("--only", default="", help="drills to simulate, with commas between")
    arguments = parser.parse_args()
    if arguments.simulate:
        yield simulate(arguments.simulate, [name for name in arguments.only.split(",") if name])
        return
    for name in (arguments.numpy, arguments.torch):
        yield compare(find_drill(name), arguments.files, arguments.sample)


if __name__ == "__main__":
    sys.exit(0 if all(list(main())) else 1)
