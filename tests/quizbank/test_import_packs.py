"""Importing: packs on the disk, the command, HTML of others, and files that are not what they say."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from right_answers import make, text

from quizbank.exporting.anki_export import package
from quizbank.exporting.html import to_html
from quizbank.importing import FORMATS, ImportFailed, import_file, read_pack
from quizbank.importing.html_text import to_text
from quizbank.lint import texts_of
from quizbank.loader import Bank, load_bank
from tui.cli import main
from tui.command_line.importing import FORMAT_NAMES

pytest.importorskip("genanki")
TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def bank_of(*questions: Any) -> Bank:
    return Bank({one.id: one for one in questions}, {one.id: "cnn" for one in questions})


def test_every_text_of_the_bank_survives_html() -> None:
    for question in load_bank().questions.values():
        code = question.kind == "find_error" and getattr(question, "code", False)
        for path, one in texts_of(question):
            if code and path[0] in ("segments", "corrections"):
                continue  # lines of code, whose indentation HTML does not keep outside a block
            for said in (one.en, one.zh):
                assert to_text(to_html(said)) == (said, 0), (question.id, path)


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("a<br>b<div>c</div>d", "a\nb\n\nc\n\nd"),
        ("<ul><li>x</li><li>y</li></ul>", "- x\n- y"),
        ("<ol start=3><li>x</li></ol>", "3. x"),
        ("<pre><code>if a &lt; b:\n    x</code></pre>", "```\nif a < b:\n    x\n```"),
        ("1 * 2 and *not so* and $5", r"1 \* 2 and \*not so\* and \$5"),
        ("2*3 at $5", "2*3 at $5"),
        (r"\[a_1<br>b\]", "$$a_1 b$$"),
        ("[$]x^2[/$]", "$x^2$"),
        ("<style>b{}</style><script>x()</script>ok", "ok"),
        ("</ul></pre></b>ok", "**ok"),
        ("a\x00\x1b[31mb", "a[31mb"),
    ],
)
def test_html_of_others(html: str, said: str) -> None:
    assert to_text(html)[0] == said


def zipped(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is no Anki package"),
        (b"PK\x03\x04 not really", "is no Anki package"),
        (zipped("readme.txt", b"hello"), "no collection in it"),
        (zipped("collection.anki2", b"not a database at all, but long enough"), "cannot be read"),
        (zipped("collection.anki2", b""), "cannot be read"),
        (zipped("collection.anki21b", b"not zstandard"), "is no Anki package"),
    ],
)
def test_what_is_no_package(content: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "x.apkg"
    path.write_bytes(content)
    with pytest.raises(ImportFailed, match=words):
        read_pack(path, TODAY)


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from quizbank.importing import anki_package

    monkeypatch.setattr(anki_package, "MAX_BYTES", 5_000_000)
    path = tmp_path / "x.apkg"
    path.write_bytes(zipped("collection.anki2", bytes(20_000_000)))
    with pytest.raises(ImportFailed, match="larger than 5 MB"):
        read_pack(path, TODAY)


def test_a_broken_data_field_is_told(tmp_path: Path) -> None:
    bank = bank_of(make("single"), make("order"))
    data = package(bank, NOW)
    broken = tmp_path / "x.txt"
    from quizbank.exporting.anki_text import write

    with broken.open("w", encoding="utf-8", newline="") as file:
        write(bank, file)
    broken.write_text(broken.read_text("utf-8").replace('""preptrain"": 1', '""preptrain"": 9', 1), "utf-8")
    pack = read_pack(broken, TODAY)
    assert [one.id for one in pack.questions] == ["a-order"]
    assert "this preptrain reads 1" in pack.remarks[0].text.en
    assert len(data) > 1000


def test_the_pack_is_a_bank_file(tmp_path: Path) -> None:
    path, out = tmp_path / "x.apkg", tmp_path / "pack.yaml"
    tricky = make("single", stem=text("no\n\n  12:30 — yes: {a} # b\n- c", "否：“是”\n010"))
    path.write_bytes(package(bank_of(tricky, make("cloze")), NOW))
    import_file(path, out, TODAY)
    bank = load_bank([out])
    assert bank.questions["a-single"] == tricky
    assert set(bank.track_of.values()) == {"cnn"}
    before = out.read_bytes()
    with pytest.raises(Exception, match="exists already"):
        import_file(path, out, TODAY)
    assert out.read_bytes() == before
    import_file(path, out, TODAY, track="mine", force=True)
    assert set(load_bank([out]).track_of.values()) == {"mine"}


def test_two_of_the_same_name_both_come_in(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("question,answer\nWhy?,a\nWhy?,b\n", "utf-8")
    assert [one.id for one in read_pack(path, TODAY).questions] == ["why", "why-2"]


def preptrain(*arguments: str, language: str = "en") -> Result:
    return CliRunner().invoke(main, ["--language", language, "import", *arguments])


def test_the_command(tmp_path: Path) -> None:
    path, out = tmp_path / "x.csv", tmp_path / "pack.yaml"
    rows = "".join(f"bad \x1b[31m {number},\n" for number in range(25))
    path.write_text(f"question,answer\nWhy?,because\n{rows}", "utf-8")
    result = preptrain(str(path), "-o", str(out))
    assert result.exit_code == 0, result.output
    assert "✗ row 3: it has no answer" in result.stderr
    assert "… and 5 more" in result.stderr
    assert "! no explanation; a placeholder stands there (1)" in result.stderr
    assert "1 questions taken, 25 not" in result.stdout
    assert len(load_bank([out]).questions) == 1
    chinese = preptrain(str(path), "-o", str(out), "--force", language="zh")
    assert "导入 1 题，25 条未能导入" in chinese.stdout
    printed = preptrain(str(path))
    assert printed.stdout.startswith("track: imported\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["none.apkg"], "no such file"),
        (["x.pdf"], "what format is it?"),
        (["x.csv", "--track", "No Good"], "--track is a name"),
        (["x.csv", "--from", "pdf"], "'pdf' is not one of"),
        (["x.csv"], "no question could be taken"),
    ],
)
def test_wrong_usage(
    arguments: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.csv").write_text("question,answer\nWhy?,\n")
    result = preptrain(*arguments, "-o", "out.yaml")
    assert result.exit_code == 2
    assert words in result.output
    assert not Path("out.yaml").exists()


def test_names_are_those_of_the_registry() -> None:
    assert tuple(FORMATS) == FORMAT_NAMES
    assert json.dumps(FORMAT_NAMES)
