"""The learner's code in another process: calls, generators and callbacks go through a connection."""

from __future__ import annotations

import select
from collections.abc import Callable, Collection, Sequence
from typing import Any

from drills.grading import codec, limits, remote
from drills.grading.candidate import Candidate
from drills.grading.failures import Crash, Hang, MissingName, NoDevice, mutated, raised, raised_by_object
from drills.grading.runner import Nursery, is_rng


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
            self._nursery.end(self._pid)

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
            raise raised_by_object(answer["raised"])
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
        clock = limits.Patience(self._pid, seconds)
        ready: list[Any] = []
        while not ready:
            if (left := clock.left()) <= 0:
                raise TimeoutError
            ready, _, _ = select.select([self._connection, self._nursery.channel], [], [], left)
        if self._connection not in ready:
            raise EOFError("the runner ended")

    def _crash(self) -> Crash:
        self._connection.close()
        self._connection = None
        return Crash(self._nursery.how_it_ended(self._pid))


def _follow(ours: list[Any], theirs: list[Any]) -> None:
    for mine, other in zip(ours, theirs, strict=False):
        if hasattr(mine, "bit_generator"):
            mine.bit_generator.state = other.bit_generator.state
        else:
            mine.set_state(other.get_state())
