"""The catalogue: every drill is whole, and faults in a drill's files name the file and the field."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path

import pytest
import yaml

from drills.catalog import PROBLEMS, Drill, DrillError, find_drill, load_catalog, load_drill
from drills.mutants import Mutant, load_mutants, source_of
from drills.verify import missing_parts
from quizbank.loader import load_bank
from quizbank.syllabus import load_syllabus

CATALOG = load_catalog()
HAN = re.compile(r"[一-鿿]")

NEEDED = {
    "attention", "multi-head-attention", "lora-linear", "max-pool", "max-pool-backward", "avg-pool-backward",
    "sample-token", "top-p", "temperature", "cosine-top-k",
}  # fmt: skip


def test_the_drills_of_the_main_job_are_there() -> None:
    assert set(CATALOG) >= NEEDED


@pytest.mark.parametrize("drill", CATALOG.values(), ids=list(CATALOG))
def test_a_drill_is_whole(drill: Drill) -> None:
    assert missing_parts(drill) == []
    syllabus = {track.id: {topic.id for topic in track.topics} for track in load_syllabus().tracks}
    assert drill.track in syllabus
    known = set().union(*syllabus.values())
    assert set(drill.topics) <= known
    assert set(drill.prerequisites) <= set(CATALOG)
    assert "raise NotImplementedError" in drill.starter
    for name in drill.entry_point:
        assert re.search(rf"^(def|class) {name}\b", drill.starter, re.MULTILINE)
        for language in ("en", "zh"):
            assert name in drill.prompt(language)


@pytest.mark.parametrize("drill", CATALOG.values(), ids=list(CATALOG))
def test_both_languages_are_written(drill: Drill) -> None:
    assert HAN.search(drill.title.zh) or drill.title.zh == drill.title.en
    assert len(HAN.findall(drill.prompt("en"))) < 20  # a Chinese token may be quoted
    assert len(HAN.findall(drill.prompt("zh"))) > 100
    for text in [*drill.hints, *(mutant.text for mutant in load_mutants(drill))]:
        words = re.search(r"[a-z]{3}", re.sub(r"\$[^$]*\$", "", text.zh))  # a hint may be a formula alone
        assert HAN.search(text.zh) or not words
        assert not HAN.search(text.en)


@pytest.mark.parametrize("drill", CATALOG.values(), ids=list(CATALOG))
def test_mutants_are_whole_files_that_differ(drill: Drill) -> None:
    sources = {mutant.id: source_of(drill, mutant) for mutant in load_mutants(drill)}
    assert len(set(sources.values()) | {drill.solution}) == len(sources) + 1
    for source in sources.values():
        ast.parse(source)


def test_questions_and_drills_point_at_each_other() -> None:
    bank = load_bank()
    for drill in CATALOG.values():
        assert set(drill.questions) <= set(bank.questions), drill.id
        assert drill.questions, drill.id
        for question_id in drill.questions:
            assert drill.id in bank.questions[question_id].drills, (drill.id, question_id)
    for question in bank.questions.values():
        for drill_id in set(question.drills) & set(CATALOG):
            assert question.id in CATALOG[drill_id].questions, (question.id, drill_id)


def copy_of(drill: Drill, tmp_path: Path) -> Path:
    folder = tmp_path / drill.track / drill.id
    shutil.copytree(drill.folder, folder)
    return folder


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"difficulty": 9}, "difficulty"),
        ({"backend": "jax"}, "backend"),
        ({"hints": []}, "hints"),
        ({"colour": "red"}, "colour"),
        ({"id": "another"}, "do not match"),
    ],
)
def test_a_faulty_drill_names_file_and_field(
    change: dict[str, object], words: str, tmp_path: Path, attention: Drill
) -> None:
    folder = copy_of(attention, tmp_path)
    path = folder / "drill.yaml"
    data = yaml.safe_load(path.read_text("utf-8"))
    path.write_text(yaml.safe_dump(data | change), "utf-8")
    with pytest.raises(DrillError, match=words) as raised:
        load_drill(folder)
    assert str(path) in str(raised.value)


def test_broken_yaml_names_the_line(tmp_path: Path, attention: Drill) -> None:
    folder = copy_of(attention, tmp_path)
    (folder / "drill.yaml").write_text("id: [", "utf-8")
    with pytest.raises(DrillError, match=r"(?s)drill\.yaml: .*line \d"):
        load_drill(folder)


@pytest.mark.parametrize("name", ["nope", "../attention", "", "*", "ATTENTION"])
def test_an_unknown_drill(name: str) -> None:
    with pytest.raises(DrillError, match="no drill"):
        find_drill(name)


def test_a_misspelt_drill_is_guessed() -> None:
    with pytest.raises(DrillError, match="did you mean attention"):
        find_drill("atention")


def test_a_mutant_whose_text_is_not_there_is_an_error(attention: Drill) -> None:
    mutant = Mutant.model_validate({"id": "x", "replace": "no such text", "with": "", "en": "a", "zh": "一"})
    with pytest.raises(DrillError, match="0 times"):
        source_of(attention, mutant)


def test_nothing_strange_lies_in_the_catalogue() -> None:
    known = re.compile(
        r"(drill\.yaml|prompt\.(en|zh)\.md|starter\.py|solution\.py|checks\.py|stage\.py|mutants\.yaml|alternatives/\w+\.py|mutants/[\w-]+\.py)"
    )
    for path in PROBLEMS.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            inside = path.relative_to(PROBLEMS).parts[2:]
            assert known.fullmatch("/".join(inside)), path
