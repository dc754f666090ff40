"""Each rule of the linter: a question that breaks it is told so, at the right place; a good one is not."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from right_answers import SPECIAL, option, raw_question, text

from quizbank.guessing import guesses, words
from quizbank.lint import ENOUGH_CHOICES, lint
from quizbank.loader import Bank, load_bank
from quizbank.problems import Problem


class NoAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def write(folder: Path, *questions: dict[str, Any]) -> Path:
    path = folder / "bank.yaml"
    content = {"track": "mine", "questions": list(questions)}
    written = yaml.dump(content, Dumper=NoAliases, allow_unicode=True, sort_keys=False)
    path.write_text(written, encoding="utf-8")
    return path


def checked(folder: Path, *questions: dict[str, Any], **known: Any) -> list[Problem]:
    return lint(load_bank([write(folder, *questions)]), **known)


def zh(english: str, chinese: str) -> dict[str, str]:
    return {"en": english, "zh": chinese}


@pytest.mark.parametrize("kind", sorted(SPECIAL))
def test_a_good_question_is_left_alone(tmp_path: Path, kind: str):
    assert checked(tmp_path, raw_question(kind)) == []


OPTIONS = [option("a"), option("b", True), option("c")]


@pytest.mark.parametrize(
    ("kind", "changes", "field", "severity", "message"),
    [
        ("single", {"stem": "which of these two losses is smaller?"}, "stem", "error", "serves as Chinese"),
        ("single", {"stem": zh("Why?", "why is this so hard to train")}, "stem", "warning", "is English"),
        ("single", {"stem": zh("Why?", "权重,为什么大？")}, "stem", "error", "full-width punctuation"),
        ("single", {"stem": zh("Is $x < 1?", "是否 $x$？")}, "stem", "error", "odd number of $"),
        ("single", {"stem": zh("Show <<n>>", "显示")}, "stem", "error", "only for numeric"),
        ("single", {"stem": zh("12. Four of them?", "是四个吗？")}, "stem", "error", "shown as a list"),
        ("single", {"stem": zh("Which of these is NOT a gate?", "哪个是？")}, "stem", "warning", "negated"),
        ("single", {"stem": zh("Which one is not a gate?", "哪个是？")}, "stem", "warning", "negated"),
        ("single", {"stem": zh("Which?", "下列说法不正确的是")}, "stem", "warning", "negated"),
        (
            "single",
            {"options": [*OPTIONS, {"text": zh("None of the above", "无"), "feedback": text("no, it is b")}]},
            "options[3].text",
            "error",
            "can be guessed",
        ),
        (
            "multiple",
            {"options": [*OPTIONS, {"text": zh("both", "以上都对"), "feedback": text("no, it is b")}]},
            "options[3].text",
            "error",
            "can be guessed",
        ),
        (
            "single",
            {"options": [*OPTIONS, {"text": text("d"), "feedback": zh("It is off by one.", "不正确。")}]},
            "options[3].feedback",
            "error",
            "say what is wrong",
        ),
        ("single", {"options": [*OPTIONS, option("a")]}, "options[3]", "error", "twice"),
        (
            "single",
            {
                "options": [
                    option("a"),
                    option("b, since the scale keeps the variance at one", True),
                    option("c"),
                ]
            },
            "options[1].text",
            "warning",
            "the longest",
        ),
        (
            "multiple",
            {"options": [option(name, True) for name in "abc"]},
            "options",
            "warning",
            "all options are correct",
        ),
        ("order", {"items": [text("a"), text("b"), text("a")]}, "items[2]", "error", "twice"),
        (
            "match",
            {"extra": [zh("K", "键")]},
            "extra[0]",
            "error",
            "fits a left one",
        ),
        (
            "match",
            {"pairs": [{"left": text(a), "right": text(b)} for a, b in ("qQ", "kK", "qV")]},
            "pairs[2]",
            "error",
            "twice",
        ),
        ("find_error", {"corrections": [*OPTIONS, option("c")]}, "corrections[3]", "error", "twice"),
        ("numeric", {"explanation": text("Multiply.")}, "explanation", "error", "with <<…>>"),
        (
            "numeric",
            {"stem": zh("<<n>> rows", "<<n>> <<m>>")},
            "stem",
            "error",
            "en: does not show the drawn m",
        ),
        (
            "numeric",
            {"stem": zh("<<n>> <<m>>", "共 <<n>> 行")},
            "stem",
            "error",
            "zh: does not show the drawn m",
        ),
        ("numeric", {"explanation": zh("<<n * k>>", "<<n>>")}, "explanation.en", "error", "no such name 'k'"),
        ("numeric", {"stem": text("<<n:x>> <<m>>")}, "answer", "error", "the format 'x' is not"),
        ("numeric", {"answer": "1 / (n - 1024)"}, "answer", "error", "zero"),
        ("numeric", {"answer": "n - 1024"}, "answer", "warning", "can be 0"),
        (
            "numeric",
            {"unit": None, "stem": text("<<n>> <<m>>: how many millions?")},
            "unit",
            "warning",
            "multiple",
        ),
        ("snippet", {"code": "import torch\nprint(1)"}, "requires", "error", "imports ['torch']"),
        ("snippet", {"requires": ["numpy"]}, "requires", "error", "imports []"),
        (
            "single",
            {"options": [*OPTIONS, {"text": text("d"), "feedback": OPTIONS[0]["feedback"]}]},
            "options[3].feedback",
            "error",
            "the same feedback",
        ),
        (
            "order",
            {"sources": [{"title": "Some book", "checked": "2026-11-23"}]},
            "sources[0]",
            "error",
            "nobody can look this up",
        ),
        (
            "order",
            {"sources": [{"title": "Some book", "where": "§1", "checked": "2999-01-01"}]},
            "sources[0].checked",
            "error",
            "has not come yet",
        ),
    ],
)
def test_each_rule(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    changes: dict[str, Any],
    field: str,
    severity: str,
    message: str,
):
    # Of a personal bank the loader tries the numbers itself; of the packaged one only lint does.
    monkeypatch.setattr("quizbank.loader._try_numbers", lambda *_: [])
    found = [one for one in checked(tmp_path, raw_question(kind, **changes)) if message in one.message]
    assert [(one.field, one.severity) for one in found] == [(f"a-{kind.replace('_', '-')}.{field}", severity)]
    assert found[0].line > 1


@pytest.mark.parametrize(
    "stem",
    [
        zh("Which term keeps the gradient when dropout is not used?", "哪一项？"),
        zh("A map is zero except for one cell. What is pooled?", "结果是什么？"),
        zh("Is `a,b` in $x,y$ fine?", "`权重,梯度` 与 $权,重$ 可以吗？"),
        zh("It costs \\$5 and $x$", "价格 \\$5 与 $x$"),
        "softmax(x - max(x))",
        "BERT",
    ],
)
def test_stems_that_are_fine(tmp_path: Path, stem: Any):
    assert checked(tmp_path, raw_question("single", stem=stem)) == []


def test_the_place_is_that_of_the_field(tmp_path: Path):
    [problem] = checked(
        tmp_path, raw_question("single"), raw_question("order", items=[text(n) for n in "aba"])
    )
    lines = (tmp_path / "bank.yaml").read_text(encoding="utf-8").splitlines()
    assert lines[problem.line - 1] == "  - en: a"
    assert str(problem).startswith(f"{tmp_path / 'bank.yaml'}:{problem.line}:5: a-order.items[2]: ")


def test_references_to_drills_and_mutants(tmp_path: Path):
    options = [{**option("a"), "mutant": "attention/no-scale"}, option("b", True), option("c")]
    question = raw_question("single", drills=["attention", "lora"], options=options)
    assert checked(tmp_path, question) == []
    assert checked(tmp_path, question, drills={"attention", "lora"}, mutants={"attention/no-scale"}) == []
    found = checked(tmp_path, question, drills={"attention"}, mutants=set())
    assert [(one.field, one.message) for one in found] == [
        ("a-single.drills[1]", "no such drill 'lora'"),
        ("a-single.options[0].mutant", "no such mutant 'attention/no-scale'"),
    ]


def biased(folder: Path, count: int, right: str, wrong: str, place: int | None = None) -> Bank:
    """A bank where right and wrong options differ in their wording, or in their place."""
    questions = []
    for number in range(count):
        options = [option(f"{wrong} {number}{letter}") for letter in "xyz"]
        at = number % 4 if place is None else place
        options.insert(at, option(f"{right} {number}r", True))
        questions.append(
            raw_question("single", id=f"q-{number}", options=options, stem=text("Which gate forgets state?"))
        )
    return load_bank([write(folder, *questions)])


@pytest.mark.parametrize(
    ("right", "wrong", "place", "strategy"),
    [
        ("wort", "wort", 0, "the first in the file"),
        ("wort", "wort", 3, "the last in the file"),
        ("a long word", "a word", None, "the longest (en)"),
        ("a word", "a long word", None, "the shortest (en)"),
        ("a gate", "a tool", None, "the one that echoes the stem (en)"),
        ("often so", "only so!", None, "one without absolute words (en)"),
        ("经常", "总是", None, "one without absolute words (zh)"),
    ],
)
def test_each_way_to_guess_is_noticed(
    tmp_path: Path, right: str, wrong: str, place: int | None, strategy: str
):
    bank = biased(tmp_path, 80, right, wrong, place)
    by_name = {guess.strategy: guess for guess in guesses(bank)}
    assert by_name[strategy].share == 1
    assert by_name[strategy].chance == 0.25
    assert by_name[strategy].suspicious
    found = [problem.message for problem in lint(bank) if problem.field == "guessing"]
    assert any(strategy in message for message in found)


def test_a_bank_without_tells_passes_and_a_small_one_is_not_judged(tmp_path: Path):
    assert not [guess for guess in guesses(biased(tmp_path, 80, "wort", "wort")) if guess.suspicious]
    few = lint(biased(tmp_path, ENOUGH_CHOICES - 1, "a long word", "a word"))
    assert not [problem for problem in few if problem.field == "guessing"]
    assert guesses(Bank()) == []


def test_never_the_longest_is_a_tell_too(tmp_path: Path):
    longest = {guess.strategy: guess for guess in guesses(biased(tmp_path, 80, "a word", "a long word"))}[
        "the longest (en)"
    ]
    assert longest.share == 0
    assert longest.suspicious


def test_content_words():
    assert words("Which of the gates forgets 遗忘门的状态, a b?") == {
        "gates",
        "forgets",
        "遗忘",
        "忘门",
        "门的",
        "的状",
        "状态",
    }
