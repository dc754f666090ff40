"""Bringing questions in: from Anki, Moodle XML and CSV into a pack's YAML, telling what did not come over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from importlib import import_module
from pathlib import Path

from quizbank.errors import reason
from quizbank.exporting.writing import Out, to_file, to_stdout
from quizbank.importing.drafts import Draft, ImportFailed
from quizbank.importing.pack import Pack, Remark, assemble, to_yaml

__all__ = ["FORMATS", "ImportFailed", "Pack", "Remark", "import_file", "read_pack"]

# By name: the module that reads it, and the endings of its files.
FORMATS: dict[str, tuple[str, tuple[str, ...]]] = {
    "anki": ("anki_package", (".apkg", ".colpkg")),
    "anki-text": ("anki_text", (".txt", ".tsv")),
    "moodle": ("moodle", (".xml",)),
    "questions-csv": ("questions_csv", (".csv",)),
}


def import_file(
    path: Path,
    out: Path | None,
    today: date,
    *,
    form: str | None = None,
    track: str | None = None,
    force: bool = False,
) -> Pack:
    """Read `path` and write a pack to `out` (None: standard output); returns what was written, with remarks.

    Raises ImportFailed where the file is unreadable or holds no question, ExportError where `out` cannot be
    written; nothing is written then, and what was there is as it was.
    """
    pack = read_pack(path, today, form=form, track=track)
    text = to_yaml(pack)

    def write(sink: Out) -> None:
        sink.write(text)

    if out is None:
        to_stdout(write)
    else:
        to_file(out, write, force)
    return pack


def read_pack(path: Path, today: date, *, form: str | None = None, track: str | None = None) -> Pack:
    name = form or _by_ending(path)
    read: Callable[[Path], list[Draft]] = import_module(f"quizbank.importing.{FORMATS[name][0]}").read
    try:
        drafts = read(path)
    except OSError as error:
        en, zh = reason(error)
        raise ImportFailed(f"cannot read {path}: {en}", f"无法读取 {path}：{zh}") from error
    return assemble(drafts, path.name, today, track)


def _by_ending(path: Path) -> str:
    for name, (_, endings) in FORMATS.items():
        if path.suffix.lower() in endings:
            return name
    known = ", ".join(ending for _, endings in FORMATS.values() for ending in endings)
    raise ImportFailed(
        f"{path}: what format is it? Known are files ending in {known}; or name it with --from",
        f"{path}：无法判断格式。可识别的后缀有 {known}；也可用 --from 指定",
    )
