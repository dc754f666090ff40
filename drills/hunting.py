"""Bug hunts: a mutant opened as a drill of its own, a file that looks right with one mistake to find and mend."""

from __future__ import annotations

import hashlib
import io
import tokenize
from collections.abc import Collection, Iterable, Mapping

from drills.catalog import Drill, DrillError, find_drill
from drills.grading.report import Diagnosis, Report
from drills.mutants import Mutant, load_mutants, source_of
from quizbank.models import Language, Text

CODE_LENGTH = 4
"""Letters of a hunt's code: a mistake is never called by its name before it is found."""

TASK = Text(
    en="**Bug hunt.** The file looks right and is not: there is one mistake in it. Find it and mend it, "
    "changing as little as you can. The checks are those of the drill, whose task follows.",
    zh="**找错题。** 这个文件看起来没问题，其实藏着一个错误。找到它并改好，改动越小越好。"
    "判题用的就是原题的检查，原题如下。",
)


class Hunt(Drill):
    """A drill that starts from one of its mutants; graded by the drill's own checks."""

    mutant: Mutant
    code: str

    @property
    def item(self) -> str:
        return f"h:{self.id}/{self.code}"

    @property
    def file_name(self) -> str:
        return f"{self.id.replace('-', '_')}_hunt_{self.code}.py"

    @property
    def starter(self) -> str:
        return without_comments(source_of(self, self.mutant))

    def prompt(self, language: Language) -> str:
        return f"{TASK[language]}\n\n{super().prompt(language)}"


def reveal(drill: Drill, report: Report) -> Report:
    """A hunt's report with the mistake named once it is mended, and not before; another drill's as it is."""
    if not isinstance(drill, Hunt):
        return report
    named = Diagnosis(mutant=f"{drill.id}/{drill.mutant.id}", text=drill.mutant.text)
    return report.model_copy(update={"diagnosis": named if report.passed else None})


def hunts(drill: Drill) -> list[Hunt]:
    """Every mutant of a drill as a hunt, the plainest mistakes first as `mutants.yaml` has them."""
    fields = {name: getattr(drill, name) for name in Drill.model_fields}
    return [
        Hunt(**fields, mutant=mutant, code=code_of(drill.id, mutant.id)) for mutant in load_mutants(drill)
    ]


def find(name: str) -> Drill:
    """A drill by its id, or a hunt by "<drill>/<code>"; DrillError where there is none such."""
    drill_id, slash, code = name.partition("/")
    drill = find_drill(drill_id)
    if not slash:
        return drill
    for hunt in hunts(drill):
        if hunt.code == code:
            return hunt
    raise DrillError(
        f"drill {drill.id} has no hunt {code!r}", f"题目 {drill.id} 没有代号为 {code!r} 的找错题"
    )


def code_of(drill_id: str, mutant_id: str) -> str:
    """A hunt's code: the same for as long as the mutant has its name."""
    return hashlib.sha256(f"{drill_id}/{mutant_id}".encode()).hexdigest()[:CODE_LENGTH]


def choose(
    drills: Iterable[Drill],
    *,
    mistakes: Mapping[str, int],
    mended: Collection[str],
    solved: Collection[str],
) -> Hunt | None:
    """The hunt to go on next, or None when all are mended.

    First the mistakes that the learner made, the most frequent before the others (`mistakes`: "drill/mutant" to how often it
    was diagnosed); then drills that are solved already, since a hunt shows most of a solution; the easier first. `mended`
    holds the items of the hunts done, `solved` the ids of the drills passed.
    """
    open_hunts = [hunt for drill in drills for hunt in hunts(drill) if hunt.item not in mended]
    return min(
        open_hunts,
        key=lambda hunt: (
            -mistakes.get(f"{hunt.id}/{hunt.mutant.id}", 0),
            hunt.id not in solved,
            hunt.difficulty,
        ),
        default=None,
    )


def without_comments(source: str) -> str:
    """A file less its comments and its module's docstring, which may tell of the mistake."""
    lines = source.splitlines(keepends=True)
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    drop: set[int] = set()
    first = next((token for token in tokens if token.type not in (tokenize.COMMENT, tokenize.NL)), None)
    if first is not None and first.type == tokenize.STRING:
        drop.update(range(first.start[0], first.end[0] + 1))
    for token in tokens:
        if token.type == tokenize.COMMENT:
            row, column = token.start
            kept = lines[row - 1][:column].rstrip()
            lines[row - 1] = kept + "\n"
            if not kept:
                drop.add(row)
    return "".join(line for row, line in enumerate(lines, 1) if row not in drop).lstrip("\n")
