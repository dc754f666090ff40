"""Where bank files come from: loose YAML, and packs, which are a folder or a zip with a `manifest.yaml`.

A pack may come from a stranger. Its names, sizes and links are checked before anything is read, nothing is ever
unpacked to the disk, and its questions' ids have the pack's name before them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from quizbank import bank_files
from quizbank.bank_files import ENDINGS, MANIFEST, BankSource, Found, read_manifest, stamp_of
from quizbank.facts import FILE_NAME as FACTS
from quizbank.zip_packs import add_zip


def find(paths: Sequence[Path], namespace: str = "", *, empty_is_fault: bool = True) -> Found:
    """All bank files in these files, folders, packs and zips; loose ones are of `namespace`."""
    found = Found()
    for path in map(Path, paths):
        before = len(found.files), len(found.problems)
        if path.suffix.lower() == ".zip" and path.is_file():
            add_zip(path, found)
        elif path.is_dir():
            if (path / MANIFEST).is_file():
                _add_folder(path, found)
            else:
                _add_loose(path, namespace, found)
                if empty_is_fault and before == (len(found.files), len(found.problems)):
                    found.refuse(path, "the folder has no .yaml file")
        else:
            root = path.parent
            _note_facts(root, found)
            found.files.append(BankSource(str(path), root, namespace, stamp_of(path)))
    unique: dict[tuple[str, ...], BankSource] = {}
    for source in found.files:
        unique.setdefault(_identity(source), source)
    found.files = list(unique.values())
    return found


def _identity(source: BankSource) -> tuple[str, ...]:
    """The same for a file that is reached in two ways; the stamp has its inode."""
    return (source.stamp, source.member or "") if source.stamp else (source.name,)


def _note_facts(root: Path, found: Found) -> None:
    if root not in found.facts and (path := root / FACTS).is_file():
        found.facts[root] = BankSource(str(path), root, "", stamp_of(path))


# --- folders


def _walk(folder: Path, found: Found) -> Iterator[tuple[str, list[str], list[str]]]:
    def unreadable(error: OSError) -> None:
        found.refuse(Path(error.filename or folder), f"cannot be read: {error.strerror or 'unknown reason'}")

    for parent, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield parent, folders, sorted(name for name in names if not name.startswith("."))


def _add_loose(folder: Path, namespace: str, found: Found) -> None:
    """YAML files in a folder and below it; packs in it are taken as packs."""
    _note_facts(folder, found)
    facts, at_root = os.path.join(folder, FACTS), True
    paths: list[str] = []
    packs: list[Path] = []
    for parent, folders, names in _walk(folder, found):
        if not at_root and MANIFEST in names:
            packs.append(Path(parent))
            folders.clear()
            continue
        at_root = False
        for name in names:
            path = os.path.join(parent, name)
            if name.endswith(ENDINGS) and path != facts:
                paths.append(path)
            elif name.lower().endswith(".zip"):
                packs.append(Path(path))
    for path in sorted(paths):
        found.files.append(BankSource(path, folder, namespace, stamp_of(path)))
    for pack in sorted(packs):
        _add_pack(pack, found)


def _add_pack(path: Path, found: Found) -> None:
    if path.is_dir():
        _add_folder(path, found)
    else:
        add_zip(path, found)


def _add_folder(folder: Path, found: Found) -> None:
    """A pack that is a folder: no link out of it, no pack within it, not too much of it."""
    real = folder.resolve()
    paths: list[Path] = []
    total = 0
    sound = True
    entries = 0
    for parent, folders, names in _walk(folder, found):
        depth = len(Path(parent).relative_to(folder).parts)
        if depth > bank_files.MAX_FOLDERS:
            found.refuse(Path(parent), f"more than {bank_files.MAX_FOLDERS} folders deep: flatten the pack")
            return
        entries += len(names)
        if entries > bank_files.MAX_ENTRIES:
            found.refuse(folder, f"more than {bank_files.MAX_ENTRIES} files: split the pack")
            return
        for name in (*folders, *names):
            path = Path(parent, name)
            if path.is_symlink() and not path.resolve().is_relative_to(real):
                found.refuse(path, "a link that leads out of the pack: put the file itself there")
                sound = False
        for name in names:
            path = Path(parent, name)
            if (depth and name == MANIFEST) or name.lower().endswith(".zip"):
                found.refuse(path, "a pack within a pack: put it beside, not inside")
                sound = False
            elif name.endswith(ENDINGS) and path != folder / MANIFEST and path != folder / FACTS:
                paths.append(path)
                total += path.stat().st_size if path.is_file() else 0
    if total > bank_files.MAX_TOTAL:
        found.refuse(folder, f"larger than {bank_files.MAX_TOTAL / 1e6:.0f} MB: split the pack")
        return
    manifest = read_manifest(BankSource(str(folder / MANIFEST), folder, "", ""), found)
    if manifest is None or not sound:
        return
    if not paths:
        found.refuse(folder, "the pack has no .yaml file besides its manifest")
    _note_facts(folder, found)
    found.files += [BankSource(str(path), folder, manifest.pack, stamp_of(path)) for path in sorted(paths)]
