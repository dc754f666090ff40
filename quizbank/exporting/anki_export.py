"""The questions as an Anki package (`.apkg`): one note a question, in both languages, a deck a track.

Imported again, notes with the same GUID are updated and keep their scheduling.
"""

from __future__ import annotations

import io
import sqlite3
import zipfile
from contextlib import closing
from datetime import datetime
from itertools import count
from typing import Any

from quizbank import extras
from quizbank.exporting.anki_notes import (
    ANSWER_SIDE,
    FIELDS,
    NOTE_TYPE,
    NOTE_TYPE_ID,
    QUESTION_SIDE,
    STYLE,
    note,
    stable_id,
)
from quizbank.loader import Bank


def package(bank: Bank, now: datetime) -> bytes:
    """The whole file; raises MissingPackage where genanki is not installed."""
    genanki = extras.load("genanki", "export", ("anki", "anki "))
    model = _note_type(genanki)
    decks: dict[str, Any] = {}
    for question in bank.questions.values():
        made = note(question, bank.track_of[question.id])
        if made.deck not in decks:
            decks[made.deck] = genanki.Deck(stable_id(made.deck), made.deck)
        decks[made.deck].add_note(
            genanki.Note(model=model, fields=made.fields, guid=made.guid, tags=made.tags)
        )
    return _zipped(_collection(genanki.Package(list(decks.values())), now))


def _collection(package: Any, now: datetime) -> bytes:
    """The database alone: genanki's own `write_to_file` would leave a copy of it among the temporary files."""
    moment = now.timestamp()
    with closing(sqlite3.connect(":memory:")) as db:
        package.write_to_db(db.cursor(), moment, count(int(moment * 1000)))
        db.commit()
        return db.serialize()


def _zipped(collection: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("collection.anki2", collection)
        out.writestr("media", "{}")
    return file.getvalue()


def _note_type(genanki: Any) -> Any:
    return genanki.Model(
        NOTE_TYPE_ID,
        NOTE_TYPE,
        fields=[{"name": name} for name in FIELDS],
        templates=[{"name": "Card", "qfmt": QUESTION_SIDE, "afmt": ANSWER_SIDE}],
        css=STYLE,
    )
