"""The judge's view of the learner's code: `candidate.<entry_point>(…)`, wherever it runs."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any

from drills.comparing import Mismatch
from drills.grading import codec, learner, limits
from drills.grading.report import Verdict
from drills.grading.runner import METER, Nursery, fingerprint, is_rng
from quizbank.models import Text

if TYPE_CHECKING:
    from drills.grading.evidence import Witness


class CandidateError(Exception):
    """The learner's code gave no result; `verdict` says which way."""

    verdict: Verdict = "error"

    def __init__(self, message: Text, shown_traceback: str | None = None) -> None:
        super().__init__(message.en)
        self.message = message
        self.shown_traceback = shown_traceback


class LearnerError(CandidateError):
    """It raised an exception."""

    def __init__(self, described: dict[str, Any]) -> None:
        name, text = described["type"], described["message"]
        shown = f"{name}: {text}" if text else name
        super().__init__(
            Text(en=f"Your code raised {shown}", zh=f"你的代码抛出 {shown}"), described["traceback"]
        )
        self.mro: list[str] = described["mro"]
        if "MemoryError" in self.mro or "DefaultCPUAllocator" in text or text.startswith("[Errno 12]"):
            self.verdict = "out_of_memory"
        elif "PermissionError" in self.mro and text.startswith("[Errno"):  # the kernel's, not their own
            self.verdict = "forbidden"
            self.message = Text(
                en=f"The grader does not let your code do this: {shown}. It may write in its temporary folder only, "
                "read no files but the libraries' own, start no process and open no connection.",
                zh=f"判题器不允许这一操作：{shown}。代码只能在自己的临时文件夹里写入，只能读取库自身的文件，"
                "不能启动进程，也不能建立网络连接。",
            )


class MissingName(CandidateError):
    """The file does not define an entry point."""

    def __init__(self, names: Sequence[str]) -> None:
        listed = ", ".join(names)
        super().__init__(Text(en=f"Your file does not define {listed}.", zh=f"你的文件没有定义 {listed}。"))


class Crash(CandidateError):
    """Its process ended."""

    verdict: Verdict = "crashed"

    def __init__(self, how: str) -> None:
        super().__init__(
            Text(en=f"Your code ended its process ({how}).", zh=f"你的代码终止了所在进程（{how}）。")
        )


class Hang(BaseException):
    """It gave no answer in time; not an Exception, so that hypothesis stops at once."""

    verdict: Verdict = "timeout"

    def __init__(self, seconds: float, shown_traceback: str | None = None) -> None:
        super().__init__(seconds)
        self.message = Text(
            en=f"No answer from your code within {seconds:g} s.", zh=f"你的代码超过 {seconds:g} 秒没有返回。"
        )
        self.shown_traceback = shown_traceback


def mutated(names: Sequence[str]) -> Mismatch:
    listed = ", ".join(names)
    return Mismatch(
        Text(
            en=f"Your code changed its argument {listed} in place.",
            zh=f"你的代码原地修改了参数 {listed}。",
        )
    )


class Candidate:
    """What a check is given. `show(...)` names the inputs that a failure should print."""

    def __init__(self, parameters: dict[str, list[str]]) -> None:
        self._parameters = parameters
        self._shown: dict[str, Any] = {}
        self.witness: Witness | None = None

    def show(self, **inputs: Any) -> None:
        """Print these, and not the last call's arguments, if the check fails from here on."""
        self._shown = inputs

    def inputs(self) -> dict[str, Any]:
        """The inputs to print for a failure."""
        return self._shown

    def _label(self, name: str, args: Sequence[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
        names = self._parameters.get(name, [])
        positional = {
            (names[i] if i < len(names) else f"argument {i + 1}"): value for i, value in enumerate(args)
        }
        return {**positional, **kwargs}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_") or name not in self._parameters:
            raise AttributeError(name)
        function = self._entry_point(name)

        def call(*args: Any, **kwargs: Any) -> Any:
            return self._seen(function(*args, **kwargs), drawn=any(map(is_rng, (*args, *kwargs.values()))))

        return call

    def _seen(self, value: Any, *, drawn: bool = False) -> Any:
        if self.witness is not None:
            self.witness.saw(value, drawn=drawn)
        return value

    def many(self, count: int, name: str, *args: Any, **kwargs: Any) -> list[Any]:
        """The results of `count` calls with the same arguments (a generator goes on)."""
        results: list[Any] = self._seen(self._repeat(count, name, args, kwargs), drawn=True)
        return results

    def peak_memory(self, name: str, *args: Any, **kwargs: Any) -> tuple[Any, int]:
        """One call's result, and the most memory it held at once: bytes that tracemalloc counted in its process."""
        value, peak = self._measure(name, args, kwargs)
        self._seen(value)
        self._seen(float(peak), drawn=True)
        return value, peak

    def _entry_point(self, name: str) -> Callable[..., Any]:
        raise NotImplementedError

    def _repeat(self, count: int, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
        function = self._entry_point(name)
        return [function(*args, **kwargs) for _ in range(count)]

    def _measure(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, int]:
        raise NotImplementedError

    def timed(self) -> AbstractContextManager[None]:
        """A limit on what runs inside, for a candidate whose single calls have none."""
        return nullcontext()

    def close(self) -> None:
        """Let go of what it holds."""


class RemoteCandidate(Candidate):
    """The learner's code in a runner; a dead runner is replaced at the next call."""

    def __init__(
        self, nursery: Nursery, source: str, file_name: str, parameters: dict[str, list[str]], memory: int
    ) -> None:
        super().__init__(parameters)
        self._nursery = nursery
        self._setup = {
            "source": source,
            "file_name": file_name,
            "entry_point": list(parameters),
            "memory": memory,
        }
        self._connection: Any = None
        self._pid = 0

    def start(self) -> None:
        """Start a runner and load the file in it."""
        self._connection, self._pid = self._nursery.runner()
        self._connection.settimeout(limits.CALL_SECONDS)
        codec.send(self._connection, self._setup)
        answer = self._receive({})
        if "fault" in answer:
            raise RuntimeError(answer["fault"])
        if "raised" in answer:
            self.close()
            raise raised(answer["raised"])
        if answer["missing"]:
            self.close()
            raise MissingName(answer["missing"])

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
            self._kill()
            self._nursery.how_it_ended()

    def _kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)

    def _entry_point(self, name: str) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            self._shown = self._label(name, args, kwargs)
            if any(getattr(value, "requires_grad", False) for value in (*args, *kwargs.values())):
                from drills.grading.autograd import call_with_graph

                return call_with_graph(self, name, args, kwargs)
            return self.request(name, args, kwargs)["value"]

        return call

    def _repeat(self, count: int, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
        self._shown = self._label(name, args, kwargs)
        result: list[Any] = self.request(name, args, kwargs, repeat=count)["value"]
        return result

    def _measure(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, int]:
        self._shown = self._label(name, args, kwargs)
        answer = self.request(name, args, kwargs, measure=True)
        return answer["value"], answer["peak"]

    def request(
        self,
        name: str,
        args: Sequence[Any],
        kwargs: dict[str, Any],
        *,
        repeat: int | None = None,
        keep_graph: bool = False,
        measure: bool = False,
    ) -> dict[str, Any]:
        """One call in the runner; random generators among the arguments follow the runner's."""
        message = {
            "name": name,
            "args": tuple(args),
            "kwargs": kwargs,
            "repeat": repeat,
            "keep_graph": keep_graph,
            "measure": measure,
        }
        answer = self._exchange(message)
        given = [*args, *kwargs.values()]
        _follow([*filter(is_rng, given)], answer["rngs"])
        if changed := answer["changed"]:
            names = [*self._label(name, args, {}), *kwargs]
            raise mutated([names[label] if isinstance(label, int) else label for label in changed])
        return answer

    def backward(self, graph: int, grads: list[Any]) -> list[Any]:
        """The gradients of an earlier call's tensor arguments."""
        value: list[Any] = self._exchange({"backward": graph, "grads": grads})["value"]
        return value

    def _exchange(self, message: dict[str, Any]) -> dict[str, Any]:
        if self._connection is None:
            self.start()
        functions = self._send(message)
        answer = self._receive(dict(enumerate(functions)))
        if "raised" in answer:
            raise raised(answer["raised"])
        return answer

    def _send(self, message: dict[str, Any]) -> list[Callable[..., Any]]:
        try:
            return codec.send(self._connection, message)
        except TimeoutError:
            self.close()
            raise Hang(limits.CALL_SECONDS) from None
        except OSError:
            raise self._crash() from None

    def _receive(self, functions: dict[int, Callable[..., Any]]) -> dict[str, Any]:
        """The answer to a call, serving what it asks back on the way."""
        while True:
            try:
                self._wait()
                answer = codec.receive(self._connection)
            except TimeoutError:
                self.close()
                raise Hang(limits.CALL_SECONDS) from None
            except (EOFError, OSError, codec.CodecError):
                raise self._crash() from None
            if not isinstance(answer, dict):
                raise self._crash()
            if "call_back" not in answer:
                return answer
            try:
                value = functions[answer["call_back"]](*answer["args"], **answer["kwargs"])
            except BaseException:
                self.close()  # the runner waits for a value that will not come
                raise
            codec.send(self._connection, {"value": value})

    def _wait(self) -> None:
        """Until the runner answers or has ended; a process that it left behind may hold the connection open."""
        ready, _, _ = select.select([self._connection, self._nursery.channel], [], [], limits.CALL_SECONDS)
        if not ready:
            raise TimeoutError
        if self._connection not in ready:
            raise EOFError("the runner ended")

    def _crash(self) -> Crash:
        self._connection.close()
        self._connection = None
        self._kill()
        return Crash(self._nursery.how_it_ended())


def raised(described: dict[str, Any]) -> CandidateError:
    """What the learner's code raised, as `learner.describe` tells it."""
    if described["exit"]:
        return Crash(f"sys.exit({described['message']})")
    return LearnerError(described)


def _follow(ours: list[Any], theirs: list[Any]) -> None:
    for mine, other in zip(ours, theirs, strict=False):
        if hasattr(mine, "bit_generator"):
            mine.bit_generator.state = other.bit_generator.state
        else:
            mine.set_state(other.get_state())


class LocalCandidate(Candidate):
    """The learner's code in the judge's own process, for drills whose checks must hold an object."""

    def __init__(
        self,
        source: str,
        file_name: str,
        parameters: dict[str, list[str]],
        seconds: float | None = None,
    ) -> None:
        super().__init__(parameters)
        self._file_name, self._seconds = file_name, seconds or limits.EXAMPLE_SECONDS
        try:
            with _alarm(min(self._seconds, limits.CALL_SECONDS), file_name):
                self._module = learner.load(source, file_name)
        except Hang:
            raise
        except BaseException as error:
            raise raised(learner.describe(error, file_name)) from None
        if missing := [name for name in parameters if not callable(getattr(self._module, name, None))]:
            raise MissingName(missing)

    def timed(self) -> AbstractContextManager[None]:
        return _alarm(self._seconds, self._file_name)

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
def _alarm(seconds: float, file_name: str) -> Iterator[None]:
    """Raise Hang when the body takes longer. A loop in C code, which hears no exception, is ended by SIGPROF."""

    def ring(_signal: int, frame: Any) -> None:
        raise Hang(seconds, learner.stack_lines(frame, file_name))

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    signal.setitimer(signal.ITIMER_PROF, seconds + 1)  # CPU time; its default is to end the process
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGALRM, before)
