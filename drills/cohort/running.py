"""Grading many files: by graders of this process, or by whatever workers an executor has."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import cache
from itertools import islice
from typing import NamedTuple

from drills.catalog import Drill, find_drill
from drills.cohort.identity import Identity, Key, identify, key_of
from drills.cohort.ledger import Ledger
from drills.cohort.submissions import Submission, SubmissionError
from drills.grading.client import Grader
from drills.grading.report import Failure, Report
from quizbank.errors import PlainError
from quizbank.models import Text

TRIES = 3
"""How often a job is handed out again whose worker was lost."""


class OtherGrader(PlainError):
    """A worker that would grade by another version of the drill or the grader."""

    def __init__(self, drill: str) -> None:
        super().__init__(
            f"a worker has another version of the grader, its libraries or the drill {drill}; install the same there",
            f"有工作节点的判题器、依赖库或题目 {drill} 版本不同；请在各节点安装相同版本",
        )
        self.drill = drill

    def __reduce__(self) -> tuple[type[OtherGrader], tuple[str]]:
        return OtherGrader, (self.drill,)  # how it is made again at the other end of a connection


class Job(NamedTuple):
    """A file to grade, as plain data that travels to a worker."""

    drill: str
    source: str
    key: Key


# In a worker ------------------------------------------------------------------------------------------

_own = threading.local()
_graders: list[Grader] = []
_known = cache(find_drill)
_identity = cache(lambda drill: identify(_known(drill)))


def grade_job(job: Job) -> str:
    """The report as JSON, by the warm grader of this thread. Raises OtherGrader."""
    if _identity(job.drill) != Identity(job.key.drill, job.key.grader):
        raise OtherGrader(job.drill)
    if not hasattr(_own, "grader"):
        _own.grader = Grader()
        _graders.append(_own.grader)
    report: Report = _own.grader.grade(_known(job.drill), job.source)
    return report.model_dump_json()


# Where the jobs come from -----------------------------------------------------------------------------


@contextmanager
def here(graders: int) -> Iterator[Executor]:
    """So many warm graders on this machine, ended with all that they started."""
    executor = ThreadPoolExecutor(graders, thread_name_prefix="grader")
    try:
        yield executor
    finally:
        executor.shutdown(wait=False, cancel_futures=True)
        while _graders:
            _graders.pop().close()
        executor.shutdown()
        for memory in (_known, _identity):  # the next run reads the drills again
            memory.cache_clear()


def grade_all(
    submissions: Iterable[Submission],
    identities: Mapping[str, Identity],
    ledger: Ledger,
    executor: Executor,
    width: int,
    *,
    regrade: bool = False,
    on_done: Callable[[], None] = lambda: None,
) -> int:
    """Grade what has no verdict in the ledger (with `regrade`, everything) and file each verdict as it comes.

    `width` jobs are out at a time. `on_done` is called for each submission. Returns how many could not be graded,
    because the grader failed on them; those are not filed. Raises OtherGrader, LedgerError.
    """
    handed_out: set[Key] = set()

    def jobs() -> Iterator[Job]:
        for submission in submissions:
            try:
                source = submission.read()
            except SubmissionError:
                on_done()  # the results say what is wrong with it
                continue
            key = key_of(source, identities[submission.drill])
            if key in handed_out or (not regrade and ledger.get(key) is not None):
                on_done()
                continue
            handed_out.add(key)
            yield Job(submission.drill, source, key)

    faults = 0
    for job, report in _results(jobs(), executor, width):
        if report.verdict == "grader_fault":
            faults += 1
        else:
            ledger.put(job.key, report)
        on_done()
    return faults


def _results(jobs: Iterator[Job], executor: Executor, width: int) -> Iterator[tuple[Job, Report]]:
    """As they are ready; a job whose worker was lost is handed out again."""
    out: dict[Future[str], tuple[Job, int]] = {}
    while True:
        for job in islice(jobs, width - len(out)):
            out[executor.submit(grade_job, job)] = (job, 1)
        if not out:
            return
        done, _ = wait(out, return_when=FIRST_COMPLETED)
        for future in done:
            job, tries = out.pop(future)
            try:
                yield job, Report.model_validate_json(future.result())
            except PlainError:
                raise
            except Exception as error:
                if tries < TRIES:
                    out[executor.submit(grade_job, job)] = (job, tries + 1)
                else:
                    yield job, _lost(job, error)


def _lost(job: Job, error: Exception) -> Report:
    said = f"{type(error).__name__}: {error}"
    message = Text(en=f"{TRIES} workers were lost: {said}", zh=f"已丢失 {TRIES} 个工作节点：{said}")
    return Report(drill=job.drill, verdict="grader_fault", failure=Failure(message=message))


def identities_of(drills: Iterable[Drill]) -> dict[str, Identity]:
    return {drill.id: identify(drill) for drill in drills}
