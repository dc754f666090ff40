"""Questions as CSV: safe in a spreadsheet, mended there, and back; and the CSV of others."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from pathlib import Path

import pytest
from right_answers import make, option, text

import quizbank
from quizbank.exporting.question_formats import QUESTION_FORMATS
from quizbank.exporting.questions_csv import COLUMNS, write
from quizbank.faults import KINDS
from quizbank.importing import Pack, read_pack
from quizbank.loader import Bank, load_bank
from quizbank.models import Question, Single

TODAY = date(2026, 11, 24)


def bank_of(*questions: Question) -> Bank:
    return Bank({one.id: one for one in questions}, {one.id: "cnn" for one in questions})


def exported(bank: Bank, *, excel: bool = False) -> str:
    out = io.StringIO(newline="")
    write(bank, out, excel)
    return out.getvalue()


def back(content: str | bytes, folder: Path) -> Pack:
    path = folder / "it.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_pack(path, TODAY)


def test_the_whole_bank_comes_back(tmp_path: Path) -> None:
    bank = load_bank()
    pack = back(exported(bank), tmp_path)
    assert {one.id: one for one in pack.questions} == bank.questions
    assert [remark.taken for remark in pack.remarks] == [True], "many tracks, one pack"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_comes_back_with_its_track(kind: str, tmp_path: Path) -> None:
    question = make(kind)
    pack = back(exported(bank_of(question), excel=True), tmp_path)
    assert (pack.questions, pack.track, pack.remarks) == ([question], "cnn", [])


def test_a_spreadsheet_reads_it(tmp_path: Path) -> None:
    """By pandas, which is not ours, with every text of every language in a column of its own."""
    pandas = pytest.importorskip("pandas")
    bank = load_bank()
    (tmp_path / "it.csv").write_text(exported(bank), "utf-8", newline="")
    table = pandas.read_csv(tmp_path / "it.csv", dtype=str, keep_default_na=False)
    assert list(table.columns) == list(COLUMNS)
    assert list(table["id"]) == list(bank.questions)
    first = next(one for one in bank.questions.values() if isinstance(one, Single))
    row = table[table["id"] == first.id].iloc[0]
    assert row["stem_zh"] == first.stem.zh
    right = next(number for number, one in enumerate(first.options, 1) if one.correct)
    assert row["correct"] == str(right)
    assert row[f"option_{right}_en"] == first.options[right - 1].text.en


NASTY = ["=1+1", "-0.5", "+a", "@x", "'=1", "''x", "'quoted'", "\t=1", 'a,b"c"\nd', "＝1", "- a list"]


@pytest.mark.parametrize("nasty", NASTY)
def test_formulas_do_not_run_and_come_back(nasty: str, tmp_path: Path) -> None:
    question = make(
        "single", stem=text(nasty, nasty), options=[option("a"), option(nasty, True), option("c")]
    )
    content = exported(bank_of(question))
    for row in csv.reader(io.StringIO(content)):
        for cell in row:
            assert not cell.lstrip().startswith(("=", "@", "＝"))
    assert back(content, tmp_path).questions == [question]


def test_a_row_mended_in_a_spreadsheet(tmp_path: Path) -> None:
    question = make("single", options=[{**option("a"), "mutant": "x/y"}, option("b", True), option("c")])
    rows = list(csv.DictReader(io.StringIO(exported(bank_of(question)))))
    rows[0] |= {
        "stem_zh": "改过的题面",
        "correct": "3",
        "feedback_2_en": "No.",
        "feedback_2_zh": "不对。",
        "difficulty": "5",
    }
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, delimiter=";")  # as Excel does in half of Europe
    writer.writeheader()
    writer.writerows(rows)
    (mended,) = back("\ufeff" + out.getvalue(), tmp_path).questions
    assert isinstance(mended, Single)
    assert (mended.stem.zh, mended.stem.en, mended.difficulty) == ("改过的题面", question.stem.en, 5)
    assert [one.correct for one in mended.options] == [False, False, True]
    assert mended.options[0].mutant == "x/y"


@pytest.mark.parametrize(
    ("column", "value", "why"),
    [
        ("correct", "", "exactly one"),
        ("difficulty", "9", "difficulty"),
        ("difficulty", "hard", "difficulty"),
        ("kind", "essay", "kind"),
        ("more", "{", "no JSON"),
        ("more", "[1]", "no JSON object"),
        ("option_3_en", "", None),
    ],
)
def test_a_row_mended_wrongly_is_told(column: str, value: str, why: str | None, tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(exported(bank_of(make("single"), make("multiple"))))))
    rows[0][column] = value
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    pack = back(out.getvalue(), tmp_path)
    if why is None:
        assert len(pack.questions) == 2, "the Chinese text serves for both"
        return
    (remark,) = pack.remarks
    assert remark.where == "row 2: a-single"
    assert not remark.taken
    assert why in remark.text.en
    assert [one.id for one in pack.questions] == ["a-multiple"]


def test_more_is_json() -> None:
    (row,) = csv.DictReader(io.StringIO(exported(bank_of(make("snippet")))))
    assert json.loads(row["more"]) == {"code": "print([1, 2])\nprint('x  y')\n", "output": "[1, 2]\nx  y\n"}


FORMATS_FOLDER = Path(quizbank.__file__).parent / "exporting" / "formats"


def test_the_snippet_of_the_docs_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("pandas")
    monkeypatch.chdir(tmp_path)
    Path("questions.csv").write_text(exported(load_bank(), excel=True), "utf-8", newline="")
    page = (FORMATS_FOLDER / "questions-csv.md").read_text("utf-8")
    (snippet,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    exec(snippet, {})
    assert re.search(r"^cnn( +\d+){9}$", capsys.readouterr().out, re.MULTILINE)


def test_each_format_of_questions_has_a_page_in_both_languages() -> None:
    pages = {"anki": "anki", "anki-text": "anki", "moodle": "moodle", "questions-csv": "questions-csv"}
    assert set(pages) == set(QUESTION_FORMATS)
    for form, page in pages.items():
        said = (FORMATS_FOLDER / f"{page}.md").read_text("utf-8")
        assert f"preptrain export {form} -o" in said
        assert "题" in said
