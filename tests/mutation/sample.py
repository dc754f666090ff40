"""How many of a mutation tool's mutants the checks reject, on a sample of drills: Cosmic Ray's operators on `solution.py`.

    python tests/mutation/sample.py [ID…] [--most 40]        (needs cosmic-ray and parso: pip install cosmic-ray)

`mutants.yaml` holds mistakes that people make; these are mistakes that nobody thought of. Each changed solution is graded as
a learner's file would be. One that passes is either the same function, and then `equivalent.yaml` beside this file says why,
or a hole in the checks. Exits with 1 where one passes that is not listed.
"""

from __future__ import annotations

import argparse
import difflib
import random
from collections.abc import Iterator
from pathlib import Path

import yaml
from cosmic_ray.ast import get_ast
from cosmic_ray.mutating import MutationVisitor
from cosmic_ray.operators.provider import OperatorProvider

from drills.catalog import Drill, find_drill
from drills.grading.client import Grader

DRILLS = [
    "attention", "softmax", "layer-norm-backward", "max-pool-backward", "top-p", "nf4", "rms-norm", "lora-linear",
]  # fmt: skip
EQUIVALENT = Path(__file__).with_name("equivalent.yaml")
_NEED_A_NAME = ("VariableReplacer", "VariableInserter")


def mutants_of(source: str) -> Iterator[str]:
    """Every file that one operator makes of one place, once."""
    provider, seen = OperatorProvider(), {source}
    for name in provider:
        if name in _NEED_A_NAME:
            continue
        for occurrence in range(10_000):
            visitor = MutationVisitor(occurrence, provider[name]())
            made = visitor.walk(get_ast(source)).get_code()
            if not visitor.mutation_applied:
                break
            if made not in seen and _compiles(made):
                seen.add(made)
                yield made


def _compiles(source: str) -> bool:
    try:
        compile(source, "mutant", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def change(before: str, after: str) -> str:
    """The changed lines: "- old + new"."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return " ".join(
        f"{line[0]} {line[1:].strip()}"
        for line in lines
        if line[0] in "+-" and line[:3] not in ("+++", "---")
    )


def survivors(drill: Drill, grader: Grader, most: int) -> tuple[int, list[str]]:
    """How many mutants of a seeded sample were graded, and the changes that passed."""
    made = sorted(mutants_of(drill.solution))
    random.Random(0).shuffle(made)
    graded, passed = 0, []
    for source in made[:most]:
        report = grader.grade(drill, source)
        if report.failure is not None and report.failure.check is None:
            continue  # it does not load, or is against the drill's rules: no check has seen it
        if report.verdict == "grader_fault":
            raise SystemExit(f"{drill.id}: {report.failure}")
        graded += 1
        if report.passed:
            passed.append(change(drill.solution, source))
    return graded, passed


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("drills", nargs="*", default=DRILLS)
    parser.add_argument("--most", type=int, default=40, help="mutants a drill")
    chosen = parser.parse_args()
    known = yaml.safe_load(EQUIVALENT.read_text("utf-8")) if EQUIVALENT.exists() else {}
    total = killed = same = 0
    holes = []
    with Grader(diagnosis_seconds=0) as grader:
        for drill in map(find_drill, chosen.drills):
            graded, passed = survivors(drill, grader, chosen.most)
            new = [line for line in passed if line not in (known.get(drill.id) or {})]
            holes += [f"{drill.id}: {line}" for line in new]
            total, killed, same = total + graded, killed + graded - len(passed), same + len(passed) - len(new)
            print(
                f"{drill.id:24} {graded - len(passed):3} of {graded:3} killed, {len(passed) - len(new)} equivalent",
                flush=True,
            )
            for line in new:
                print(f"    passed: {line}", flush=True)
    print(
        f"{killed} of {total} killed ({killed / max(total, 1):.1%}), {same} equivalent, {len(holes)} unexplained"
    )
    return 1 if holes else 0


if __name__ == "__main__":
    raise SystemExit(main())
