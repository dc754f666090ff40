"""Packs that are a zip: every name, size and link in it is looked at before anything is read, and nothing is unpacked."""

from __future__ import annotations

import re
import stat
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from quizbank import bank_files
from quizbank.bank_files import ENDINGS, MANIFEST, BankSource, Found, read_manifest, stamp_of
from quizbank.facts import FILE_NAME as FACTS
from quizbank.yaml_source import MAX_BYTES

MAX_RATIO = 200  # unpacked against packed, of one entry
MAX_NAME = 240

DRIVE = re.compile(r"^[A-Za-z]:")
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def add_zip(path: Path, found: Found) -> None:
    """A pack that is a zip: every name is looked at first, then the YAML is read from memory."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        found.refuse(path, f"cannot be read as a zip: {error}")
        return
    faults = list(_zip_faults(entries))
    for name, message in faults:
        found.refuse(path, f"{name}: {message}" if name else message)
    if faults:
        return
    names = [entry.filename for entry in entries if not entry.is_dir() and not _is_litter(entry.filename)]
    top = _top(names)
    inside = {name.removeprefix(top): name for name in names}
    if MANIFEST not in inside:
        found.refuse(path, f"no {MANIFEST} in the zip: preptrain bank new --pack shows one")
        return
    for name in inside:
        if (name != MANIFEST and name.endswith("/" + MANIFEST)) or name.lower().endswith(".zip"):
            found.refuse(path, f"{name}: a pack within a pack: put it beside, not inside")
            return
    stamp = stamp_of(path)

    def source(name: str, namespace: str = "") -> BankSource:
        return BankSource(str(path / name), path, namespace, stamp, inside[name])

    manifest = read_manifest(source(MANIFEST), found)
    if manifest is None:
        return
    files = sorted(name for name in inside if name.endswith(ENDINGS) and name not in (MANIFEST, FACTS))
    if not files:
        found.refuse(path, "the pack has no .yaml file besides its manifest")
    if FACTS in inside:
        found.facts[path] = source(FACTS)
    found.files += [source(name, manifest.pack) for name in files]


def _is_litter(name: str) -> bool:
    """What systems and editors put into a zip by themselves."""
    return name.startswith("__MACOSX/") or any(part.startswith(".") for part in name.split("/"))


def _top(names: Sequence[str]) -> str:
    """The one folder that everything is in, as where a repository is downloaded; else nothing."""
    first = names[0].partition("/")[0] + "/" if names else ""
    return first if first != "/" and all(name.startswith(first) for name in names) else ""


def _zip_faults(entries: Sequence[zipfile.ZipInfo]) -> Iterator[tuple[str, str]]:
    """Names that lead elsewhere, links, doubles, secrets and bombs."""
    if len(entries) > bank_files.MAX_ENTRIES:
        yield "", f"more than {bank_files.MAX_ENTRIES} entries: split the pack"
        return
    if sum(entry.file_size for entry in entries) > bank_files.MAX_TOTAL:
        yield "", f"larger than {bank_files.MAX_TOTAL / 1e6:.0f} MB when unpacked: split the pack"
        return
    seen: dict[str, str] = {}
    for entry in entries:
        name = entry.orig_filename
        if message := _name_fault(name) or _entry_fault(entry):
            yield name, message
        same = unicodedata.normalize("NFC", name).casefold()
        if same in seen:
            yield name, "the same name twice, on some systems at least"
        seen[same] = name


def _name_fault(name: str) -> str:
    parts = name.removesuffix("/").split("/")
    if "\\" in name:
        return "a backslash in a name: pack it with / between folders"
    if DRIVE.match(name) or ":" in name:
        return "a drive or a colon in a name"
    if name.startswith("/"):
        return "an absolute name: a pack names its files from its own folder"
    if any(part in ("", ".", "..") for part in parts):
        return "a name with .., . or nothing between its slashes leads elsewhere"
    if not name.isprintable():
        return "a control character in a name"
    if len(name) > MAX_NAME:
        return f"a name of more than {MAX_NAME} letters"
    if len(parts) > bank_files.MAX_FOLDERS + 1:
        return f"more than {bank_files.MAX_FOLDERS} folders deep: flatten the pack"
    return ""


def _entry_fault(entry: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind and kind not in (stat.S_IFREG, stat.S_IFDIR):
        return "a link or a device: put the file itself there"
    if entry.flag_bits & 0x1:
        return "encrypted: a pack has no password"
    if entry.compress_type not in METHODS:
        return "compressed in a way other than deflate"
    if entry.filename.endswith(ENDINGS) and entry.file_size > MAX_BYTES:
        return f"larger than {MAX_BYTES / 1e6:.0f} MB: split the file"
    if entry.file_size > MAX_RATIO * max(entry.compress_size, 1000):
        return f"unpacks to more than {MAX_RATIO} times its size: a bomb?"
    return ""
