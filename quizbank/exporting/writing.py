"""Where an export goes: a file that is whole or not there, or standard output."""

from __future__ import annotations

import errno
import os
import secrets
import stat
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol, TextIO

from quizbank.errors import PlainError, reason
from quizbank.sessions import AnyBank, AnyDrill, Candidate, candidates


class ExportError(PlainError):
    """The export cannot be written; what was there is as it was."""


class Options(NamedTuple):
    """What the writers need beside the record."""

    bank: AnyBank | None
    now: datetime
    excel: bool
    drills: Sequence[AnyDrill] = ()

    def items(self) -> list[Candidate]:
        """All that can be asked: the bank's questions and the drills."""
        return candidates(self.bank, self.drills) if self.bank is not None else []


class Out(Protocol):
    """What a writer writes to: text, without translation of line ends, or bytes."""

    def write(self, text: str, /) -> object: ...

    def write_bytes(self, data: bytes, /) -> object: ...


class _Utf8:
    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw

    def write(self, text: str) -> None:
        self._raw.write(text.encode("utf-8", "replace"))

    def write_bytes(self, data: bytes) -> None:
        if self._raw.isatty():
            raise ExportError(
                "this format is no text; name a file with -o", "此格式不是文本；请用 -o 指定文件"
            )
        self._raw.write(data)


class _TextOnly:
    """Standard output that has been replaced by something that takes no bytes."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        self._stream.write(text)

    def write_bytes(self, data: bytes) -> None:
        raise ExportError("this format is no text; name a file with -o", "此格式不是文本；请用 -o 指定文件")


def to_file(out: Path, write: Callable[[Out], None], force: bool) -> None:
    """Write beside `out`, bring it to the disk, then move it into place in one step."""
    try:
        target = _target(out, force)
        partial = target.with_name(f".preptrain-{secrets.token_hex(8)}.part")
        try:
            _write_whole(partial, write, like=target)
            _target(out, force)  # made by another program in the meantime?
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        en, zh = reason(error)
        raise ExportError(
            f"cannot write {out}: {en}. Nothing was changed there.",
            f"无法写入 {out}：{zh}。那里没有任何改动。",
        ) from error
    _sync_folder(target.parent)


def _target(out: Path, force: bool) -> Path:
    """The file to put in place: behind a symbolic link, the file that it names."""
    try:
        mode = out.stat().st_mode
    except FileNotFoundError:
        if not out.parent.is_dir():
            raise ExportError(
                f"cannot write {out}: the folder {out.parent} does not exist",
                f"无法写入 {out}：文件夹 {out.parent} 不存在",
            ) from None
        return Path(os.path.realpath(out))
    if stat.S_ISDIR(mode):
        raise ExportError(
            f"{out} is a folder; give the name of a file in it", f"{out} 是文件夹；请给出其中的文件名"
        )
    if not stat.S_ISREG(mode):  # moving a file over /dev/null would replace the device
        raise ExportError(
            f"{out} is no ordinary file; to write to standard output, name no file",
            f"{out} 不是普通文件；要写到标准输出，请不要指定文件",
        )
    if not force:
        raise ExportError(
            f"{out} exists already; to replace it, add --force", f"{out} 已存在；要覆盖它，请加上 --force"
        )
    return Path(os.path.realpath(out))


def _write_whole(partial: Path, write: Callable[[Out], None], like: Path) -> None:
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    file = os.fdopen(descriptor, "wb")
    try:
        with suppress(FileNotFoundError):
            partial.chmod(stat.S_IMODE(like.stat().st_mode))
        write(_Utf8(file))
        file.flush()
        os.fsync(file.fileno())
    except BaseException:
        with suppress(OSError):  # closing tries to write what is left, and fails for the same reason
            file.close()
        raise
    file.close()


def _sync_folder(folder: Path) -> None:
    """The new name is on the disk too; not every system lets a folder be opened."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def to_stdout(write: Callable[[Out], None]) -> None:
    """Write UTF-8 to standard output whatever its encoding; a reader that went away is no error."""
    raw = getattr(sys.stdout, "buffer", None)
    try:
        sys.stdout.flush()
        write(_TextOnly(sys.stdout) if raw is None else _Utf8(raw))
        sys.stdout.flush()
    except OSError as error:
        _abandon_stdout()
        if isinstance(error, BrokenPipeError) or error.errno == errno.EPIPE:
            return
        en, zh = reason(error)
        raise ExportError(f"cannot write to standard output: {en}", f"无法写到标准输出：{zh}") from error


def _abandon_stdout() -> None:
    """What is still buffered goes nowhere, or Python would complain about it again on exit."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, sys.stdout.fileno())
        finally:
            os.close(nowhere)
