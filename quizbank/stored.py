"""A bank that lies in the cache: an index at hand, and each question's body read when it is asked for."""

from __future__ import annotations

import json
import sqlite3
import threading
import weakref
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter

from quizbank.collection import Bank, Head, Place
from quizbank.models import Question

Value = TypeVar("Value")
QUESTION: TypeAdapter[Question] = TypeAdapter(Question)

PLACES = (
    "SELECT files.path, questions.at FROM questions JOIN files USING (key) "
    "WHERE questions.id = ? ORDER BY files.place, questions.at"
)
NUMBERS = PLACES.replace("files.path, questions.at FROM", "questions.number FROM")
IN_ORDER = "FROM files JOIN questions USING (key) ORDER BY files.place, questions.at"


class Broken(Exception):
    """The cache does not hold what it should."""


def head_json(head: Head) -> str:
    fields = (
        head.track,
        head.topic,
        head.kind,
        head.difficulty,
        head.rev,
        head.roles,
        head.drills,
        head.mutants,
    )
    return json.dumps(fields)


def head_from(id_: str, row: str) -> Head:
    track, topic, kind, difficulty, rev, roles, drills, mutants = json.loads(row)
    return Head(id_, track, topic, kind, difficulty, rev, tuple(roles), tuple(drills), tuple(mutants))


class Store:
    """The open cache, for any thread; where it fails, everything is read from the files instead."""

    def __init__(self, db: sqlite3.Connection, read_all: Callable[[], Bank]) -> None:
        self.db, self.read_all = db, read_all
        self.lock = threading.RLock()
        self.instead: Bank | None = None
        weakref.finalize(self, db.close)

    def ask(self, sql: str, *parameters: Any) -> list[Any]:
        with self.lock:
            return self.db.execute(sql, parameters).fetchall()

    def get(self, read: Callable[[], Value], instead: Callable[[Bank], Value]) -> Value:
        """What `read` finds in the cache; where that is broken, what `instead` finds in the bank without it."""
        if self.instead is None:
            try:
                return read()
            except (sqlite3.Error, Broken, ValueError, TypeError):
                with self.lock:
                    if self.instead is None:
                        self.db.close()
                        self.instead = self.read_all()
        return instead(self.instead)

    @cached_property
    def heads(self) -> dict[str, Head]:
        """All of them, in the order of the files."""

        def read() -> dict[str, Head]:
            found: dict[str, Head] = {}
            for id_, row in self.ask(f"SELECT questions.id, head {IN_ORDER}"):
                if id_ not in found:
                    found[id_] = head_from(id_, row)
            return found

        return self.get(read, lambda bank: dict(bank.heads))

    def first(self) -> str | None:
        def read() -> str | None:
            rows = self.ask(f"SELECT questions.id {IN_ORDER} LIMIT 1")
            return rows[0][0] if rows else None

        return self.get(read, lambda bank: next(iter(bank.questions), None))

    def question(self, id_: str) -> Question | None:
        def read() -> Question | None:
            rows = self.ask(f"SELECT number FROM ({NUMBERS}) LIMIT 1", id_)
            if not rows:
                if id_ in self.__dict__.get("heads", ()):
                    raise Broken("another program has changed the cache")
                return None
            bodies = self.ask("SELECT check_sum, body FROM bodies WHERE number = ?", *rows[0])
            if not bodies or zlib.crc32(bodies[0][1]) != bodies[0][0]:
                raise Broken("a body is missing or spoilt")
            question = QUESTION.validate_json(bodies[0][1])
            if question.id != id_:
                raise Broken("a body of another question")
            return question

        return self.get(read, lambda bank: bank.questions.get(id_))

    def place(self, id_: str) -> Place | None:
        def read() -> Place | None:
            rows = self.ask(PLACES, id_)
            return Place(Path(rows[0][0]), rows[0][1]) if rows else None

        return self.get(read, lambda bank: bank.places.get(id_))


class _Lazy(Mapping[str, Value]):
    """One of a bank's mappings by id: what it holds is read when it is asked for."""

    def __init__(self, store: Store, read: Callable[[str], Value | None]) -> None:
        self._store, self._read = store, read

    def __getitem__(self, id_: str) -> Value:
        value = self._read(id_)
        if value is None:
            raise KeyError(id_)
        return value

    def __iter__(self) -> Iterator[str]:
        """The first comes at once; the others when they are asked for."""
        first = self._store.first()
        if first is not None:
            yield first
            yield from (id_ for id_ in self._store.heads if id_ != first)

    def __len__(self) -> int:
        return len(self._store.heads)

    def __contains__(self, id_: object) -> bool:
        return id_ in self._store.heads


def stored_bank(db: sqlite3.Connection, read_all: Callable[[], Bank]) -> Bank:
    """The bank in this database; `read_all` gives the same from the files, and is called where the database fails."""
    store = Store(db, read_all)
    heads: _Lazy[Head] = _Lazy(store, lambda id_: store.heads.get(id_))

    def track(id_: str) -> str | None:
        head = store.heads.get(id_)
        return None if head is None else head.track

    return Bank(
        questions=_Lazy(store, store.question),
        track_of=_Lazy(store, track),
        places=_Lazy(store, store.place),
        cached_heads=heads,
    )
