"""Packs and a person's own bank: names before ids, and nothing of a stranger's zip or folder that leads elsewhere."""

from __future__ import annotations

import json
import os
import re
import stat
import warnings
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from right_answers import SOURCE, SPECIAL, raw_question, right_answer, text

from quizbank import bank_files
from quizbank.answering import grade
from quizbank.exporting import anki_export, moodle_export, questions_csv
from quizbank.importing import read_pack
from quizbank.importing.pack import to_yaml
from quizbank.loader import BankError, load_bank
from quizbank.problem_texts import chinese
from quizbank.problems import Problem


def dumped(content: Any) -> str:
    plain = json.loads(json.dumps(content))  # or yaml writes aliases
    return yaml.safe_dump(plain, allow_unicode=True, sort_keys=False)


def bank_text(*questions: dict[str, Any]) -> str:
    return dumped({"track": "mine", "questions": questions or [raw_question("single")]})


def manifest(name: str = "friend", **more: Any) -> str:
    return dumped({"pack": name, "title": text("A pack"), **more})


FILES = {"manifest.yaml": manifest(), "questions.yaml": bank_text()}


def folder_pack(folder: Path, files: Mapping[str, str] = FILES) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return folder


def zip_pack(path: Path, files: Mapping[str, str | bytes] = FILES) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # doubles are meant
        for name, content in files.items():
            archive.writestr(name, content)
    return path


Make = Callable[[Path, Mapping[str, str]], Path]


@pytest.fixture(params=["folder", "zip", "zip of a folder"])
def make(request: pytest.FixtureRequest) -> Make:
    """Make a pack in each of its forms."""

    def in_a_folder(path: Path, files: Mapping[str, str]) -> Path:
        return zip_pack(path.with_suffix(".zip"), {f"pack-main/{name}": text for name, text in files.items()})

    ways: dict[str, Make] = {
        "folder": folder_pack,
        "zip": lambda path, files: zip_pack(path.with_suffix(".zip"), files),
        "zip of a folder": in_a_folder,
    }
    return ways[request.param]


def problems(*paths: Path) -> list[Problem]:
    with pytest.raises(BankError) as caught:
        load_bank(paths)
    assert all(re.search("[\u4e00-\u9fff]", chinese(problem.message)) for problem in caught.value.problems)
    return caught.value.problems


def messages(*paths: Path) -> list[str]:
    return [problem.message for problem in problems(*paths)]


# --- what is taken


def test_the_packs_name_stands_before_its_ids(make: Make, tmp_path: Path) -> None:
    files = {
        **FILES,
        "more/others.yml": bank_text(*(raw_question(kind) for kind in SPECIAL if kind != "single")),
    }
    bank = load_bank([make(tmp_path / "p", files)])
    assert set(bank.questions) == {f"friend/a-{kind.replace('_', '-')}" for kind in SPECIAL}
    assert set(bank.track_of.values()) == {"mine"}
    for id_, question in bank.questions.items():
        assert question.id == id_
        assert grade(question, right_answer(question, 3), 3).correct


def test_a_problem_in_a_pack_has_its_place(make: Make, tmp_path: Path) -> None:
    pack = make(
        tmp_path / "p", {**FILES, "in/questions.yaml": bank_text(raw_question("single", difficulty=9))}
    )
    (problem,) = problems(pack)
    assert problem.path == pack / "in/questions.yaml"
    assert (problem.line, problem.field) == (6, "a-single.difficulty")


def test_an_id_used_twice_in_a_pack(make: Make, tmp_path: Path) -> None:
    pack = make(tmp_path / "p", {**FILES, "z.yaml": bank_text(raw_question("single"))})
    first, second = problems(pack)
    assert (first.path.name, second.path.name) == ("questions.yaml", "z.yaml")
    assert "'friend/a-single' is also that of" in first.message
    assert first.line == second.line == 3


def test_two_packs_may_have_the_same_ids(make: Make, tmp_path: Path) -> None:
    one = make(tmp_path / "one", FILES)
    other = make(tmp_path / "other", {**FILES, "manifest.yaml": manifest("other")})
    assert set(load_bank([one, other]).questions) == {"friend/a-single", "other/a-single"}
    third = make(tmp_path / "third", FILES)
    (message,) = messages(one, other, third)
    assert message == f"'friend' is also the name of {one}: remove one"


def test_facts_of_a_pack_are_its_own(make: Make, tmp_path: Path) -> None:
    facts = dumped({"facts": {"DAY_HOURS": {"says": "A day.", "number": 24, "sources": [SOURCE]}}})
    asks = bank_text(raw_question("single", stem=text("<<DAY_HOURS>>, <<ADAM_MIXED_BYTES>>")))
    pack = make(tmp_path / "p", {**FILES, "questions.yaml": asks, "facts.yaml": facts})
    assert load_bank([pack]).questions["friend/a-single"].stem.en == "24, 16"
    other = make(tmp_path / "q", {"manifest.yaml": manifest("q"), "questions.yaml": asks})
    assert "no such fact DAY_HOURS; write it into facts.yaml" in messages(pack, other)


def test_a_slash_in_an_id_is_the_packs_business(make: Make, tmp_path: Path) -> None:
    (message,) = messages(
        make(tmp_path / "p", {**FILES, "questions.yaml": bank_text(raw_question("single", id="friend/a"))})
    )
    assert message == "write 'a': the pack's name is put before it by itself"


def test_other_files_are_left_alone(make: Make, tmp_path: Path) -> None:
    others = {"README.md": "# hello", "LICENSE": "MIT", "img/a.png": "", ".hidden.yaml": "no bank"}
    assert len(load_bank([make(tmp_path / "p", {**FILES, **others})]).questions) == 1


# --- the manifest


@pytest.mark.parametrize(
    ("content", "field", "message"),
    [
        (manifest("own"), "", "'own' is a name of preptrain's: choose another"),
        (manifest("preptrain"), "", "is a name of preptrain's"),
        (manifest("No Slug"), "pack", "must be kebab-case"),
        (manifest("../up"), "pack", "must be kebab-case"),
        (manifest(format=2), "format", "is not 1"),
        (manifest(titel="x"), "titel", "no such field"),
        (manifest(url="javascript:x"), "url", "pattern"),
        ("pack: friend\n", "title", "the field is missing"),
        ("- 1\n", "", ""),
        ("a: [\n", "", "YAML"),
        ("", "", "the file is empty"),
        ("a: 1\na: 2\n", "", "duplicate key"),
    ],
)
def test_a_manifest_with_a_fault(make: Make, tmp_path: Path, content: str, field: str, message: str) -> None:
    pack = make(tmp_path / "p", {**FILES, "manifest.yaml": content})
    found = [one for one in problems(pack) if message in one.message]
    assert found, problems(pack)
    assert found[0].path == pack / "manifest.yaml"
    assert found[0].field == field
    assert found[0].line >= 1


def test_a_pack_without_questions(make: Make, tmp_path: Path) -> None:
    pack = make(tmp_path / "p", {"manifest.yaml": manifest(), "README.md": ""})
    assert messages(pack) == ["the pack has no .yaml file besides its manifest"]


def test_a_zip_without_a_manifest(tmp_path: Path) -> None:
    (message,) = messages(zip_pack(tmp_path / "p.zip", {"questions.yaml": bank_text()}))
    assert message.startswith("no manifest.yaml in the zip")


def test_a_pack_within_a_pack(make: Make, tmp_path: Path) -> None:
    for files in ({"in/manifest.yaml": manifest("inner")}, {"in/pack.zip": "x"}):
        (message,) = messages(make(tmp_path / str(len(files)) / next(iter(files))[3:7], {**FILES, **files}))
        assert "a pack within a pack" in message


# --- zips that mean ill


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("../up.yaml", "leads elsewhere"),
        ("in/../../up.yaml", "leads elsewhere"),
        ("./here.yaml", "leads elsewhere"),
        ("in//twice.yaml", "leads elsewhere"),
        ("/etc/passwd.yaml", "an absolute name"),
        ("in\\back.yaml", "a backslash"),
        ("..\\up.yaml", "a backslash"),
        ("C:/x.yaml", "a drive"),
        ("c:x.yaml", "a drive"),
        ("x.yaml:stream", "a drive or a colon"),
        ("a\x1b[31m.yaml", "a control character"),
        ("a\u202e.yaml", "a control character"),
        ("a" * 300 + ".yaml", "more than 240 letters"),
        ("a/" * 12 + "x.yaml", "folders deep"),
        ("QUESTIONS.yaml", "the same name twice"),
    ],
)
def test_a_name_that_leads_elsewhere(tmp_path: Path, name: str, message: str) -> None:
    pack = zip_pack(tmp_path / "p.zip", {**FILES, name: bank_text(raw_question("order"))})
    (problem,) = problems(pack)
    assert message in problem.message
    assert str(problem).isprintable()
    assert problem.path == pack
    assert list(tmp_path.iterdir()) == [pack]


def test_a_name_cut_at_a_nul(tmp_path: Path) -> None:
    pack = zip_pack(tmp_path / "p.zip", {**FILES, "a?/../x.yaml": ""})
    pack.write_bytes(pack.read_bytes().replace(b"a?/../x.yaml", b"a\0/../x.yaml"))
    assert problems(pack)


def test_the_same_name_twice(tmp_path: Path) -> None:
    pack = tmp_path / "p.zip"
    with warnings.catch_warnings(), zipfile.ZipFile(pack, "w") as archive:
        warnings.simplefilter("ignore")
        for name, content in [*FILES.items(), ("questions.yaml", bank_text(raw_question("order")))]:
            archive.writestr(name, content)
    assert messages(pack) == ["questions.yaml: the same name twice, on some systems at least"]


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices(tmp_path: Path, kind: int) -> None:
    pack = zip_pack(tmp_path / "p.zip")
    with zipfile.ZipFile(pack, "a") as archive:
        entry = zipfile.ZipInfo("link.yaml")
        entry.external_attr = (kind | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    assert messages(pack) == ["link.yaml: a link or a device: put the file itself there"]


def test_a_bomb(tmp_path: Path) -> None:
    pack = zip_pack(tmp_path / "p.zip", {**FILES, "note.txt": b"0" * 50_000_000})
    assert pack.stat().st_size < 100_000
    assert messages(pack) == ["note.txt: unpacks to more than 200 times its size: a bomb?"]


def test_a_bank_file_too_large(tmp_path: Path) -> None:
    noise = os.urandom(bank_files.MAX_BYTES).hex()
    pack = zip_pack(tmp_path / "p.zip", {**FILES, "large.yaml": f"# {noise}"})
    assert messages(pack) == ["large.yaml: larger than 5 MB: split the file"]


def test_a_size_that_lies(tmp_path: Path) -> None:
    """The directory says 10 bytes; no more than a bank file may have is ever read."""
    pack = zip_pack(tmp_path / "p.zip", {**FILES, "z.yaml": b"# " + b"x" * 20_000_000})
    raw = pack.read_bytes()
    size = (20_000_002).to_bytes(4, "little")
    pack.write_bytes(raw.replace(size, (10).to_bytes(4, "little")))
    assert problems(pack)


def test_too_much_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Make) -> None:
    pack = make(
        tmp_path / "p",
        {**FILES, **{f"f{n}.yaml": bank_text(raw_question("single", id=f"q{n}")) for n in range(5)}},
    )
    monkeypatch.setattr(bank_files, "MAX_TOTAL", 1000)
    assert "split the pack" in messages(pack)[0]
    monkeypatch.undo()
    monkeypatch.setattr(bank_files, "MAX_ENTRIES", 5)
    assert "more than 5" in messages(pack)[0]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compressions(tmp_path: Path, method: int) -> None:
    pack = tmp_path / "p.zip"
    with zipfile.ZipFile(pack, "w", method) as archive:
        for name, content in FILES.items():
            archive.writestr(name, content)
    assert "other than deflate" in messages(pack)[0]


def test_a_password(tmp_path: Path) -> None:
    pack = zip_pack(tmp_path / "p.zip")
    raw = bytearray(pack.read_bytes())
    for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := raw.find(sign, at + 1)) >= 0:
            raw[at + offset] |= 1
    pack.write_bytes(bytes(raw))
    assert all("encrypted" in message for message in messages(pack))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", b"PK\x05\x06" + b"\0" * 18, b"\xff" * 500])
def test_what_is_no_zip(tmp_path: Path, content: bytes) -> None:
    pack = tmp_path / "p.zip"
    pack.write_bytes(content)
    assert problems(pack)


def test_every_single_byte_may_be_wrong(tmp_path: Path) -> None:
    """A damaged zip is refused or read, and nothing else happens."""
    raw = zip_pack(tmp_path / "p.zip").read_bytes()
    pack = tmp_path / "q.zip"
    for at in range(0, len(raw), 7):
        pack.write_bytes(raw[:at] + bytes([raw[at] ^ 0xFF]) + raw[at + 1 :])
        try:
            bank = load_bank([pack])
        except BankError:
            continue
        else:
            assert set(bank.questions) <= {"friend/a-single"}


def test_nothing_is_unpacked(tmp_path: Path) -> None:
    before = set(tmp_path.rglob("*"))
    pack = zip_pack(tmp_path / "p.zip")
    load_bank([pack], cache=tmp_path / "cache" / "bank.db")
    assert set(tmp_path.rglob("*")) - before == {pack, tmp_path / "cache", tmp_path / "cache" / "bank.db"}


# --- folders that mean ill


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_out_of_a_folder(tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_text(bank_text(raw_question("order")))
    pack = folder_pack(tmp_path / "p")
    (pack / "link.yaml").symlink_to(outside)
    (problem,) = problems(pack)
    assert (problem.path, problem.message) == (
        pack / "link.yaml",
        "a link that leads out of the pack: put the file itself there",
    )
    (pack / "link.yaml").unlink()
    (pack / "folder").symlink_to(tmp_path)
    assert "leads out of the pack" in messages(pack)[0]
    (pack / "folder").unlink()
    (pack / "inside").symlink_to(pack)
    assert len(load_bank([pack]).questions) == 1


def test_a_folder_too_deep(tmp_path: Path) -> None:
    assert (
        "folders deep"
        in messages(folder_pack(tmp_path / "p", {**FILES, "a/" * 10 + "x.yaml": bank_text()}))[0]
    )


# --- a person's own folder


def own(tmp_path: Path) -> Path:
    folder = tmp_path / "bank"
    folder_pack(folder, {"notes.yaml": bank_text(), "deep/more.yaml": bank_text(raw_question("order"))})
    folder_pack(folder / "a-friend")
    zip_pack(folder / "another.zip", {**FILES, "manifest.yaml": manifest("another")})
    return folder


OWN_IDS = {"own/a-single", "own/a-order", "friend/a-single", "another/a-single"}


def test_all_that_lies_in_ones_own_folder(tmp_path: Path) -> None:
    bank = load_bank(own=own(tmp_path))
    assert bank.problems == []
    assert {id_ for id_ in bank.questions if "/" in id_} == OWN_IDS
    assert len(bank.questions) == len(load_bank().questions) + len(OWN_IDS)
    assert bank.places["another/a-single"].path == tmp_path / "bank/another.zip/questions.yaml"


def test_no_folder_and_an_empty_one(tmp_path: Path) -> None:
    assert load_bank([], own=tmp_path / "none").questions == {}
    (tmp_path / "bank").mkdir()
    bank = load_bank([], own=tmp_path / "bank")
    assert (bank.questions, bank.problems) == ({}, [])


def test_what_is_wrong_costs_its_own_question_alone(tmp_path: Path) -> None:
    folder = own(tmp_path)
    spoilt = [
        raw_question("single", id="fine"),
        raw_question("order", rev=0),
        raw_question("match", stem="<<NO_FACT>>"),
    ]
    (folder / "notes.yaml").write_text(bank_text(*spoilt))
    (folder / "broken.yaml").write_text("a: [")
    (folder / "bad.zip").write_bytes(b"no zip")
    zip_pack(folder / "twin.zip")
    bank = load_bank([], own=folder)
    assert set(bank.questions) == OWN_IDS - {"own/a-single"} | {"own/fine"}
    said = "\n".join(map(str, bank.problems))
    assert len(bank.problems) == 5
    for words in (
        "a-order.rev",
        "NO_FACT",
        "broken.yaml:",
        "bad.zip: cannot be read as a zip",
        "also the name of",
    ):
        assert words in said
    with pytest.raises(BankError):
        load_bank([folder])


def test_the_cache_knows_packs_too(tmp_path: Path) -> None:
    folder, cache = own(tmp_path), tmp_path / "cache.db"
    first = load_bank([], own=folder, cache=cache)
    again = load_bank([], own=folder, cache=cache)
    assert dict(first.questions) == dict(again.questions) == dict(load_bank([], own=folder).questions)
    zip_pack(folder / "another.zip", {**FILES, "manifest.yaml": manifest("renamed")})
    (folder / "a-friend" / "questions.yaml").write_text(bank_text(raw_question("match")))
    found = set(load_bank([], own=folder, cache=cache).questions)
    assert found == {"own/a-single", "own/a-order", "friend/a-match", "renamed/a-single"}


@pytest.mark.parametrize("form", ["anki", "moodle", "csv"])
def test_questions_of_packs_go_out_and_come_back(tmp_path: Path, form: str) -> None:
    others = bank_text(*(raw_question(kind) for kind in SPECIAL if kind != "single"))
    bank = load_bank([zip_pack(tmp_path / "p.zip", {**FILES, "others.yaml": others})])
    if form == "anki":
        pytest.importorskip("genanki")
        path = tmp_path / "deck.apkg"
        path.write_bytes(anki_export.package(bank, datetime(2026, 11, 30, tzinfo=UTC)))
    else:
        module, path = {
            "moodle": (moodle_export, tmp_path / "it.xml"),
            "csv": (questions_csv, tmp_path / "it.csv"),
        }[form]
        with open(path, "w", encoding="utf-8", newline="") as file:
            module.write(bank, file)
    pack = read_pack(path, date(2026, 11, 30))
    plain = {id_.partition("/")[2]: question for id_, question in bank.questions.items()}
    expected = {id_: question.model_copy(update={"id": id_}) for id_, question in plain.items()}
    assert {one.id: one for one in pack.questions} == expected
    assert not [remark for remark in pack.remarks if not remark.taken]
    (tmp_path / "back.yaml").write_text(to_yaml(pack), encoding="utf-8")
    assert load_bank([tmp_path / "back.yaml"]).questions == expected
