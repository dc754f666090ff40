"""Moodle XML: what a public reader finds in it, what Moodle asks of it, and what comes back of it."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from right_answers import make, text

from quizbank.exporting.moodle_export import write
from quizbank.faults import KINDS
from quizbank.importing import read_pack
from quizbank.loader import Bank, load_bank
from quizbank.models import Cloze, Match, Multiple, Numeric, Order, Question, Single
from quizbank.parametric import draw

TODAY = date(2026, 11, 24)
GRADES = {
    100,
    50,
    33.33333,
    25,
    20,
    16.66667,
    14.28571,
    0,
    -50,
    -100,
    -33.33333,
    -25,
    -20,
    -16.66667,
    -14.28571,
}


def bank_of(*questions: Question) -> Bank:
    return Bank({one.id: one for one in questions}, {one.id: "cnn" for one in questions})


def exported(bank: Bank) -> str:
    out = io.StringIO()
    write(bank, out)
    return out.getvalue()


def stripped(xml: str) -> str:
    """As Moodle would write it again: without what it passes over."""
    return re.sub(r"<\?preptrain .*?\?>", "", xml)


def back(xml: str, folder: Path) -> tuple[dict[str, Question], list[tuple[str, str, bool]]]:
    path = folder / "it.xml"
    path.write_text(xml, "utf-8")
    pack = read_pack(path, TODAY)
    return {one.id: one for one in pack.questions}, [
        (one.where, one.text.en, one.taken) for one in pack.remarks
    ]


@pytest.fixture(scope="module")
def bank() -> Bank:
    return load_bank()


@pytest.fixture(scope="module")
def whole(bank: Bank) -> str:
    return exported(bank)


def test_a_public_reader_finds_the_questions(
    bank: Bank, whole: str, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = pytest.importorskip("moodle_xml_parser.parser")
    read = parser.parse_bytes(whole.encode())
    assert capsys.readouterr().out == "", "it prints what it cannot read"
    choices = {one.name: one for one in read["multichoice"][: len(read["multichoice"]) // 2]}
    for question in bank.questions.values():
        if isinstance(question, Single | Multiple):
            found = choices[question.id]
            assert found.single == isinstance(question, Single)
            assert [one.score_fraction > 0 for one in found.options] == [
                one.correct for one in question.options
            ]
    # Braces of a formula are gaps of an unknown type to it.
    gaps = {one.name: [gap for gap in one.gaps if gap.sub_type == "SHORTANSWER"] for one in read["cloze"]}
    for question in bank.questions.values():
        accepted = "".join(one for blank in getattr(question, "blanks", {}).values() for one in blank.accept)
        # This reader decodes entities before it looks for gaps; Moodle does so afterwards.
        if isinstance(question, Cloze) and not set("{}~#") & set(accepted):
            assert len(gaps[question.id]) == len(question.blanks)
            assert all(option.score == 100 for gap in gaps[question.id] for option in gap.options)


def test_what_moodle_asks_for(bank: Bank, whole: str) -> None:
    root = ET.fromstring(whole)
    questions = [one for one in root if one.get("type") != "category"]
    assert len(questions) == 2 * len(bank.questions)
    numbers = Counter(one.findtext("idnumber") for one in questions)
    assert set(numbers.values()) == {1}
    for one in questions:
        assert one.findtext("name/text")
        assert one.findtext("questiontext/text")
        assert one.findtext("generalfeedback/text")
        if one.get("type") == "multichoice":
            shares = [float(answer.get("fraction", "")) for answer in one.findall("answer")]
            assert set(shares) <= GRADES, "Moodle refuses other grades"
            assert sum(share for share in shares if share > 0) == pytest.approx(100, abs=0.01)
        if one.get("type") == "numerical":
            question = bank.questions[(one.findtext("idnumber") or "")[:-3]]
            assert isinstance(question, Numeric)
            assert float(one.findtext("answer/text") or "") == draw(question, 0).answer
            assert float(one.findtext("answer/tolerance") or "") >= 0
    categories = [one.findtext("category/text") or "" for one in root if one.get("type") == "category"]
    assert categories[0].startswith("$course$/top/Preptrain en/")
    assert all(len(part) < 255 for path in categories for part in path.split("/"))


def test_the_whole_bank_comes_back(bank: Bank, whole: str, tmp_path: Path) -> None:
    found, remarks = back(whole, tmp_path)
    assert found == bank.questions
    assert [taken for _, _, taken in remarks] == [True], "many tracks, one pack"


def test_what_moodle_wrote_again_comes_back_by_its_structure(bank: Bank, whole: str, tmp_path: Path) -> None:
    found, remarks = back(stripped(whole), tmp_path)
    native = (Single, Multiple, Order, Cloze, Match)
    for question in bank.questions.values():
        if not isinstance(question, native):
            continue
        got = found[question.id]
        assert type(got) is type(question)
        for name in ("stem", "explanation", "topic", "difficulty", "seconds", "roles"):
            assert getattr(got, name) == getattr(question, name), (question.id, name)
        match question, got:
            case (Single(), Single()) | (Multiple(), Multiple()):
                plain = [one.model_copy(update={"mutant": None}) for one in question.options]
                assert got.options == plain
                assert got.shuffle == question.shuffle
            case Order(), Order():
                assert got.items == question.items
            case Match(), Match():
                assert len(got.pairs) == len(question.pairs)
                assert [one.left for one in got.pairs] == [one.left for one in question.pairs]
            case Cloze(), Cloze():
                assert [b.accept for b in got.blanks.values()] == [b.accept for b in question.blanks.values()]
    refused = {where for where, _, taken in remarks if not taken}
    essays = [one.id for one in bank.questions.values() if one.kind == "recall"]
    assert all(any(name in where for where in refused) for name in essays)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_change_in_moodle_is_taken_over(tmp_path: Path, language: str) -> None:
    question = make("single", stem=text("Old stem", "旧题面"))
    old, new = {"en": ("Old stem", "New stem"), "zh": ("旧题面", "新题面")}[language]
    found, remarks = back(exported(bank_of(question)).replace(f"<text>{old}", f"<text>{new}"), tmp_path)
    assert getattr(found["a-single"].stem, language) == new
    assert any("was changed since it was exported" in said for _, said, _ in remarks)


def test_signs_of_moodles_own(tmp_path: Path) -> None:
    accepted = ["{a}", "50%", "x~y", "a#b", 'say "x"', "2*3", r"\sum", "a/b", "<b>", "a=b", "&amp;", "1:2"]
    signs = make(
        "cloze",
        text=text("{1:SA:=no} <<b>> and <<a>> $x_{1}$"),
        blanks={"b": {"accept": accepted}, "a": {"accept": ["零"]}},
    )
    found, _ = back(stripped(exported(bank_of(signs))), tmp_path)
    got = found["a-cloze"]
    assert isinstance(got, Cloze)
    assert [blank.accept for blank in got.blanks.values()] == [accepted, ["零"]]
    assert got.text.en == "{1:SA:=no} <<gap1>> and <<gap2>> $x_{1}$"


def test_every_kind(tmp_path: Path) -> None:
    kinds = bank_of(*map(make, KINDS))
    found, remarks = back(exported(kinds), tmp_path)
    assert (found, remarks) == (kinds.questions, [])
    types = Counter(one.get("type") for one in ET.fromstring(exported(kinds)).iter("question"))
    assert set(types) == {"category", "multichoice", "numerical", "cloze", "ordering", "matching", "essay"}
