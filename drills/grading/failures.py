"""How the learner's code can fail a call, as the judge sees it."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from functools import cache
from typing import Any

from drills.comparing import Mismatch
from drills.grading.report import Verdict
from quizbank.models import Text


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


def raised(described: dict[str, Any]) -> CandidateError:
    """What the learner's code raised, as `learner.describe` tells it."""
    if described["exit"]:
        return Crash(f"sys.exit({described['message']})")
    return LearnerError(described)


_BUILTIN = frozenset(
    """ArithmeticError AssertionError AttributeError IndexError KeyError LookupError MemoryError
    NotImplementedError OverflowError RuntimeError TypeError ValueError ZeroDivisionError""".split()  # noqa: SIM905
)


def raised_by_object(described: dict[str, Any]) -> CandidateError:
    """The same, as an exception that is also the built-in one, for a check that catches that one."""
    like = next((name for name in described["mro"] if name in _BUILTIN), None)
    return raised(described) if described["exit"] or like is None else _raised_like(like)(described)


@cache
def _raised_like(name: str) -> type[LearnerError]:
    return type("LearnerError", (LearnerError, getattr(builtins, name)), {})
