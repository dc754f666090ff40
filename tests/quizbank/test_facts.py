"""Facts: one place for what several questions state; unknown and unused names are told, with their place."""

from __future__ import annotations

import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from right_answers import SOURCE, raw_question, text

from quizbank.asking import ask
from quizbank.facts import Facts, FactsFile, fill_in
from quizbank.lint import lint
from quizbank.loader import BANK, BankError, load_bank
from quizbank.models import Numeric
from quizbank.parametric import draw
from quizbank.problem_texts import chinese
from quizbank.problems import Problem


class NoAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def fact(**kind: Any) -> dict[str, Any]:
    return {"says": text("A fact."), "sources": [SOURCE], **kind}


GIVEN = {
    "STATE_BYTES": fact(number=12),
    "ALL_BYTES": fact(formula="4 + STATE_BYTES"),
    "SHARD_BYTES": fact(formula="4 + STATE_BYTES / n", of=["n"]),
    "THE_SHAPES": fact(text={"en": "B first", "zh": "先 B"}),
}


def facts(**more: Any) -> Facts:
    return Facts(FactsFile.model_validate({"facts": {**GIVEN, **more}}).facts)


def write(folder: Path, *questions: dict[str, Any], given: Any = GIVEN) -> Path:
    folder.mkdir(exist_ok=True)
    for name, content in (
        ("facts.yaml", {"facts": given}),
        ("bank.yaml", {"track": "mine", "questions": list(questions)}),
    ):
        written = yaml.dump(content, Dumper=NoAliases, allow_unicode=True, sort_keys=False)
        (folder / name).write_text(written, encoding="utf-8")
    return folder


def problems(folder: Path) -> list[Problem]:
    with pytest.raises(BankError) as caught:
        load_bank([folder])
    assert all(re.search("[\u4e00-\u9fff]", chinese(problem.message)) for problem in caught.value.problems)
    return caught.value.problems


@pytest.mark.parametrize(
    ("expression", "folded"),
    [
        ("n * STATE_BYTES", "n * 12"),
        ("ALL_BYTES", "4 + 12"),
        ("2 * ALL_BYTES", "2 * (4 + 12)"),
        ("SHARD_BYTES(8)", "4 + 12 / 8"),
        ("SHARD_BYTES(n + 1) / 2", "(4 + 12 / (n + 1)) / 2"),
        ("SHARD_BYTES(SHARD_BYTES(n))", "4 + 12 / (4 + 12 / n)"),
        ("max(STATE_BYTES, n)", "max(12, n)"),
        ("n + N_B", "n + N_B"),
    ],
)
def test_names_are_put_into_expressions_as_a_whole(expression: str, folded: str) -> None:
    assert facts().fold(expression, ["n", "N_B"])[0] == folded


def test_the_names_used_are_told() -> None:
    assert facts().fold("SHARD_BYTES(STATE_BYTES) + n")[1] == {"SHARD_BYTES", "STATE_BYTES"}


def numeric(**changes: Any) -> dict[str, Any]:
    given = {
        "stem": text("<<n>> weights of <<ALL_BYTES>> bytes?"),
        "explanation": text("<<n>> × <<ALL_BYTES>> = <<n * ALL_BYTES:,>>, by <<THE_SHAPES>>"),
        "parameters": {"n": [10, 20]},
        "where": ["n > STATE_BYTES"],
        "let": {"size": "n * ALL_BYTES"},
        "answer": "size + STATE_BYTES",
        "unit": None,
    }
    return raw_question("numeric", **{**given, **changes})


def test_a_numeric_question_with_facts(tmp_path: Path) -> None:
    bank = load_bank([write(tmp_path, numeric())])
    question = bank.questions["a-numeric"]
    assert isinstance(question, Numeric)
    assert draw(question, 0).answer == 20 * 16 + 12
    asked = ask(question, 0)
    assert asked.stem.en == "20 weights of 16 bytes?"
    assert asked.explanation.zh == "中文：20 × 16 = 320, by 先 B"
    assert bank.facts_used == {"ALL_BYTES", "STATE_BYTES", "THE_SHAPES"}


def test_facts_in_the_texts_of_any_kind(tmp_path: Path) -> None:
    single = deepcopy(raw_question("single"))
    single["stem"] = text("It takes <<ALL_BYTES>> bytes, <<ALL_BYTES / 7:.2f>> a day.")
    single["options"][0]["feedback"] = "<<THE_SHAPES>>"
    cloze = raw_question("cloze", stem=text("<<STATE_BYTES>>?"))
    bank = load_bank([write(tmp_path, single, cloze)])
    asked = bank.questions["a-single"]
    assert asked.stem.en == "It takes 16 bytes, 2.29 a day."
    assert asked.options[0].feedback.en == "B first"  # type: ignore[union-attr]
    assert asked.options[0].feedback.zh == "先 B"  # type: ignore[union-attr]
    assert bank.questions["a-cloze"].stem.en == "12?"
    assert "<<b>>" in bank.questions["a-cloze"].text.en  # type: ignore[union-attr]


def test_code_is_left_alone() -> None:
    snippet = raw_question("snippet", code="print(1 <<STATE_BYTES>> 2)\n")
    lines = raw_question("find_error", code=True, segments=["a <<STATE_BYTES>> b", "c"])
    assert fill_in(snippet, facts()).data == snippet
    assert fill_in(lines, facts()).data["segments"] == lines["segments"]


def test_names_of_the_question_come_first() -> None:
    mine = numeric(parameters={"n": [10], "STATE_BYTES": [1]}, explanation=text("<<STATE_BYTES>>"))
    filled = fill_in(mine, facts())
    assert filled.data["answer"] == "size + STATE_BYTES"
    assert filled.data["explanation"]["en"] == "<<STATE_BYTES>>"


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"answer": "size + STATE_BYTE"}, "answer", "no such fact STATE_BYTE; did you mean STATE_BYTES?"),
        ({"where": ["n > WHAT_ELSE"]}, "where[0]", "no such fact WHAT_ELSE; write it into facts.yaml"),
        ({"let": {"size": "n * SHARD_BYTES"}}, "let.size", "needs its arguments: SHARD_BYTES(n)"),
        ({"let": {"size": "SHARD_BYTES(1, 2)"}}, "let.size", "takes 1 arguments: n"),
        ({"let": {"size": "n * THE_SHAPES"}}, "let.size", "is a text: it stands alone"),
        ({"explanation": text("<<n * NO_SUCH>>")}, "explanation.en", "no such fact NO_SUCH"),
        ({"answer": "siz + STATE_BYTES"}, "answer", "no such name 'siz'; did you mean 'size'?"),
        ({"let": {"size": "m + n"}}, "let.size", "no such name 'm'"),
        ({"let": {"n": "1"}}, "let.n", "rename the step"),
    ],
)
def test_each_fault_has_its_place(tmp_path: Path, changes: dict[str, Any], field: str, message: str) -> None:
    found = [one for one in problems(write(tmp_path, numeric(**changes))) if message in one.message]
    assert [one.field for one in found][:1] == [f"a-numeric.{field}"]
    line = (tmp_path / "bank.yaml").read_text("utf-8").splitlines()[found[0].line - 1]
    if "no such" in message:
        wrong = message.split()[3].strip(";'")
        assert line[found[0].column - 1 :].startswith(wrong), (line, found[0])


def test_an_unknown_fact_in_a_text_of_another_kind(tmp_path: Path) -> None:
    (problem,) = problems(
        write(tmp_path, raw_question("single", stem=text("<<STATE_BYTS>>", "<<STATE_BYTES>>")))
    )
    assert problem.field == "a-single.stem.en"
    assert "did you mean STATE_BYTES?" in problem.message


@pytest.mark.parametrize(
    ("given", "field", "message"),
    [
        ({"adam": fact(number=1)}, "facts.adam", "capitals with an underscore"),
        ({"A_B": fact(formula="1 / 0")}, "facts.A_B.formula", "zero"),
        ({"A_B": fact(formula="n + 1")}, "facts.A_B.formula", "'n' is not among `of`"),
        ({"A_B": fact(formula="1", of=["n"])}, "facts.A_B.formula", "does not use its argument 'n'"),
        ({"A_B": fact(formula="(1")}, "facts.A_B.formula", "not an expression"),
        ({"A_B": fact(formula="C_D"), "C_D": fact(formula="A_B")}, "facts.A_B.formula", "defined by itself"),
        ({"A_B": fact(formula="A_C")}, "facts.A_B.formula", "no such fact A_C"),
        ({"A_B": fact(number=1, formula="2")}, "facts.A_B", "exactly one of"),
        ({"A_B": fact(number=1, of=["n"])}, "facts.A_B", "only a formula"),
        ({"A_B": fact(number=1, never=["("])}, "facts.A_B", "no regular expression"),
        ({"A_B": {"says": "x", "number": 1}}, "facts.A_B.sources", "missing"),
        ({"A_B": fact(numbr=1)}, "facts.A_B.numbr", "did you mean 'number'?"),
    ],
)
def test_a_facts_file_with_a_fault(tmp_path: Path, given: Any, field: str, message: str) -> None:
    found = [
        one
        for one in problems(write(tmp_path, raw_question("single"), given=given))
        if message in one.message
    ]
    assert found, problems(tmp_path)
    assert found[0].field == field
    assert found[0].path == tmp_path / "facts.yaml"
    assert found[0].line > 1


def test_unused_facts_and_facts_written_out(tmp_path: Path) -> None:
    given = {**GIVEN, "DAY_HOURS": fact(number=24, never=[r"\b24 hours"])}
    folder = write(tmp_path, numeric(), raw_question("single", stem=text("In 24 hours?")), given=given)
    found = {(one.path.name, one.field, one.message) for one in lint(load_bank([folder]))}
    unused = "no question uses this fact: remove it, or use it"
    assert ("facts.yaml", "facts.SHARD_BYTES", unused) in found
    assert ("facts.yaml", "facts.DAY_HOURS", unused) in found
    assert ("facts.yaml", "facts.STATE_BYTES", unused) not in found
    assert any("'24 hours' is a fact: write <<DAY_HOURS>>" in message for _, _, message in found)


def test_a_fact_of_ones_own_stands_before_the_packaged_one(tmp_path: Path) -> None:
    packaged = raw_question("single", stem=text("<<ADAM_MIXED_BYTES>> and <<STATE_BYTES>>"))
    bank = load_bank([write(tmp_path, packaged)])
    assert bank.questions["a-single"].stem.en == "16 and 12"
    given = {**GIVEN, "ADAM_MIXED_BYTES": fact(number=18)}
    assert load_bank([write(tmp_path, packaged, given=given)]).questions["a-single"].stem.en == "18 and 12"


def test_the_packaged_facts() -> None:
    import torch

    layer = torch.nn.TransformerEncoderLayer(64, 4, 256, bias=False)
    weights = sum(one.numel() for name, one in layer.named_parameters() if "norm" not in name)
    known = Facts(FactsFile.model_validate(yaml.safe_load((BANK / "facts.yaml").read_text("utf-8"))).facts)

    def value(expression: str) -> Any:
        return eval(known.fold(expression)[0])

    assert value("BLOCK_PARAMETERS(64)") == weights
    assert [value(f"ZERO_{level}_BYTES(64) * 7.5") for level in (1, 2, 3)] == pytest.approx(
        [31.4, 16.6, 1.9], abs=0.05
    )
    assert value("ADAM_MIXED_BYTES * 7.5") == 120  # ZeRO's figure 1: 7.5 billion parameters, 64 GPUs
    assert value("LORA_PARAMETERS(5, 3, 2)") == torch.zeros(5, 2).numel() + torch.zeros(2, 3).numel()
    assert value("KV_VALUES(32, 8, 128)") * 2 == 128 * 1024  # Llama-3-8B in 16 bits: 128 KiB a token
    assert value("BUBBLE_SHARE(4, 12)") == pytest.approx(0.2)
    assert value("ALL_REDUCE_SHARE(4)") == 1.5
    assert value("TRAINING_FLOPS") == 3 * value("FORWARD_FLOPS")
