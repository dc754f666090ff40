"""Bank files before they are read: where each is, on the disk or in a zip, and what a pack says of itself."""

from __future__ import annotations

import os
import zipfile
import zlib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from quizbank import yaml_source
from quizbank.faults import problems_of
from quizbank.models import Model, Slug, Text
from quizbank.problems import Problem
from quizbank.yaml_source import MAX_BYTES, YamlError

MANIFEST = "manifest.yaml"
ENDINGS = (".yaml", ".yml")
OWN = "own"  # stands before the ids of a person's loose files
RESERVED = (OWN, "preptrain")

MAX_ENTRIES = 5_000
MAX_TOTAL = 300_000_000  # bytes of a pack, unpacked
MAX_FOLDERS = 8  # folders within folders

# What reading from a damaged zip may raise.
UNREADABLE = (
    OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, KeyError, EOFError, ValueError, RuntimeError,
)  # fmt: skip


class Manifest(Model):
    """What a pack says of itself, in `manifest.yaml`."""

    pack: Slug = Field(description="Stands before the ids of its questions: pack/question.")
    format: Literal[1] = Field(1, description="Of the manifest; this preptrain reads 1.")
    title: Text
    version: str | None = None
    author: str | None = None
    license: str | None = None
    url: str | None = Field(None, pattern=r"^https?://")


@dataclass(frozen=True)
class BankSource:
    """One bank file, on the disk or in a zip: `namespace/` stands before its ids, `root` owns its facts."""

    name: str  # its path, as a text: of thousands of files few are looked at
    root: Path
    namespace: str
    stamp: str
    member: str | None = None  # the name within the zip at `root`

    @cached_property
    def path(self) -> Path:
        return Path(self.name)

    def read(self) -> bytes:
        """What is in it; raises YamlError."""
        if self.member is None:
            return yaml_source.read_bytes(self.path)
        return read_member(self.root, self.member, self.path)


@dataclass
class Found:
    """Bank files in the order to load them, the facts file of each root, packs, and what was refused."""

    files: list[BankSource] = field(default_factory=list)
    facts: dict[Path, BankSource] = field(default_factory=dict)
    packs: dict[str, Path] = field(default_factory=dict)
    manifests: dict[str, Manifest] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, path: Path, message: str, line: int = 0, column: int = 0) -> None:
        self.problems.append(Problem(path, line, column, "", message))


def stamp_of(path: Path | str) -> str:
    """Changes with every change of the file: whoever sets the times back, the system still notes its own."""
    try:
        status = os.stat(path)
    except OSError:
        return ""
    return f"{status.st_mtime_ns}:{status.st_ctime_ns}:{status.st_size}:{status.st_dev}:{status.st_ino}"


def read_manifest(source: BankSource, found: Found) -> Manifest | None:
    """The pack's manifest, where it is in order and its name is not taken."""
    path = source.path
    try:
        text = yaml_source.decode(path, source.read())
        data = yaml_source.parse(path, text).data
    except YamlError as error:
        found.problems += error.problems
        return None
    try:
        manifest = Manifest.model_validate(data)
    except ValidationError as error:
        found.problems += problems_of(path, yaml_source.parse(path, text, marks=True), error, Manifest)
        return None
    document = yaml_source.parse(path, text, marks=True)
    line, column = document.locate(("pack",))
    if manifest.pack in RESERVED:
        found.refuse(path, f"{manifest.pack!r} is a name of preptrain's: choose another", line, column)
        return None
    if manifest.pack in found.packs:
        other = found.packs[manifest.pack]
        found.refuse(path, f"{manifest.pack!r} is also the name of {other}: remove one", line, column)
        return None
    found.packs[manifest.pack] = source.root
    found.manifests[manifest.pack] = manifest
    return manifest


def read_member(archive_path: Path, member: str, path: Path) -> bytes:
    """Never more than a bank file may have, whatever the zip says of its size."""
    try:
        with zipfile.ZipFile(archive_path) as archive, archive.open(member) as file:
            return file.read(MAX_BYTES + 1)
    except UNREADABLE as error:
        raise YamlError([Problem(path, 0, 0, "", f"cannot be read: {error}")]) from None


def read_text(path: Path) -> str:
    """The text of a bank file, which may be within a zip: `pack.zip/file.yaml`. Raises YamlError."""
    for parent in path.parents:
        if parent.suffix.lower() == ".zip" and parent.is_file():
            name = path.relative_to(parent).as_posix()
            return yaml_source.decode(path, read_member(parent, _member_name(parent, name), path))
    return yaml_source.read_text(path)


def _member_name(archive_path: Path, name: str) -> str:
    try:
        with zipfile.ZipFile(archive_path) as archive:
            names = archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return name
    return name if name in names else next((one for one in names if one.endswith("/" + name)), name)
