"""Reading Anki's packages (`.apkg`, `.colpkg`), of the old format and of the new one (compressed by Zstandard)."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, cast

from quizbank import extras
from quizbank.importing.anki_notes import Note, drafts
from quizbank.importing.drafts import Draft, ImportFailed

MAX_BYTES = 500_000_000  # of the unpacked collection: larger is an attack, or no deck of questions
CHUNK = 1 << 20

# The newest first: a package for new versions holds an old collection too, which only says so.
COLLECTIONS = ("collection.anki21b", "collection.anki21", "collection.anki2")


def read(path: Path) -> list[Draft]:
    with TemporaryDirectory(prefix="preptrain-") as folder:
        database = Path(folder) / "collection.db"
        try:
            with zipfile.ZipFile(path) as package:
                _unpack(package, database)
            return list(drafts(_notes(database)))
        except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
            raise ImportFailed(
                f"{path} is no Anki package: {error}", f"{path} 不是 Anki 牌组包：{error}"
            ) from error
        except (sqlite3.Error, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ImportFailed(
                f"the collection in {path} cannot be read: {error}", f"{path} 中的数据库无法读取：{error}"
            ) from error


def _unpack(package: zipfile.ZipFile, target: Path) -> None:
    name = next((name for name in COLLECTIONS if name in package.namelist()), None)
    if name is None:
        raise zipfile.BadZipFile("no collection in it")
    with package.open(name) as packed, target.open("wb") as out:
        stream = cast(BinaryIO, packed)
        if name.endswith("b"):
            zstandard = extras.load(
                "zstandard", "export", ("a package of Anki's new format", "Anki 新格式的卡组文件")
            )
            try:
                _copy(zstandard.ZstdDecompressor().stream_reader(stream), out)
            except zstandard.ZstdError as error:
                raise zipfile.BadZipFile(str(error)) from error
        else:
            _copy(stream, out)


def _copy(source: Any, out: io.BufferedWriter) -> None:
    size = 0
    while chunk := source.read(CHUNK):
        size += len(chunk)
        if size > MAX_BYTES:
            raise zipfile.BadZipFile(f"its collection is larger than {MAX_BYTES / 1e6:.0f} MB")
        out.write(chunk)


def _notes(path: Path) -> Iterator[Note]:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
        db.execute("PRAGMA trusted_schema = OFF")
        db.text_factory = lambda raw: raw.decode("utf-8", "replace")
        db.create_collation("unicase", lambda one, other: (one > other) - (one < other))
        types, decks = _names(db)
        rows = db.execute(
            "SELECT n.guid, n.mid, n.flds, n.tags, (SELECT min(c.did) FROM cards c WHERE c.nid = n.id)"
            " FROM notes n ORDER BY n.id"
        )
        for guid, note_type, values, tags, deck in rows:
            yield Note(
                str(guid),
                types.get(int(note_type), ""),
                str(values).split("\x1f"),
                str(tags).split(),
                decks.get(deck, ""),
            )


def _names(db: sqlite3.Connection) -> tuple[dict[int, str], dict[int, str]]:
    """Note types and decks by id; they are tables in the new format, JSON in the old one."""
    tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "notetypes" in tables:
        types = dict(db.execute("SELECT id, name FROM notetypes"))
        decks = dict(db.execute("SELECT id, name FROM decks"))
        return types, decks
    models, old_decks = db.execute("SELECT models, decks FROM col").fetchone()

    def names(text: str) -> dict[int, str]:
        return {int(key): str(value["name"]) for key, value in json.loads(text).items()}

    return names(models), names(old_decks)
