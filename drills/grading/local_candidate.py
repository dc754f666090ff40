"""The learner's code in the judge's own process, for drills whose checks must hold its objects."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from drills.comparing import Mismatch
from drills.grading import learner, limits
from drills.grading.candidate import Candidate
from drills.grading.failures import Hang, MissingName, mutated, raised
from drills.grading.runner import METER, fingerprint


class LocalCandidate(Candidate):
    """The learner's code in the judge's own process, for drills whose checks must hold an object."""

    def __init__(
        self,
        source: str,
        file_name: str,
        parameters: dict[str, list[str]],
        cpu_seconds: float | None = None,
        *,
        stage: str | None = None,
    ) -> None:
        """`cpu_seconds`: the limit for an example in processor time, in place of the usual one by the clock."""
        super().__init__(parameters)
        self._file_name, self._cpu_seconds = file_name, cpu_seconds
        self._stage = learner.stage(stage)
        try:
            with _alarm(limits.CALL_SECONDS, file_name, cpu_seconds):
                self._module = learner.load(source, file_name)
        except Hang:
            raise
        except BaseException as error:
            raise raised(learner.describe(error, file_name)) from None
        if missing := [name for name in parameters if not callable(getattr(self._module, name, None))]:
            raise MissingName(missing)

    def timed(self) -> AbstractContextManager[None]:
        return _alarm(limits.EXAMPLE_SECONDS, self._file_name, self._cpu_seconds)

    def _play(self, name: str, args: tuple[Any, ...], within: float | None) -> Any:
        try:
            return self._stage[name](self._module, *args)
        except (Exception, SystemExit) as error:
            raise raised(learner.describe(error, self._file_name)) from error

    def _measure(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, int]:
        self._shown = self._label(name, args, kwargs)
        with METER:
            value = getattr(self._module, name)(*args, **kwargs)
        return value, METER.peak

    def _entry_point(self, name: str) -> Callable[..., Any]:
        target = getattr(self._module, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            self._shown = self._label(name, args, kwargs)
            before = [fingerprint(value) for value in (*args, *kwargs.values())]
            try:
                result = target(*args, **kwargs)
            except Mismatch:
                raise  # by a function of the check's own, among the arguments
            except (Exception, SystemExit) as error:
                raise raised(learner.describe(error, self._file_name)) from error
            after = [fingerprint(value) for value in (*args, *kwargs.values())]
            changed = [label for label, a, b in zip(self._shown, before, after, strict=True) if a != b]
            if changed:
                raise mutated(changed)
            return result

        return call


@contextmanager
def _alarm(seconds: float, file_name: str, cpu_seconds: float | None = None) -> Iterator[None]:
    """Raise Hang when the body takes longer by the clock, or has used more processor time than `cpu_seconds`.

    A loop in C code, which hears no exception, is ended by SIGPROF.
    """
    if not hasattr(signal, "setitimer"):  # Windows: the client ends the whole judge
        yield
        return

    timers = {signal.SIGALRM: (signal.ITIMER_REAL, seconds)}
    if cpu_seconds is not None:
        timers[signal.SIGVTALRM] = signal.ITIMER_VIRTUAL, cpu_seconds

    def ring(number: int, frame: Any) -> None:
        raise Hang(timers[signal.Signals(number)][1], learner.stack_lines(frame, file_name))

    before = {number: signal.signal(number, ring) for number in timers}
    for timer, limit in timers.values():
        signal.setitimer(timer, limit, 0.5)  # again, should something have swallowed the first
    signal.setitimer(signal.ITIMER_PROF, seconds + 1)  # CPU time; its default is to end the process
    try:
        yield
    finally:
        for timer in (signal.ITIMER_PROF, *(timer for timer, _ in timers.values())):
            signal.setitimer(timer, 0)
        for number, handler in before.items():
            signal.signal(number, handler)
