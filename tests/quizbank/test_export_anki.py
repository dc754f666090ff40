"""Anki: the package and the text file, read by Anki's own back end."""

from __future__ import annotations

import io
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from right_answers import make, text

from quizbank.exporting.anki_export import package
from quizbank.exporting.anki_notes import FIELDS, NOTE_TYPE, guid, read_note, tags
from quizbank.exporting.anki_text import write
from quizbank.extras import MissingPackage
from quizbank.faults import KINDS
from quizbank.loader import Bank, load_bank

anki = pytest.importorskip("anki.collection")
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def bank_of(*questions: Any) -> Bank:
    return Bank({one.id: one for one in questions}, {one.id: "cnn" for one in questions})


def every_kind(**changes: Any) -> Bank:
    return bank_of(*(make(kind, **changes) for kind in KINDS if kind != "numeric"), make("numeric"))


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Any]:
    opened = anki.Collection(str(tmp_path / "collection.anki2"))
    yield opened
    opened.close()


def import_package(collection: Any, data: bytes, folder: Path) -> Any:
    path = folder / "it.apkg"
    path.write_bytes(data)
    options = anki.ImportAnkiPackageOptions(with_scheduling=False)
    request = anki.ImportAnkiPackageRequest(package_path=str(path), options=options)
    return collection.import_anki_package(request).log


def import_text(collection: Any, bank: Bank, folder: Path) -> Any:
    path = folder / "it.txt"
    with path.open("w", encoding="utf-8", newline="") as file:
        write(bank, file)
    request = anki.ImportCsvRequest(path=str(path), metadata=collection.get_csv_metadata(str(path), None))
    return collection.import_csv(request).log


def notes(collection: Any) -> dict[str, Any]:
    return {note.guid: note for note in map(collection.get_note, collection.find_notes(""))}


def test_the_whole_bank_goes_into_anki_and_comes_back(collection: Any, tmp_path: Path) -> None:
    bank = load_bank()
    log = import_package(collection, package(bank, NOW), tmp_path)
    assert (len(log.new), collection.card_count()) == (len(bank.questions), len(bank.questions))
    assert not [*log.conflicting, *log.missing_notetype, *log.empty_first_field]
    for note in notes(collection).values():
        question, track, unchanged = read_note(note.fields)
        assert unchanged
        assert question == bank.questions[question.id]
        assert track == bank.track_of[question.id]
        assert note.guid == guid(question.id)
        assert sorted(note.tags) == sorted(tags(question, track))
        (card,) = note.cards()
        assert collection.decks.name(card.did) == f"Preptrain::{track}"
        assert "cloze" not in card.question()


def test_a_second_import_updates_and_keeps_the_scheduling(collection: Any, tmp_path: Path) -> None:
    import_package(collection, package(every_kind(), NOW), tmp_path)
    note = notes(collection)["preptrain:a-single"]
    card_id = note.cards()[0].id
    collection.sched.set_due_date([card_id], "9")
    before = collection.get_card(card_id)
    mended = every_kind(stem=text("What holds now?", "现在哪个成立？"))
    log = import_package(collection, package(mended, NOW + timedelta(days=1)), tmp_path)
    assert len(log.updated) == len(KINDS)
    assert not log.new
    assert "现在哪个成立？" in notes(collection)["preptrain:a-single"]["Question_zh"]
    after = collection.get_card(card_id)
    assert (after.due, after.ivl, after.type) == (before.due, before.ivl, before.type)
    assert after.ivl == 9


def test_text_updates_what_the_package_brought(collection: Any, tmp_path: Path) -> None:
    import_package(collection, package(every_kind(), NOW), tmp_path)
    card_id = notes(collection)["preptrain:a-recall"].cards()[0].id
    collection.sched.set_due_date([card_id], "9")
    mended = every_kind(stem=text('First line\n\nsecond\t"line"; a < b & c', "第一行"))
    log = import_text(collection, mended, tmp_path)
    assert (len(log.updated), len(log.new)) == (len(KINDS) - 1, 0)
    note = notes(collection)["preptrain:a-recall"]
    assert note["Question_en"] == '<p>First line</p><p>second\t"line"; a &lt; b &amp; c</p>'
    assert collection.get_card(card_id).ivl == 9
    assert collection.decks.name(collection.get_card(card_id).did) == "Preptrain::cnn"
    for stored in notes(collection).values():
        assert read_note(stored.fields)[0] == mended.questions[stored["Id"]]


def test_code_and_formulas_look_as_anki_draws_them(collection: Any, tmp_path: Path) -> None:
    stem = r"Of `a<b>` and $x_{i_{j}} < {{y}}$ and **{{c1::z}}** and \(no\): $$\frac{1}{2}$$"
    question = make("snippet", stem=text(stem, stem), code="x = {{1: 2}}\nif a < b:\n    print('&amp;')\n")
    import_package(collection, package(bank_of(question), NOW), tmp_path)
    (note,) = notes(collection).values()
    shown = note.cards()[0].question()
    assert "<code>a&lt;b&gt;</code>" in shown
    assert r"\(x_{i_{j} } &lt; { {y} }\)" in shown
    assert r"\[\frac{1}{2}\]" in shown
    assert "{{c1" not in shown
    assert "    print('&amp;amp;')" in shown, "indented, and an entity in code stays code"
    assert "&#92;(no" in shown, "a bracket behind a backslash in prose is no formula"


def test_the_note_type_is_frozen() -> None:
    """Anki refuses to update notes whose type has changed: fields are never added, only spares are used."""
    assert (NOTE_TYPE, len(FIELDS)) == ("Preptrain question", 13)
    assert FIELDS[:9] == (
        "Id", "Question_en", "Question_zh", "Answer_en", "Answer_zh", "Reason_en", "Reason_zh", "Sources", "Data",
    )  # fmt: skip


def test_two_exports_are_the_same() -> None:
    def contents(data: bytes) -> bytes:
        return zipfile.ZipFile(io.BytesIO(data)).read("collection.anki2")

    assert contents(package(every_kind(), NOW)) == contents(package(every_kind(), NOW))


def test_no_temporary_file_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    package(every_kind(), NOW)
    assert list(tmp_path.iterdir()) == []


def test_without_genanki_the_error_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "genanki", None)
    with pytest.raises(MissingPackage, match=r"pip install 'preptrain\[export\]'") as caught:
        package(every_kind(), NOW)
    assert "请安装" in caught.value.zh
