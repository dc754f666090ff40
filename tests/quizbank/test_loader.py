"""From files to a bank: every fault is a problem with file, line and column, all at once."""

import gc
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from right_answers import SPECIAL, raw_question, text

from quizbank.loader import BANK, BankError, Problem, json_schema, load_bank
from quizbank.models import BankFile, Text
from quizbank.problem_texts import chinese
from quizbank.syllabus import load_syllabus


def write(folder: Path, *questions: dict[str, Any], name: str = "bank.yaml", track: str = "mine") -> Path:
    path = folder / name
    content = json.loads(json.dumps({"track": track, "questions": questions}))  # or yaml writes aliases
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def problems(*paths: Path) -> list[Problem]:
    with pytest.raises(BankError) as caught:
        load_bank(paths)
    assert all(re.search("[\u4e00-\u9fff]", chinese(problem.message)) for problem in caught.value.problems)
    return caught.value.problems


def edited(path: Path, old: str, new: str) -> tuple[int, int]:
    """Put `new` for the first `old`; gives its line and column."""
    content = path.read_text(encoding="utf-8")
    assert old in content
    before = content[: content.index(old)]
    path.write_text(content.replace(old, new, 1), encoding="utf-8")
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def test_all_kinds_load_in_the_order_of_the_files(tmp_path: Path):
    write(tmp_path, raw_question("single"), raw_question("order"), name="b.yaml")
    others = [raw_question(kind) for kind in SPECIAL if kind not in ("single", "order")]
    write(tmp_path, *others, name="c.yml")
    (tmp_path / "notes.txt").write_text("not a bank")
    bank = load_bank([tmp_path])
    assert list(bank.questions)[:2] == ["a-single", "a-order"]
    assert {question.kind for question in bank.questions.values()} == set(SPECIAL)
    assert set(bank.track_of.values()) == {"mine"}
    assert len(bank.by_topic("lora")) == len(bank.by_track("mine")) == len(SPECIAL)
    assert bank.by_topic("dpo") == []


def test_a_file_named_twice_is_loaded_once(tmp_path: Path):
    path = write(tmp_path, raw_question("single"))
    assert list(load_bank([path, tmp_path, path]).questions) == ["a-single"]


def test_a_misspelt_field_is_shown_at_its_key_with_the_right_one(tmp_path: Path):
    path = write(tmp_path, raw_question("single"))
    line, column = edited(path, "explanation:", "explanaton:")
    missing, extra = sorted(problems(path), key=lambda problem: problem.line)
    assert str(extra) == (
        f"{path}:{line}:{column}: a-single.explanaton: no such field; did you mean 'explanation'?"
    )
    assert "the field is missing (is 'explanaton' meant to be it?)" in str(missing)
    assert str(missing).startswith(f"{path}:3:3: a-single.explanation")


def test_a_misspelt_field_deep_inside(tmp_path: Path):
    path = write(tmp_path, raw_question("single"))
    line, column = edited(path, "feedback:", "feedbak:")
    [misspelt] = [problem for problem in problems(path) if "no such field" in problem.message]
    assert (misspelt.line, misspelt.column) == (line, column)
    assert misspelt.field == "a-single.options[0].feedbak"
    assert misspelt.message.endswith("did you mean 'feedback'?")


@pytest.mark.parametrize(
    ("kind", "old", "new", "field", "message"),
    [
        (
            "single",
            "kind: single",
            "kind: singel",
            "",
            "'singel' is no kind of question; did you mean 'single'?",
        ),
        ("single", "difficulty: 2", "difficulty: 9", ".difficulty", "less than or equal to 5"),
        ("single", "difficulty: 2", "difficulty: hard", ".difficulty", "valid integer"),
        ("single", "id: a-single", "id: A Single", ".id", "kebab-case"),
        ("single", "topic: lora", "topic:", ".topic", "a text is expected, not nothing"),
        (
            "single",
            "topic: lora",
            "topic: 3",
            ".topic",
            "'3', which YAML takes for a number: put it in quotes",
        ),
        ("single", "en: What holds?", "en: 2026-01-02", ".stem.en", "takes for a date: put it in quotes"),
        ("single", "en: What holds?", "en: true", ".stem.en", "takes for true/false: put it in quotes"),
        ("single", "en: What holds?", "en: ''", ".stem.en", "the text is empty"),
        (
            "single",
            "en: What holds?",
            'en: "\\frac 1 2"',
            ".stem.en",
            "use a block scalar (|) or single quotes",
        ),
        ("single", "title: Goodfellow", "titel: Goodfellow", ".sources[0].titel", "did you mean 'title'?"),
        ("single", "'2026-11-23'", "soon", ".sources[0].checked", "date"),
        ("single", "correct: true", "feedback: bad", ".options", "exactly one option must be correct"),
        ("numeric", "answer: size / 2 ** 20", "answer: 42", ".answer", "put it in quotes"),
        ("numeric", "- 1024", "- [1024]", ".parameters.n[0]", "a number or a text is expected"),
        ("numeric", "- 1024", "- .nan", ".parameters.n[0]", "a number or a text is expected"),
        ("numeric", "answer: size / 2 ** 20", "answer: siz / 2", ".answer", "no such name 'siz'"),
        ("numeric", "- n <= m", "- n > m * 9", ".answer", "no values of the parameters meet"),
        ("cloze", "<<a>>", "<<c>>", "", "text.en has the gaps ['b', 'c'], blanks has ['a', 'b']"),
        ("find_error", "error: 1", "error: 2", "", "the segments end at 1"),
        ("recall", "after: weak", "after: weka", ".follow_ups[1].after", "did you mean 'weak'?"),
        ("recall", "after: weak", "after: good", ".follow_ups", "one after a weak one are needed"),
        ("snippet", "code:", "kode:", ".kode", "did you mean 'code'?"),
    ],
)
def test_each_faulty_field(tmp_path: Path, kind: str, old: str, new: str, field: str, message: str):
    path = write(tmp_path, raw_question(kind))
    line, _ = edited(path, old, new)
    found = [problem for problem in problems(path) if message in problem.message]
    assert found, problems(path)
    name = "questions[0]" if "A Single" in new else f"a-{kind.replace('_', '-')}"
    assert found[0].field.removeprefix("A Single").removeprefix(name) == field
    if field.count(".") > 0 and field not in (".options", ".follow_ups", ".answer"):
        assert abs(found[0].line - line) <= 1


def test_a_text_in_one_language_only(tmp_path: Path):
    path = write(tmp_path, raw_question("single", stem={"en": "What?"}))
    [problem] = problems(path)
    assert (problem.field, problem.message) == ("a-single.stem.zh", "the field is missing")


def test_all_problems_of_all_files_at_once(tmp_path: Path):
    write(tmp_path, raw_question("single", difficulty=0), name="a.yaml")
    write(tmp_path, raw_question("order", rev=0, seconds=1), name="b.yaml")
    (tmp_path / "c.yaml").write_text("a: [\n")
    assert [problem.path.name for problem in problems(tmp_path)] == ["a.yaml", "b.yaml", "b.yaml", "c.yaml"]


def test_duplicate_ids_name_both_places(tmp_path: Path):
    one = write(tmp_path, raw_question("single"), name="a.yaml")
    other = write(tmp_path, raw_question("order"), raw_question("single"), name="b.yaml")
    first, second = problems(tmp_path)
    assert first.path == one
    assert second.path == other
    assert f"also that of {other}:{second.line}" in first.message
    assert f"also that of {one}:{first.line}" in second.message
    assert other.read_text(encoding="utf-8").splitlines()[second.line - 1].strip() == "- id: a-single"


def test_a_duplicate_key_is_an_error(tmp_path: Path):
    path = write(tmp_path, raw_question("single"))
    line, _ = edited(path, "topic: lora", "topic: lora\n  topic: dpo")
    [problem] = problems(path)
    assert (problem.line, problem.message) == (
        line + 1,
        f"duplicate key 'topic', first on line {line}, column 3",
    )


def test_a_personal_bank_has_topics_of_its_own(tmp_path: Path):
    path = write(tmp_path, raw_question("single", topic="cooking"), track="kitchen")
    assert load_bank([path]).track_of == {"a-single": "kitchen"}


def test_the_packaged_bank_keeps_to_the_syllabus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("quizbank.loader.BANK", tmp_path)
    path = write(
        tmp_path,
        raw_question("single", topic="lorra"),
        raw_question("order", topic="dpo"),
        raw_question("match", topic="lora"),
        track="finetuning",
    )
    unknown, foreign = problems(path)
    assert "no such topic 'lorra'; did you mean 'lora'?" in str(unknown)
    assert "'dpo' is of track 'alignment', not 'finetuning'" in str(foreign)
    path = write(tmp_path, raw_question("match", topic="lora"), track="finetunning")
    assert "no such track 'finetunning'; did you mean 'finetuning'?" in str(problems(path)[0])


def test_missing_path_empty_folder_and_empty_file(tmp_path: Path):
    empty = tmp_path / "empty.yaml"
    empty.write_text("")
    (tmp_path / "folder").mkdir()
    paths = [tmp_path / "folder", tmp_path / "none.yaml", empty]
    said = [problem.message for problem in problems(*paths)]
    assert said == ["the folder has no .yaml file", "no such file or folder", "the file is empty"]


@pytest.mark.parametrize("content", ["just text", "- 1\n- 2", "3", "null", "track: x", "questions: []"])
def test_yaml_that_is_no_bank(tmp_path: Path, content: str):
    path = tmp_path / "bank.yaml"
    path.write_text(content)
    assert all(problem.line == 1 for problem in problems(path))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_special_files_are_not_read(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.yaml")
    assert problems(tmp_path / "pipe.yaml")[0].message == "not a file"
    assert problems(Path("/dev/zero"))[0].message == "not a file"


def test_hidden_files_are_left_alone(tmp_path: Path):
    write(tmp_path, raw_question("single"))
    (tmp_path / ".#bank.yaml").write_text("an editor's lock")
    assert list(load_bank([tmp_path]).questions) == ["a-single"]


def test_terminal_escapes_do_not_reach_the_terminal(tmp_path: Path):
    path = tmp_path / "bank.yaml"
    path.write_text('track: x\n"\\e[31m\\a": 1\nquestions: [{id: "\\e]0;x\\a"}]\n')
    found = problems(path)
    assert len(found) == 2
    assert all(str(problem).isprintable() for problem in found)


def test_a_file_full_of_faults_is_told_in_a_hundred(tmp_path: Path):
    path = tmp_path / "bank.yaml"
    path.write_text("track: x\nquestions:\n" + "- {}\n" * 5000)
    assert len(problems(path)) == 100
    path.write_text("a: 1\n" * 5000)
    assert len(problems(path)) == 100


def test_garbage_collection_is_left_as_it_was(tmp_path: Path):
    path = write(tmp_path, raw_question("single"))
    assert gc.isenabled()
    load_bank([path])
    assert gc.isenabled()
    path.write_text("a: [")
    problems(path)
    assert gc.isenabled()
    gc.disable()
    try:
        problems(path)
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_plain_string_serves_both_languages():
    assert Text.model_validate("x + 1") == Text(en="x + 1", zh="x + 1")


def test_lines_broken_within_a_chinese_sentence_are_joined():
    both = Text.model_validate({"en": "a\nb", "zh": "权重\n之和，\n为一。\n第二句\nx = 1"})
    assert both.en == "a\nb"
    assert both.zh == "权重之和，为一。\n第二句\nx = 1"


def test_the_schema_takes_what_the_loader_takes():
    schema = json_schema()
    json.dumps(schema)
    assert schema["$schema"].endswith("2020-12/schema")
    assert [sorted(one)[:1] for one in schema["$defs"]["Text"]["anyOf"]] == [
        ["minLength"],
        ["additionalProperties"],
    ]
    kinds = schema["properties"]["questions"]["items"]["discriminator"]["mapping"]
    assert set(kinds) == set(SPECIAL)


def test_the_example_of_contributing_is_valid():
    """The first YAML block of CONTRIBUTING.md, with its dots filled in."""
    block = (
        (BANK.parents[1] / "CONTRIBUTING.md")
        .read_text(encoding="utf-8")
        .split("```yaml\n")[1]
        .split("```")[0]
    )
    data = yaml.safe_load(block.replace("https://…", "https://example.org"))
    options = data["questions"][0]["options"]
    options.append({"text": text("another"), "feedback": text("why")})
    assert BankFile.model_validate(data).questions[0].id == "max-pool-backward-route"


def test_the_syllabus_has_every_topic_once():
    syllabus = load_syllabus()
    assert len(syllabus.track_of()) == len(list(syllabus.topics())) > 100
    assert syllabus.track_of()["lora"] == "finetuning"


def test_a_syllabus_with_a_topic_twice_is_refused(tmp_path: Path):
    topic = {"id": "one", "title": "One"}
    path = tmp_path / "syllabus.yaml"
    path.write_text(yaml.safe_dump({"tracks": [{"id": "a", "title": "A", "topics": [topic, {**topic}]}]}))
    with pytest.raises(ValueError, match="used twice: one"):
        load_syllabus(path)
