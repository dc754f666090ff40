"""The judge's view of the learner's code: `candidate.<entry_point>(…)`, wherever it runs."""

from __future__ import annotations

import builtins
import select
import signal
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from typing import TYPE_CHECKING, Any

from drills.comparing import Mismatch
from drills.grading import codec, learner, limits, remote
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


@cache
def _raised_like(name: str) -> type[LearnerError]:
    """A LearnerError that is also the built-in exception of this name, for a check that catches that one."""
    builtin = getattr(builtins, name)
    return type("LearnerError", (LearnerError, builtin), {})


_BUILTIN = frozenset(
    """ArithmeticError AssertionError AttributeError IndexError KeyError LookupError MemoryError
    NotImplementedError OverflowError RuntimeError TypeError ValueError ZeroDivisionError""".split()  # noqa: SIM905
)


class MissingName(CandidateError):
    """The file does not define an entry point."""

    def __init__(self, names: Sequence[str]) -> None:
        listed = ", ".join(names)
        super().__init__(Text(en=f"Your file does not define {listed}.", zh=f"你的文件没有定义 {listed}。"))


class NoDevice(Exception):
    """There is no such accelerator here, or PyTorch cannot use it."""

    def __init__(self, device: str, reason: str) -> None:
        super().__init__(f"no device {device} here ({reason})")


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


IN_PLACE = "Your code changed its argument"


def mutated(names: Sequence[str]) -> Mismatch:
    listed = ", ".join(names)
    return Mismatch(
        Text(
            en=f"{IN_PLACE} {listed} in place.",
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
            self.witness.saw(remote.as_seen(value), drawn=drawn)
        return value

    def play(self, name: str, *args: Any, within: float | None = None) -> Any:
        """What a function of the drill's `stage.py` returns, called beside the learner's code with its module first.

        `within`: seconds, where it takes longer than a call may.
        """
        self._shown = self._label(name, args, {})
        return self._seen(self._play(name, args, within))

    def each(self, method: Callable[..., Any], calls: Sequence[Sequence[Any]]) -> list[Any]:
        """The results of several calls of a method of one of the learner's objects."""
        return method.each(calls) if isinstance(method, remote.Method) else [method(*args) for args in calls]

    def reseed(self, seed: int) -> None:
        """Start the generators that the learner's code may draw from anew; those of this process are the caller's."""

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

    def _play(self, name: str, args: tuple[Any, ...], within: float | None) -> Any:
        raise NotImplementedError

    def timed(self) -> AbstractContextManager[None]:
        """A limit on what runs inside, for a candidate whose single calls have none."""
        return nullcontext()

    def close(self) -> None:
        """Let go of what it holds."""


class RemoteCandidate(Candidate):
    """The learner's code in a runner; a dead runner is replaced at the next call."""

    def __init__(
        self,
        nursery: Nursery,
        source: str,
        file_name: str,
        parameters: dict[str, list[str]],
        memory: int,
        *,
        classes: Collection[str] = (),
        stage: str | None = None,
        loopback: bool = False,
        seed: int = 0,
        device: str | None = None,
    ) -> None:
        super().__init__(parameters)
        self._nursery, self._classes = nursery, frozenset(classes)
        self._setup = {
            "source": source,
            "file_name": file_name,
            "entry_point": list(parameters),
            "memory": memory,
            "stage": stage,
            "loopback": loopback,
            "seed": seed,
            "device": device,
        }
        self._connection: Any = None
        self._pid = 0
        self._link = remote.Link(self)
        self._patience: float | None = None  # seconds for a call, where they are not the usual
        self._fresh = True  # the generators in the runner stand where a new runner's do

    def start(self) -> None:
        """Start a runner and load the file in it."""
        self._connection, self._pid = self._nursery.runner()
        late = self._setup["device"] is not None or self._nursery.slow
        self._connection.settimeout(limits.DEVICE_SECONDS if late else limits.CALL_SECONDS)
        codec.send(self._connection, self._setup)
        self._patience = limits.DEVICE_SECONDS if late else None
        answer = self._receive({})
        self._patience = None
        if "no_device" in answer:
            self.close()
            raise NoDevice(str(self._setup["device"]), answer["no_device"])
        if "fault" in answer:
            raise RuntimeError(answer["fault"])
        if "raised" in answer:
            self.close()
            raise raised(answer["raised"])
        if answer["missing"]:
            self.close()
            raise MissingName(answer["missing"])
        self._link, self._fresh = remote.Link(self), True

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
            self._kill()
            self._nursery.how_it_ended()

    def _kill(self) -> None:
        self._nursery.kill(self._pid)

    def reseed(self, seed: int) -> None:
        self._setup["seed"], self._fresh = seed, False

    def _entry_point(self, name: str) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            self._shown = self._label(name, args, kwargs)
            if name in self._classes:
                if self._connection is None:
                    self.start()
                return self._link.call(None, name, [args], kwargs)[0]
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
        self.follow([*args, *kwargs.values()], answer["rngs"])
        if changed := answer["changed"]:
            names = [*self._label(name, args, {}), *kwargs]
            raise mutated([names[label] if isinstance(label, int) else label for label in changed])
        return answer

    def backward(self, graph: int, grads: list[Any]) -> list[Any]:
        """The gradients of an earlier call's tensor arguments."""
        value: list[Any] = self._exchange({"backward": graph, "grads": grads})["value"]
        return value

    def exchange(
        self, message: dict[str, Any], link: remote.Link, learn: Callable[[dict[str, Any]], None]
    ) -> dict[str, Any]:
        """A message about objects of one runner; `learn` is given the answer, even if it tells of an exception."""
        if link is not self._link or self._connection is None:
            raise Crash("the process that held the object has ended")
        answer = self._answer(message)
        learn(answer)
        if "raised" in answer:
            described = answer["raised"]
            likes = [name for name in described["mro"] if name in _BUILTIN]
            if described["exit"] or not likes:
                raise raised(described)
            raise _raised_like(likes[0])(described)
        return answer

    def follow(self, given: Sequence[Any], theirs: Sequence[Any]) -> None:
        """The generators among the arguments go on where the runner's stand."""
        _follow([*filter(is_rng, given)], [*theirs])

    def _play(self, name: str, args: tuple[Any, ...], within: float | None) -> Any:
        self._patience = within
        try:
            return self._exchange({"play": name, "args": args})["value"]
        finally:
            self._patience = None

    def _exchange(self, message: dict[str, Any]) -> dict[str, Any]:
        if self._connection is None:
            self.start()
        answer = self._answer(message)
        if "raised" in answer:
            raise raised(answer["raised"])
        return answer

    def _answer(self, message: dict[str, Any]) -> dict[str, Any]:
        if not self._fresh:
            message, self._fresh = {**message, "seed": self._setup["seed"]}, True
        return self._receive(dict(enumerate(self._send(message))))

    def _send(self, message: dict[str, Any]) -> list[Callable[..., Any]]:
        try:
            return codec.send(self._connection, message, self._link.reference)
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
        seconds = self._patience or limits.CALL_SECONDS
        ready, _, _ = select.select([self._connection, self._nursery.channel], [], [], seconds)
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
        *,
        stage: str | None = None,
    ) -> None:
        super().__init__(parameters)
        self._file_name, self._seconds = file_name, seconds or limits.EXAMPLE_SECONDS
        self._stage = learner.stage(stage)
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
def _alarm(seconds: float, file_name: str) -> Iterator[None]:
    """Raise Hang when the body takes longer. A loop in C code, which hears no exception, is ended by SIGPROF."""

    if not hasattr(signal, "setitimer"):  # Windows: the client ends the whole judge
        yield
        return

    def ring(_signal: int, frame: Any) -> None:
        raise Hang(seconds, learner.stack_lines(frame, file_name))

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.5)  # again, should something have swallowed the first
    signal.setitimer(signal.ITIMER_PROF, seconds + 1)  # CPU time; its default is to end the process
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGALRM, before)
