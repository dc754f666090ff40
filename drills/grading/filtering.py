"""The seccomp filter of a learner's process: which system calls it is refused, as a classic BPF program.

A refused call fails with EPERM, which Python raises as PermissionError. Numbers are those of
asm/unistd_64.h (x86-64) and asm-generic/unistd.h (ARM64); None where an architecture lacks the call.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
"""Machine: (its column below, its AUDIT_ARCH)."""

Numbers = tuple[int | None, int | None]

_ALWAYS: dict[str, Numbers] = {
    # other processes
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "process_madvise": (440, 440), "kcmp": (312, 272), "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438), "pidfd_send_signal": (424, 424),
    # what would get around this filter, or raise a limit
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "setrlimit": (160, 164),
    # files, where Landlock has no say
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "chown": (92, None), "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54),
    "utime": (132, None), "utimes": (235, None), "futimesat": (261, None), "utimensat": (280, 88),
    "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7), "setxattrat": (463, 463),
    "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16),
    "removexattrat": (466, 466), "file_setattr": (469, 469), "truncate": (76, 45),
    "open_by_handle_at": (304, 265),
    # memory that outlives the process
    "shmget": (29, 194), "semget": (64, 190), "msgget": (68, 186), "mq_open": (240, 180),
    # the machine
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "unshare": (272, 97), "setns": (308, 268), "mount_setattr": (442, 442), "move_mount": (429, 429),
    "open_tree": (428, 428), "fsopen": (430, 430), "fsmount": (432, 432),
    "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218),
    "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106),
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "reboot": (169, 142),
    "swapon": (167, 224), "swapoff": (168, 225), "acct": (163, 89), "quotactl": (179, 60),
    "settimeofday": (164, 170), "clock_settime": (227, 112), "clock_adjtime": (305, 266),
    "adjtimex": (159, 171), "sethostname": (170, 161), "setdomainname": (171, 162),
}  # fmt: skip

_ALONE: dict[str, Numbers] = {
    "fork": (57, None), "vfork": (58, None), "execve": (59, 221), "execveat": (322, 281),
    "setsid": (112, 157), "setpgid": (109, 154),
    "socket": (41, 198), "socketpair": (53, 199), "connect": (42, 203), "bind": (49, 200),
    "listen": (50, 201), "accept": (43, 202), "accept4": (288, 242),
    "tkill": (200, 130), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
}  # fmt: skip
"""What also is refused to a process that has no others to talk to."""

_CLONE, _CLONE3, _KILL, _TGKILL = (56, 220), (435, 435), (62, 129), (234, 131)
_SENDTO, _PRLIMIT = (44, 206), (302, 261)
_CLONE_THREAD = 0x10000
_X32 = 0x40000000

_LOAD, _EQUAL, _AT_LEAST, _BITS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _REFUSE, _UNKNOWN, _KILL_PROCESS = 0x7FFF0000, 0x00050000 | 1, 0x00050000 | 38, 0x80000000
_NUMBER, _ARCHITECTURE = 0, 4  # offsets in struct seccomp_data

Instruction = tuple[int, int, int, int]


def program(machine: str, pid: int, *, loopback: bool = False) -> bytes:
    """The filter for the process `pid` on this machine. With `loopback`, processes and sockets are left to it."""
    return b"".join(struct.pack("HBBI", *step) for step in _steps(machine, pid, loopback))


def _steps(machine: str, pid: int, loopback: bool) -> Iterator[Instruction]:
    column, architecture = MACHINES[machine]
    yield _LOAD, 0, 0, _ARCHITECTURE
    yield _EQUAL, 1, 0, architecture
    yield _RETURN, 0, 0, _KILL_PROCESS
    yield _LOAD, 0, 0, _NUMBER
    yield _AT_LEAST, 0, 1, _X32
    yield _RETURN, 0, 0, _REFUSE
    for numbers in (*_ALWAYS.values(), *(() if loopback else _ALONE.values())):
        if (number := numbers[column]) is not None:
            yield from _on(number, [(_RETURN, 0, 0, _REFUSE)])
    yield from _on(_PRLIMIT[column], _unless_zero(2))  # asking for a limit is fine
    if not loopback:
        only_self = [_argument(0), (_EQUAL, 1, 0, pid), (_RETURN, 0, 0, _REFUSE)]
        yield from _on(_KILL[column], only_self)
        yield from _on(_TGKILL[column], only_self)
        yield from _on(_SENDTO[column], _unless_zero(4))  # on a connection, but to no address
        yield from _on(_CLONE[column], [_argument(0), (_BITS, 1, 0, _CLONE_THREAD), (_RETURN, 0, 0, _REFUSE)])
        # its flags lie in memory, where a filter cannot look: libc then falls back to clone
        yield from _on(_CLONE3[column], [(_RETURN, 0, 0, _UNKNOWN)])
    yield _RETURN, 0, 0, _ALLOW


def _on(number: int, steps: list[Instruction]) -> Iterator[Instruction]:
    """These steps for one system call; what they do not refuse goes on to be allowed."""
    if steps[0][0] == _LOAD:  # the number is no longer at hand for what follows
        steps = [*steps, (_RETURN, 0, 0, _ALLOW)]
    yield _EQUAL, 0, len(steps), number
    yield from steps


def _argument(index: int, *, high: bool = False) -> Instruction:
    return _LOAD, 0, 0, 16 + 8 * index + 4 * high


def _unless_zero(index: int) -> list[Instruction]:
    """Refuse when a pointer is given."""
    refuse = (_RETURN, 0, 0, _REFUSE)
    return [
        _argument(index), (_EQUAL, 1, 0, 0), refuse,
        _argument(index, high=True), (_EQUAL, 1, 0, 0), refuse,
    ]  # fmt: skip
