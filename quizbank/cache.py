"""What was read from bank files, kept in a SQLite file by content hash; a question's body is read when it is asked for.

A file is read again when its stamp (times, size, inode) has changed, and parsed again only when its content has, or a
fact that it uses. Whatever is wrong with the cache, it is thrown away and made again; it holds nothing of its own.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from functools import cache as once
from pathlib import Path
from typing import Any

from quizbank import loader, yaml_source
from quizbank.bank_files import BankSource, Found, stamp_of
from quizbank.collection import Bank, Place, head_of
from quizbank.facts import FILE_NAME
from quizbank.problems import Problem
from quizbank.stored import PLACES, QUESTION, Broken, head_json, stored_bank

BUSY_SECONDS = 2.0

SCHEMA = """
CREATE TABLE meta (version TEXT NOT NULL);
CREATE TABLE files (
    path TEXT PRIMARY KEY, place INTEGER NOT NULL, stamp TEXT NOT NULL, facts TEXT NOT NULL, key TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX files_in_order ON files (place, key);
CREATE INDEX files_of ON files (key);
CREATE TABLE contents (key TEXT PRIMARY KEY, used TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE questions (
    number INTEGER PRIMARY KEY, key TEXT NOT NULL, at INTEGER NOT NULL, id TEXT NOT NULL, head TEXT NOT NULL
);
CREATE INDEX questions_of ON questions (key, at);
CREATE INDEX questions_by_id ON questions (id);
CREATE TABLE bodies (number INTEGER PRIMARY KEY, check_sum INTEGER NOT NULL, body BLOB NOT NULL);
"""


def cached_bank(path: Path, found: Found, own: Path | None) -> Bank | None:
    """The bank by way of the cache; None where there can be no cache. Raises BankError as without it."""
    for attempt in range(2):
        try:
            return _open(path, found, own)
        except sqlite3.OperationalError as error:  # in use by another program, or not to be written
            if "no such" not in str(error) or attempt or not _discard(path):
                break
        except (sqlite3.Error, Broken, OSError, ValueError, TypeError):
            if attempt or not _discard(path):
                break
    return None


def _discard(path: Path) -> bool:
    try:
        for name in (path, path.with_name(path.name + "-journal")):
            name.unlink(missing_ok=True)
    except OSError:
        return False
    return True


@once
def version() -> str:
    """Of all that decides what a file comes out as: a change of it makes the cache stale."""
    folder = Path(__file__).parent
    names = (
        "bank_files", "cache", "collection", "expressions", "facts", "faults", "loader", "models", "packs",
        "parametric", "stored", "units", "yaml_source", "zip_packs",
    )  # fmt: skip
    digest = hashlib.blake2b(digest_size=16)
    for name in (*(f"{one}.py" for one in names), "syllabus.yaml"):
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()


def _connect(path: Path) -> sqlite3.Connection:
    """An open cache of this version, empty where it was of another."""
    path.parent.mkdir(parents=True, exist_ok=True)
    db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        db.execute("PRAGMA synchronous=OFF")  # a cache that a power cut breaks is made again
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        made = "meta" in tables and db.execute("SELECT version FROM meta").fetchone() == (version(),)
        if not made:
            db.execute("BEGIN IMMEDIATE")
            for name in tables:
                db.execute(f'DROP TABLE "{name}"')
            for statement in SCHEMA.split(";"):
                db.execute(statement)
            db.execute("INSERT INTO meta VALUES (?)", (version(),))
            db.execute("COMMIT")
    except BaseException:
        db.close()
        raise
    return db


def _open(path: Path, found: Found, own: Path | None) -> Bank:
    db = _connect(path)
    try:
        problems = _Update(db, found).run()

        def instead() -> Bank:
            _discard(path)
            return loader.load_found(found, own)

        bank = loader.settled(stored_bank(db, instead), problems, own)
    except BaseException:
        db.close()
        raise
    return bank


# --- bringing it up to date


class _Update:
    """Compares the files with what is known of them, and reads again what has changed."""

    def __init__(self, db: sqlite3.Connection, found: Found) -> None:
        self.db = db
        self.found = found
        self.scopes = loader.Scopes(found)
        packaged = next((source.stamp for source in found.facts.values() if source.root == loader.BANK), None)
        self.packaged_stamp = stamp_of(loader.BANK / FILE_NAME) if packaged is None else packaged

    def run(self) -> list[Problem]:
        rows = self.db.execute("SELECT path, place, stamp, facts FROM files")
        known = {path: (place, stamp, facts) for path, place, stamp, facts in rows}
        changed: list[tuple[int, BankSource]] = []
        moved: list[tuple[int, str]] = []
        roots: dict[Path, str] = {}
        for place, source in enumerate(self.found.files):
            if (facts := roots.get(source.root)) is None:
                facts = roots[source.root] = self.facts_stamp(source)
            was, stamp, its_facts = known.pop(source.name, (0, "", ""))
            if not stamp or stamp != source.stamp or its_facts != facts:
                changed.append((place, source))
            elif was != place:
                moved.append((place, source.name))
        problems = list(self.found.problems)
        if changed or moved or known:
            self.db.execute("BEGIN IMMEDIATE")
            self.db.executemany("UPDATE files SET place = ? WHERE path = ?", moved)
            with loader.no_garbage_collection():
                problems += self.take_in(changed, known)
            self.db.execute("COMMIT")
        return problems + self.scopes.problems

    def facts_stamp(self, source: BankSource) -> str:
        """Of all facts that this file may use."""
        own = self.found.facts.get(source.root)
        return self.packaged_stamp + ("" if own is None or own.root == loader.BANK else f" {own.stamp}")

    def take_in(self, changed: list[tuple[int, BankSource]], gone: Mapping[str, Any]) -> list[Problem]:
        problems: list[Problem] = []
        self.db.executemany("DELETE FROM files WHERE path = ?", ((path,) for path in gone))
        for place, source in changed:
            one = loader.Loaded(source)
            try:
                raw = source.read()
            except yaml_source.YamlError as error:
                one.problems += error.problems
                key = f"unreadable {source.path}"
            else:
                key = self.key(source, raw)
                if not self.same_as_before(key, source):
                    one = loader.load_file(source, self.scopes.of(source), raw)
                    one.problems += loader.against_syllabus([one])
                    key = self.keep(key, one)
            problems += one.problems
            stamp = "" if one.problems else source.stamp
            row = (source.name, place, stamp, self.facts_stamp(source), key)
            self.db.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)", row)
        for (key,) in self.db.execute(
            "SELECT key FROM contents WHERE key NOT IN (SELECT key FROM files)"
        ).fetchall():
            self.forget(key)
        return problems + list(self.duplicates())

    def key(self, source: BankSource, raw: bytes) -> str:
        digest = hashlib.blake2b(raw, digest_size=16)
        digest.update(f"\0{source.namespace}\0{loader.is_packaged(source.path)}".encode())
        return digest.hexdigest()

    def same_as_before(self, key: str, source: BankSource) -> bool:
        """Whether what the file holds is known already, and its facts are as they were."""
        row = self.db.execute("SELECT used FROM contents WHERE key = ?", (key,)).fetchone()
        if row is None:
            return False
        used: dict[str, str] = json.loads(row[0])
        scope = self.scopes.of(source) if used else None
        return scope is None or all(scope.value(name) == value for name, value in used.items())

    def keep(self, key: str, one: loader.Loaded) -> str:
        """Store what was read; a file with problems under a key of its own, so that they are told again."""
        if one.problems:
            key = f"{key} {one.source.path}"
        self.forget(key)
        scope = self.scopes.of(one.source)
        used = {name: scope.value(name) for name in sorted(one.used)}
        self.db.execute("INSERT INTO contents VALUES (?, ?)", (key, json.dumps(used)))
        number = (self.db.execute("SELECT max(number) FROM questions").fetchone()[0] or 0) + 1
        heads, bodies = [], []
        for offset, (index, question) in enumerate(one.questions):
            body = QUESTION.dump_json(question)
            heads.append((number + offset, key, index, question.id, head_json(head_of(question, one.track))))
            bodies.append((number + offset, zlib.crc32(body), body))
        self.db.executemany("INSERT INTO questions VALUES (?, ?, ?, ?, ?)", heads)
        self.db.executemany("INSERT INTO bodies VALUES (?, ?, ?)", bodies)
        return key

    def forget(self, key: str) -> None:
        self.db.execute(
            "DELETE FROM bodies WHERE number IN (SELECT number FROM questions WHERE key = ?)", (key,)
        )
        self.db.execute("DELETE FROM questions WHERE key = ?", (key,))
        self.db.execute("DELETE FROM contents WHERE key = ?", (key,))

    def duplicates(self) -> Iterator[Problem]:
        """Ids that stand twice: the first place has it; both files are looked at again next time."""
        ids = self.db.execute(
            "SELECT id FROM questions GROUP BY id HAVING count(*) > 1 UNION "
            "SELECT id FROM questions WHERE key IN (SELECT key FROM files GROUP BY key HAVING count(*) > 1)"
        ).fetchall()
        for (id_,) in ids:
            first, *others = (
                Place(Path(path), at) for path, at in self.db.execute(PLACES, (id_,)).fetchall()
            )
            for other in others:
                yield from loader.used_twice(id_, first, other)
                for path in (first.path, other.path):
                    self.db.execute("UPDATE files SET stamp = '' WHERE path = ?", (str(path),))
