"""What a verdict rests on, as hashes: the submission, the drill, and the grader with the libraries it uses."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import drills
import quizbank
from drills.catalog import Backend, Drill

_LIBRARIES: dict[Backend, tuple[str, ...]] = {
    "numpy": ("numpy", "hypothesis"),
    "torch": ("numpy", "hypothesis", "torch"),
}


class Identity(NamedTuple):
    """A drill and the grader of it, as they are here and now."""

    drill: str
    grader: str


class Key(NamedTuple):
    """What a verdict is filed under: the same three give the same verdict."""

    submission: str
    drill: str
    grader: str


def identify(drill: Drill) -> Identity:
    """Reads the drill's files: once a run is enough."""
    return Identity(drill_digest(drill), grader_digest(drill.backend))


def key_of(source: str, identity: Identity) -> Key:
    return Key(_digest([source.encode()]), *identity)


def drill_digest(drill: Drill) -> str:
    """Of all that bears on a verdict: prompts do not."""
    files = sorted(path for path in drill.folder.rglob("*") if path.suffix in (".py", ".yaml"))
    return _of_files(drill.folder, files)


@cache
def grader_digest(backend: Backend) -> str:
    """Of the grader's own code, Python, and the libraries that the checks use."""
    root = Path(drills.__file__).parent
    files = list(root.glob("*.py")) + list((root / "grading").glob("*.py"))
    models = Path(quizbank.__file__).parent / "models.py"
    versions = [platform.python_version(), *(f"{name} {_version(name)}" for name in _LIBRARIES[backend])]
    told = [_of_files(root, sorted(files)), _of_files(models.parent, [models]), *versions]
    return _digest(part.encode() for part in told)


def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return "missing"


def _of_files(root: Path, files: Iterable[Path]) -> str:
    return _digest(
        part for path in files for part in (path.relative_to(root).as_posix().encode(), path.read_bytes())
    )


def _digest(parts: Iterable[bytes]) -> str:
    """SHA-256 of the parts, each with its length before it, so that no two lists of parts look alike."""
    found = hashlib.sha256()
    for part in parts:
        found.update(len(part).to_bytes(8, "big") + part)
    return found.hexdigest()
