"""The CSV of others: columns by their usual names, and what is no CSV of questions."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from quizbank.importing import ImportFailed, Pack, read_pack
from quizbank.models import Cloze, Multiple, Single

TODAY = date(2026, 11, 24)


def back(content: str | bytes, folder: Path) -> Pack:
    path = folder / "it.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_pack(path, TODAY)


OTHERS = """Question,Option A,Option B,Option C,Option D,Answer,Explanation,Tags
What does LoRA train?,A and B,W,all,none,A,Only the factors,LoRA basics
Which hold?,x,y,z,,"A, C",,
Its rank?,,,,,8; eight,,
No answer,a,b,c,,,,
Elsewhere,a,b,c,,Q,,
Two only,a,b,,,a,,
"""


def test_the_csv_of_others(tmp_path: Path) -> None:
    pack = back(OTHERS, tmp_path)
    single, multiple, typed = pack.questions
    assert isinstance(single, Single)
    assert [one.correct for one in single.options] == [True, False, False, False]
    assert (single.id, single.topic, single.explanation.en) == (
        "what-does-lora-train",
        "lora-basics",
        "Only the factors",
    )
    assert isinstance(multiple, Multiple)
    assert [one.correct for one in multiple.options] == [True, False, True]
    assert isinstance(typed, Cloze)
    assert typed.blanks["answer"].accept == ["8", "eight"]
    refused = {one.where: one.text.en for one in pack.remarks if not one.taken}
    assert list(refused) == ["row 5", "row 6", "row 7"]
    assert refused["row 5"] == "it has no answer"
    assert refused["row 6"] == "its answer is none of its options"
    assert "at least 3" in refused["row 7"]


def test_chinese_columns(tmp_path: Path) -> None:
    (question,) = back(
        "题目,选项A,选项B,选项C,答案,解析\nLoRA 训练什么？,A 和 B,W,全部,A,只训练因子\n", tmp_path
    ).questions
    assert isinstance(question, Single)
    assert question.options[0].correct
    assert question.id == "lora"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"a,b\n1,2\n", "no column for the question"),
        ("题目,答案\n".encode("gbk"), "not UTF-8"),
        (b'question,answer\n"' + b"x" * 11_000_000, "is no CSV"),
    ],
)
def test_what_is_no_csv_of_questions(content: bytes, words: str, tmp_path: Path) -> None:
    with pytest.raises(ImportFailed, match=words) as caught:
        back(content, tmp_path)
    assert any("\u4e00" <= sign <= "\u9fff" for sign in caught.value.zh)
