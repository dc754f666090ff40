"""Who handed in what: a folder or an archive of a class, read without trusting a name or a byte of it."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from drills.cohort.archives import unpack
from quizbank.errors import PlainError, reason
from quizbank.models import Text

LARGEST = 1 << 20
"""Bytes of a submission; a solution has a few thousand."""

_LEFT_OUT = frozenset({"__pycache__", "__MACOSX", "node_modules", "venv", "site-packages"})
_MOODLE = re.compile(r"_\d+_assignsubmission_\w+?_?$")
_CANVAS = re.compile(r"(_LATE)?_\d+_\d+$")
_AGAIN = re.compile(r"(-\d+| \(\d+\))$")


class SubmissionError(PlainError):
    """A folder, an archive or a file of it that cannot be read; says which and why."""


@dataclass(frozen=True, slots=True)
class Submission:
    """One person's file for one drill. `shown` names it as the teacher knows it."""

    person: str
    drill: str
    path: Path
    shown: str

    def read(self) -> str:
        """Its text; SubmissionError where it is no ordinary UTF-8 file of a sensible size. Follows no link."""
        try:
            descriptor = os.open(self.path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | os.O_NONBLOCK)
            with open(descriptor, "rb") as file:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    raise SubmissionError(f"{self.shown} is no ordinary file", f"{self.shown} 不是普通文件")
                data = file.read(LARGEST + 1)
        except OSError as error:
            if self.path.is_symlink():
                raise _link(self.shown) from error
            en, zh = reason(error)
            raise SubmissionError(
                f"cannot read {self.shown}: {en}", f"无法读取 {self.shown}：{zh}"
            ) from error
        if len(data) > LARGEST:
            raise SubmissionError(
                f"{self.shown} is larger than {LARGEST >> 20} MiB", f"{self.shown} 超过 {LARGEST >> 20} MiB"
            )
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise SubmissionError(
                f"{self.shown} is not UTF-8 text (byte {error.start})",
                f"{self.shown} 不是 UTF-8 文本（第 {error.start} 字节）",
            ) from error


@dataclass
class Found:
    """The submissions, by person and drill, and what was passed over and why."""

    submissions: list[Submission] = field(default_factory=list)
    problems: list[Text] = field(default_factory=list)

    @property
    def people(self) -> list[str]:
        return sorted({one.person for one in self.submissions})


@dataclass(frozen=True, slots=True)
class _File:
    """A file that was found: its place from the top, its content's place, and its name for people."""

    parts: tuple[str, ...]
    path: Path
    shown: str


def find(root: Path, drills: Collection[str], scratch: Path) -> Found:
    """The submissions in a folder or zip; archives are unpacked into the folder `scratch`.

    Laid out as `<person>/…/<drill>.py`, or flat as `<person>_<drill>.py`; a person's folder may be a checkout or hold
    a zip. Names that Moodle and Canvas give are understood. Raises SubmissionError where `root` cannot be read.
    """
    found = Found()
    if root.is_dir():
        files = list(_walk(root, found.problems))
    elif root.is_file():
        files = _unwrapped(_opened(root, (), root.name, scratch, found.problems))
    else:
        raise SubmissionError(f"there is no folder or zip {root}", f"没有文件夹或 zip 文件 {root}")
    files = [one for file in files for one in _expanded(file, scratch, found.problems)]
    names = {spelling: drill for drill in drills for spelling in (drill, drill.replace("-", "_"))}
    claims: dict[tuple[str, str], list[_File]] = defaultdict(list)
    for file in files:
        if file.path.suffix.lower() == ".py" and (claim := _claim(file, names, found.problems)):
            claims[claim].append(file)
    people = _display({person for person, _ in claims})
    for (person, drill), several in sorted(claims.items()):
        first, *others = sorted(several, key=lambda file: (len(file.parts), file.parts))
        found.submissions.append(Submission(people[person], drill, first.path, first.shown))
        found.problems += [
            Text(
                en=f"{other.shown}: not graded, {first.shown} is nearer to the top",
                zh=f"{other.shown}：未判，已判层级更浅的 {first.shown}",
            )
            for other in others
        ]
    found.submissions.sort(key=lambda one: (one.person, one.drill))
    return found


def _walk(root: Path, problems: list[Text]) -> Iterator[_File]:
    def failed(error: OSError) -> None:
        en, zh = reason(error)
        problems.append(Text(en=f"cannot read {error.filename}: {en}", zh=f"无法读取 {error.filename}：{zh}"))

    for folder, folders, files in os.walk(root, onerror=failed):
        kept = []
        for name in sorted(folders):
            if name.startswith(".") or name in _LEFT_OUT:
                continue
            if os.path.islink(os.path.join(folder, name)):
                problems.append(_link(os.path.relpath(os.path.join(folder, name), root)).text)
            else:
                kept.append(name)
        folders[:] = kept
        for name in sorted(files):
            path = Path(folder, name)
            if not name.startswith(".") and path.suffix.lower() in (".py", ".zip"):
                parts = path.relative_to(root).parts
                yield _File(parts, path, "/".join(parts))


def _opened(
    archive: Path, under: tuple[str, ...], shown: str, scratch: Path, problems: list[Text]
) -> list[_File]:
    return [
        _File((*under, *PurePosixPath(member).parts), path, f"{shown}/{member}")
        for member, path in unpack(archive, shown, scratch, LARGEST, problems)
        if not any(part.startswith(".") or part in _LEFT_OUT for part in PurePosixPath(member).parts)
    ]


def _expanded(file: _File, scratch: Path, problems: list[Text]) -> Iterable[_File]:
    """The file, or what a person's zip holds."""
    if file.path.suffix.lower() != ".zip":
        return [file]
    return _opened(file.path, (*file.parts[:-1], Path(file.parts[-1]).stem), file.shown, scratch, problems)


def _unwrapped(files: list[_File]) -> list[_File]:
    """Without the one folder that some programs put around everything."""
    tops = {file.parts[0] for file in files}
    inner = {file.parts[1] for file in files if len(file.parts) > 2}
    if len(tops) == 1 and len(inner) > 1 and all(len(file.parts) > 2 for file in files):
        return [_File(file.parts[1:], file.path, file.shown) for file in files]
    return files


def _claim(file: _File, names: Mapping[str, str], problems: list[Text]) -> tuple[str, str] | None:
    """Who handed the file in, and for which drill; None where it is none."""
    stem = _AGAIN.sub("", Path(file.parts[-1]).stem).lower()
    if len(file.parts) > 1:
        drill = names.get(stem)
        return (_name(file.parts[0]), drill) if drill else None
    if stem in names:
        problems.append(
            Text(
                en=f"{file.shown}: whose is it? Put it in a folder of its author's name",
                zh=f"{file.shown}：不知道是谁的；请放进以作者命名的文件夹",
            )
        )
        return None
    endings = [name for name in names if stem.endswith(f"_{name}")]
    if not endings:
        return None
    ending = max(endings, key=len)
    person = Path(file.parts[-1]).stem[: stem.rindex(f"_{ending}")]
    return _name(_CANVAS.sub("", person)), names[ending]


def _name(text: str) -> str:
    """A person's name as a folder has it, without characters that do not print."""
    kept = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
    return unicodedata.normalize("NFC", kept)


def _display(people: set[str]) -> dict[str, str]:
    """The names without what Moodle adds, where that leaves them apart."""
    short = {person: _MOODLE.sub("", person) or person for person in people}
    often = defaultdict(list)
    for person, name in short.items():
        often[name].append(person)
    return {person: name if len(often[name]) == 1 else person for person, name in short.items()}


def _link(shown: str) -> SubmissionError:
    return SubmissionError(f"{shown} is a link, which is not followed", f"{shown} 是链接，不跟随链接读取")
