"""Takes from a process, for good, what a learner's code has no need of: Landlock for files, seccomp for the rest.

It guards against accidents and cheap tricks. A kernel that lacks a part gives less, and `probe` says what.
"""

from __future__ import annotations

import ctypes
import json
import os
import platform
import shutil
import site
import struct
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from drills.grading import filtering
from quizbank.models import Text

Level = Literal["full", "partial", "none"]
PROBLEMS = Path(__file__).parents[1] / "problems"
"""What the code must not read: prompts, checks, solutions."""

# include/uapi/linux/landlock.h
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _TRUNCATE, _IOCTL_DEV = 1, 2, 4, 8, 1 << 14, 1 << 15
_ON_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
_NET = 3  # bind and connect by TCP, from the fourth version of the interface
_SCOPES = 3  # abstract sockets and signals to processes outside, from the sixth
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # alike on every architecture

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP = 38, 22


@dataclass(frozen=True)
class Protection:
    """What the kernel does for us here, found by trying it."""

    level: Level
    landlock: int | None
    """The version of Landlock's interface."""
    seccomp: bool
    reasons: tuple[Text, ...] = ()
    """Why it is not full."""


def enter(folder: Path, *, loopback: bool = False, accelerator: bool = False) -> None:
    """Restrict this process, which must have one thread, and all that it starts.

    It may write in `folder` only, and read the libraries; it has no network, and starts and signals no
    process. With `loopback`, processes and sockets stay: for checks that let processes talk to each other. With
    `accelerator`, it may use the device files of one.
    """
    if sys.platform != "linux":
        return
    if (abi := landlock_version()) is not None:
        _restrict_files(folder, abi, loopback, accelerator)
    if seccomp_available():
        _filter_calls(loopback)


@contextmanager
def scratch() -> Iterator[Path]:
    """A new folder for one attempt, removed afterwards with all that is in it."""
    folder = Path(tempfile.mkdtemp(prefix="preptrain-")).resolve()
    try:
        yield folder
    finally:
        with suppress(OSError, RecursionError):
            shutil.rmtree(folder, onerror=_unlock)


def _unlock(remove: Callable[..., object], path: str, _error: object) -> None:
    """A folder that its maker left without rights: take them and go on."""
    os.chmod(path, 0o700)
    if remove in (os.unlink, os.rmdir):
        remove(path)
    else:
        shutil.rmtree(path, ignore_errors=True)


def settle(folder: Path) -> None:
    """Make `folder` the one that this process works in and keeps temporary files in."""
    os.chdir(folder)
    os.environ["TMPDIR"] = str(folder)
    tempfile.tempdir = None


def landlock_version() -> int | None:
    """The version of Landlock's interface, or None where the kernel has none."""
    if sys.platform != "linux":
        return None
    version = _syscall(_CREATE_RULESET, None, 0, 1)
    return version if version > 0 else None


def seccomp_available() -> bool:
    """Whether the kernel takes filters, and we know the numbers of its calls."""
    if sys.platform != "linux" or platform.machine() not in filtering.MACHINES:
        return False
    _libc().prctl(_PR_SET_SECCOMP, ctypes.c_ulong(2), None, 0, 0)
    return ctypes.get_errno() == 14  # EFAULT: it knows the mode and wants the filter


@cache
def libraries() -> tuple[Path, ...]:
    """Where the libraries lie, which may still read their own files when they are used."""
    paths = sysconfig.get_paths()
    roots = [sys.prefix, sys.base_prefix, *site.getsitepackages(), site.getusersitepackages()]
    roots += [paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    roots += [str(PROBLEMS.parent), str(PROBLEMS.parents[1] / "quizbank"), "/usr", "/lib", "/lib64"]
    found = {Path(root).resolve() for root in roots if os.path.exists(root)}
    return tuple(path for path in sorted(found) if not any(map(path.is_relative_to, found - {path})))


@cache
def readable() -> tuple[Path, ...]:
    """All of the libraries but the drills."""
    return tuple(part for root in libraries() for part in around(root, PROBLEMS.resolve()))


def around(root: Path, hole: Path) -> Iterator[Path]:
    """The largest hierarchies below `root` that together hold all of it but `hole`: Landlock can only allow."""
    if not hole.is_relative_to(root):
        yield root
    elif hole != root:
        for child in root.iterdir():
            if not (child.is_symlink() and hole.is_relative_to(child.resolve())):
                yield from around(child, hole)


_SYSTEM = (
    "/etc/ld.so.cache", "/etc/localtime", "/etc/passwd", "/proc/self", "/proc/cpuinfo", "/proc/meminfo",
    "/proc/stat", "/proc/sys/vm", "/proc/sys/kernel", "/sys/devices/system",
)  # fmt: skip
_DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom", "/dev/full")
_DRIVERS = (
    "/proc/driver",
    "/proc/devices",
    "/proc/modules",
    "/sys/devices",
    "/sys/bus/pci",
    "/sys/class",
    "/sys/module",
)
_SEMAPHORES = ("/dev/shm",)  # those of multiprocessing
_PEERS = ("/proc", "/sys/devices", "/sys/bus/pci/devices", "/sys/class/net")  # gloo looks for network cards


def accelerators() -> tuple[str, ...]:
    """The device files of the accelerators that this machine has."""
    return tuple(str(path) for pattern in ("nvidia*", "dri", "kfd") for path in Path("/dev").glob(pattern))


def _restrict_files(folder: Path, abi: int, loopback: bool, accelerator: bool) -> None:
    rights = _RIGHTS[min(abi, 5)]
    net = 0 if loopback or abi < 4 else _NET
    scopes = 0 if abi < 6 else _SCOPES & ~loopback
    attributes = struct.pack("QQQ", rights, net, scopes)[: 8 if abi < 4 else 16 if abi < 6 else 24]
    ruleset = _checked(_syscall(_CREATE_RULESET, attributes, len(attributes), 0), "landlock_create_ruleset")
    read = _READ_FILE | _READ_DIR | (_EXECUTE if loopback else 0)
    allowed: list[tuple[int, tuple[Path | str, ...]]] = [
        (read, readable()),
        (_READ_DIR, libraries()),  # the import system lists the folders of its path, the drills among them
        (read, (*_SYSTEM, *_PEERS) if loopback else _SYSTEM),
        (_READ_FILE | _WRITE_FILE | _TRUNCATE | _IOCTL_DEV, _DEVICES),
        (_READ_FILE | _READ_DIR | _WRITE_FILE | _IOCTL_DEV, accelerators() if accelerator else ()),
        (read, _DRIVERS if accelerator else ()),
        (rights & ~_EXECUTE, (folder, *_SEMAPHORES) if loopback else (folder,)),
    ]
    try:
        for right, paths in allowed:
            for path in paths:
                _allow(ruleset, path, right & rights)
        _no_new_privileges()
        _checked(_syscall(_RESTRICT_SELF, ruleset, 0), "landlock_restrict_self")
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str | Path, rights: int) -> None:
    """Allow a hierarchy, if it is there."""
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not os.path.isdir(path):
            rights &= _ON_FILES
        if rights:
            beneath = struct.pack("=Qi", rights, handle)
            _checked(_syscall(_ADD_RULE, ruleset, 1, beneath, 0), f"landlock_add_rule {path}")
    finally:
        os.close(handle)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def _filter_calls(loopback: bool) -> None:
    code = filtering.program(platform.machine(), os.getpid(), loopback=loopback)
    program = _Program(len(code) // 8, code)
    _no_new_privileges()
    done = _libc().prctl(_PR_SET_SECCOMP, ctypes.c_ulong(2), ctypes.byref(program), 0, 0)
    _checked(done, "seccomp")


def _no_new_privileges() -> None:
    _checked(_libc().prctl(_PR_SET_NO_NEW_PRIVS, ctypes.c_ulong(1), 0, 0, 0), "no_new_privs")


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _syscall(number: int, *arguments: int | bytes | None) -> int:
    given = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    return int(_libc().syscall(ctypes.c_long(number), *given))


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


# Probing ----------------------------------------------------------------------------------------------


def probe() -> Protection:
    """Enter the sandbox in a forked child and try what it must refuse. Call it while there is one thread."""
    if not hasattr(os, "fork"):
        return judge_findings(None, False, {})
    with scratch() as folder:
        receiving, sending = os.pipe()
        pid = os.fork()
        if pid == 0:
            with suppress(BaseException):
                os.write(sending, json.dumps(_try_all(folder)).encode())
            os._exit(0)
        os.close(sending)
        with open(receiving, "rb") as pipe:
            told = pipe.read()
        os.waitpid(pid, 0)
    return judge_findings(landlock_version(), seccomp_available(), json.loads(told or "{}"))


def _try_all(folder: Path) -> dict[str, bool]:
    """Which of the things that must be refused were refused, in this process, which is lost by it."""
    import socket

    outside = folder.parent / f"{folder.name}-outside"
    secret = next(PROBLEMS.glob("*/*/drill.yaml"))
    enter(folder)
    (folder / "inside").write_text("may be written")

    def fork() -> None:
        if os.fork() == 0:
            os._exit(0)
        os.wait()

    found = {
        "write": _refused(lambda: outside.write_text("")),
        "read": _refused(secret.read_text),
        "socket": _refused(lambda: socket.socket().close()),
        "fork": _refused(fork),
        "chmod": _refused(lambda: folder.chmod(0o700)),
    }
    outside.unlink(missing_ok=True)
    return found


def _refused(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except PermissionError:
        return True
    return False


_WITHOUT = {
    "write": Text(
        en="Code under test can write outside its own folder",
        zh="被测代码可以在自己的文件夹之外写入文件",
    ),
    "read": Text(
        en="Code under test can read the drills' solutions and your files",
        zh="被测代码可以读取题解和你的文件",
    ),
    "socket": Text(en="Code under test can use the network", zh="被测代码可以访问网络"),
    "fork": Text(en="Code under test can start processes", zh="被测代码可以启动进程"),
    "chmod": Text(
        en="Code under test can change the mode and times of files",
        zh="被测代码可以更改文件的权限和时间",
    ),
}


def judge_findings(landlock: int | None, seccomp: bool, refused: dict[str, bool]) -> Protection:
    """The level and the reasons, given what the kernel has and what was in fact refused."""
    files = (
        Text(
            en="this system has no Landlock (Linux 5.13 or later)",
            zh="当前系统没有 Landlock（Linux 5.13 起提供）",
        )
        if landlock is None
        else Text(
            en=f"Landlock version {landlock} did not refuse it", zh=f"Landlock（版本 {landlock}）没有拒绝"
        )
    )
    calls = (
        Text(en="seccomp did not refuse it", zh="seccomp 没有拒绝")
        if seccomp
        else Text(
            en="there is no seccomp filter here (Linux on x86-64 or ARM64 has one)",
            zh="当前系统不能使用 seccomp 过滤器（需 x86-64 或 ARM64 的 Linux）",
        )
    )
    reasons = []
    for name, text in _WITHOUT.items():
        if not refused.get(name, False):
            why = files if name in ("write", "read") else calls
            reasons.append(Text(en=f"{text.en}: {why.en}.", zh=f"{text.zh}：{why.zh}。"))
    if landlock is not None and landlock < 3:
        reasons.append(
            Text(
                en=f"Code under test can empty files: Landlock version {landlock} does not know truncation.",
                zh=f"被测代码可以清空文件：Landlock（版本 {landlock}）不管截断操作。",
            )
        )
    level: Level = "full" if not reasons else "partial" if any(refused.values()) else "none"
    return Protection(level, landlock, seccomp, tuple(reasons))


def as_data(protection: Protection) -> dict[str, object]:
    """As JSON has it."""
    data = asdict(protection)
    data["reasons"] = [reason.model_dump() for reason in protection.reasons]
    return data


if __name__ == "__main__":
    print(json.dumps(as_data(probe()), ensure_ascii=False, indent=2))
