"""Zip files of strangers: members are read up to a limit and stored under names of our own."""

from __future__ import annotations

import re
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from quizbank.errors import reason
from quizbank.models import Text

MOST_MEMBERS = 100_000
LARGEST_TOTAL = 256 << 20
"""Bytes that one archive may unpack to."""

_DRIVE = re.compile(r"^[A-Za-z]:")
_ENCRYPTED = 1


def unpack(
    archive: Path, shown: str, scratch: Path, largest: int, problems: list[Text]
) -> Iterator[tuple[str, Path]]:
    """The Python files of a zip, as (name in it, where its content lies in `scratch`).

    A member with a name that leaves the archive, a link, an encrypted or damaged one or one larger than `largest`
    is passed over, with a line in `problems`; so is the whole of a file that is no zip, has too many members, or
    unpacks to too much.
    """
    try:
        yield from _members(archive, shown, scratch, largest, problems)
    except zipfile.BadZipFile:
        problems.append(Text(en=f"{shown} is no zip file, or damaged", zh=f"{shown} 不是 zip 文件，或已损坏"))
    except OSError as error:
        en, zh = reason(error)
        problems.append(Text(en=f"cannot read {shown}: {en}", zh=f"无法读取 {shown}：{zh}"))


def _members(
    archive: Path, shown: str, scratch: Path, largest: int, problems: list[Text]
) -> Iterator[tuple[str, Path]]:
    seen: set[str] = set()
    total = 0
    with zipfile.ZipFile(archive) as opened:
        members = opened.infolist()
        if len(members) > MOST_MEMBERS:
            problems.append(
                Text(
                    en=f"{shown}: more than {MOST_MEMBERS:,} files in it",
                    zh=f"{shown}：内含文件超过 {MOST_MEMBERS:,} 个",
                )
            )
            return
        for member in members:
            name = member.filename
            if member.is_dir() or name.startswith("__MACOSX/"):
                continue
            if (fault := _fault(member, seen)) is not None:
                problems.append(Text(en=f"{shown}/{name}: {fault.en}", zh=f"{shown}/{name}：{fault.zh}"))
                continue
            seen.add(name)
            if name.lower().endswith(".zip"):
                problems.append(
                    Text(
                        en=f"{shown}/{name}: a zip within a zip is not opened; unpack the outer one first",
                        zh=f"{shown}/{name}：不打开 zip 中的 zip；请先解压外层",
                    )
                )
            if not name.lower().endswith(".py"):
                continue
            data = _read(opened, member, largest)
            if isinstance(data, Text):
                problems.append(Text(en=f"{shown}/{name}: {data.en}", zh=f"{shown}/{name}：{data.zh}"))
                continue
            total += len(data)
            if total > LARGEST_TOTAL:
                problems.append(
                    Text(
                        en=f"{shown}: unpacks to more than {LARGEST_TOTAL >> 20} MiB; what comes after {name} was left out",
                        zh=f"{shown}：解压后超过 {LARGEST_TOTAL >> 20} MiB；{name} 之后的内容未读取",
                    )
                )
                return
            handle, place = tempfile.mkstemp(suffix=".py", dir=scratch)
            with open(handle, "wb") as file:
                file.write(data)
            yield name, Path(place)


def _fault(member: zipfile.ZipInfo, seen: set[str]) -> Text | None:
    """Why a member is refused, from what the archive says of it."""
    name = member.filename
    parts = re.split(r"[/\\]", name)
    if name.startswith(("/", "\\")) or _DRIVE.match(name) or ".." in parts or "\\" in name or "\0" in name:
        return Text(en="its name leads out of the archive", zh="文件名指向压缩包之外")
    if stat.S_ISLNK(member.external_attr >> 16):
        return Text(en="a link, which is not followed", zh="是链接，不跟随链接读取")
    if member.flag_bits & _ENCRYPTED:
        return Text(en="it is encrypted", zh="已加密")
    if name in seen:
        return Text(en="a second file of this name", zh="同名文件重复出现")
    return None


def _read(opened: zipfile.ZipFile, member: zipfile.ZipInfo, largest: int) -> bytes | Text:
    """The content, never more than `largest` bytes of it, whatever size the archive claims."""
    try:
        with opened.open(member) as file:
            data = file.read(largest + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
        return Text(en="it is damaged, or packed in a way that is not known", zh="已损坏，或压缩方式未知")
    if len(data) > largest:
        return Text(en=f"larger than {largest >> 20} MiB", zh=f"超过 {largest >> 20} MiB")
    return data
