"""Importing what Anki itself wrote: both kinds of its packages, and its text."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from right_answers import make

from quizbank.exporting.anki_export import package
from quizbank.faults import KINDS
from quizbank.importing import read_pack
from quizbank.loader import Bank
from quizbank.models import Cloze

anki = pytest.importorskip("anki.collection")
TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def bank_of(*questions: Any) -> Bank:
    return Bank({one.id: one for one in questions}, {one.id: "cnn" for one in questions})


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Any]:
    opened = anki.Collection(str(tmp_path / "collection.anki2"))
    yield opened
    opened.close()


def add(collection: Any, kind: str, fields: list[str], tags: str = "") -> None:
    note = collection.new_note(collection.models.by_name(kind))
    note.fields[: len(fields)] = fields
    note.tags = tags.split()
    collection.add_note(note, collection.decks.id("Deep Learning::Pooling"))


@pytest.fixture
def foreign(collection: Any) -> Any:
    """A deck of a stranger's."""
    add(
        collection,
        "Basic",
        ["What is <b>k</b> in \\(k \\times k\\)?", "the kernel&nbsp;size"],
        "cnn::Pooling",
    )
    add(collection, "Basic", ['A picture<img src="x.png"> [sound:a.mp3]', "max"])
    add(collection, "Basic", ["Why?", "because " * 30])
    add(collection, "Cloze", ["LoRA trains {{c1::A::which?}} and {{c2::<i>B</i>}}, at $5.", "See the paper."])
    return collection


def exported(collection: Any, path: Path, *, legacy: bool) -> Path:
    options = anki.ExportAnkiPackageOptions(
        with_scheduling=False, with_deck_configs=False, with_media=False, legacy=legacy
    )
    collection.export_anki_package(out_path=str(path), options=options, limit=None)
    return path


def check_foreign(path: Path) -> None:
    pack = read_pack(path, TODAY)
    first, second, third = pack.questions
    assert isinstance(first, Cloze)
    assert first.stem.en == r"What is **k** in $k \times k$?"
    assert first.blanks["answer"].accept == ["the kernel size"]
    assert first.topic == "pooling"
    assert first.sources[0].title == f"Imported from {path.name}"
    assert second.stem.en == "A picture"
    assert isinstance(third, Cloze)
    assert third.text.en == "LoRA trains <<c1_1>> and <<c2_2>>, at $5."
    assert [one.accept for one in third.blanks.values()] == [["A"], ["B"]]
    assert third.explanation.en == "See the paper."
    said = [(remark.where[:7], remark.text.en) for remark in pack.remarks]
    assert ("note 2:", "pictures and sounds are left out") in said
    assert ("note 4:", "hints of gaps are left out") in said
    (refused,) = [remark for remark in pack.remarks if not remark.taken]
    assert refused.where == "note 3: Why?"
    assert "too long to be typed (239 characters)" in refused.text.en


@pytest.mark.parametrize("legacy", [True, False])
def test_a_package_that_anki_wrote(foreign: Any, tmp_path: Path, legacy: bool) -> None:
    path = exported(foreign, tmp_path / "deck.apkg", legacy=legacy)
    names = zipfile.ZipFile(path).namelist()
    assert ("collection.anki21b" in names) != legacy
    check_foreign(path)


def test_a_text_file_that_anki_wrote(foreign: Any, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    foreign.export_note_csv(
        out_path=str(path),
        limit=None,
        with_html=True,
        with_tags=True,
        with_deck=True,
        with_notetype=True,
        with_guid=True,
    )
    check_foreign(path)


def test_ours_through_anki_and_back(collection: Any, tmp_path: Path) -> None:
    """Into Anki, out of it as both kinds of package and as text; an edit made there is told."""
    bank = bank_of(*map(make, KINDS))
    ours = tmp_path / "ours.apkg"
    ours.write_bytes(package(bank, NOW))
    options = anki.ImportAnkiPackageOptions(with_scheduling=False)
    collection.import_anki_package(anki.ImportAnkiPackageRequest(package_path=str(ours), options=options))
    for legacy in (True, False):
        pack = read_pack(exported(collection, tmp_path / "again.apkg", legacy=legacy), TODAY)
        assert {one.id: one for one in pack.questions} == bank.questions
        assert (pack.track, pack.remarks) == ("cnn", [])
    notes = tmp_path / "again.txt"
    note = collection.get_note(collection.find_notes("Id:a-single")[0])
    note["Question_en"] = "Mended in Anki"
    collection.update_note(note)
    collection.export_note_csv(
        out_path=str(notes),
        limit=None,
        with_html=True,
        with_tags=True,
        with_deck=True,
        with_notetype=True,
        with_guid=True,
    )
    pack = read_pack(notes, TODAY)
    assert {one.id: one for one in pack.questions} == bank.questions
    (remark,) = pack.remarks
    assert "a-single" in remark.where
    assert remark.text.en == "was edited in Anki; the edit is not taken over"


def test_text_without_headers(tmp_path: Path) -> None:
    path = tmp_path / "plain.txt"
    path.write_text('front; "back; more"\n"a <b> c";d\n', "utf-8")
    first, second = read_pack(path, TODAY).questions
    assert isinstance(first, Cloze)
    assert first.stem.en == "front"
    assert isinstance(second, Cloze)
    assert (second.stem.en, second.blanks["answer"].accept) == ("a <b> c", ["d"])
