"""Moodle XML of strangers: what comes over, what is told, and what is no Moodle XML."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from quizbank.importing import ImportFailed, read_pack
from quizbank.models import Cloze, Numeric, Question, Single

TODAY = date(2026, 11, 24)


def back(xml: str, folder: Path) -> tuple[dict[str, Question], list[tuple[str, str, bool]]]:
    path = folder / "it.xml"
    path.write_text(xml, "utf-8")
    pack = read_pack(path, TODAY)
    return {one.id: one for one in pack.questions}, [
        (one.where, one.text.en, one.taken) for one in pack.remarks
    ]


FOREIGN = """<?xml version="1.0"?><quiz>
<question type="category"><category><text>$course$/top/CNN/Pooling Layers</text></category></question>
<question type="multichoice"><name><text>Max pool</text></name>
 <questiontext format="html"><text><![CDATA[<p>What <b>is</b> <img src="@@PLUGINFILE@@/a.png"> \\(x_1\\)?</p>]]></text></questiontext>
 <single>true</single><answer fraction="100"><text>max</text></answer>
 <answer fraction="50"><text>nearly</text></answer><answer fraction="0"><text>min</text></answer></question>
<question type="truefalse"><name><text>tf</text></name><questiontext format="html"><text>Is it?</text></questiontext>
 <answer fraction="0"><text>true</text></answer><answer fraction="100"><text>false</text></answer></question>
<question type="shortanswer"><name><text>sa</text></name><questiontext format="html"><text>Name it.</text></questiontext>
 <answer fraction="100"><text>LoRA</text></answer><answer fraction="100"><text>Lo*</text></answer><answer fraction="50"><text>l</text></answer></question>
<question type="numerical"><name><text>num</text></name><questiontext format="html"><text>How many?</text></questiontext>
 <answer fraction="100"><text>2.5</text><tolerance>0.1</tolerance></answer></question>
<question type="cloze"><name><text>gaps</text></name><questiontext format="html"><text>Plants need {1:SHORTANSWER:=water#Yes~%50%H2O} and pH {2:NUMERICAL:=7:0.5} in {1:MULTICHOICE:=soil~moon dust}.</text></questiontext></question>
<question type="multichoice"><name><text>two</text></name><questiontext format="html"><text>?</text></questiontext>
 <answer fraction="100"><text>a</text></answer><answer fraction="0"><text>b</text></answer></question>
<question type="essay"><name><text>essay</text></name><questiontext format="html"><text>Explain.</text></questiontext></question>
<question type="calculated"><name><text>calc</text></name><questiontext format="html"><text>{a}</text></questiontext></question>
<question type="description"><name><text>Intro</text></name><questiontext format="html"><text>Read.</text></questiontext></question>
</quiz>"""


def test_a_strangers_file(tmp_path: Path) -> None:
    found, remarks = back(FOREIGN, tmp_path)
    assert set(found) == {"max-pool", "tf", "sa", "num", "gaps"}
    choice = found["max-pool"]
    assert isinstance(choice, Single)
    assert choice.stem.en == choice.stem.zh == "What **is**  $x_1$?"
    assert [one.correct for one in choice.options] == [True, False, False]
    assert choice.topic == "pooling-layers"
    gaps = found["gaps"]
    assert isinstance(gaps, Cloze)
    assert gaps.text.en == "Plants need <<gap1>> and pH <<gap2>> in <<gap3>>."
    assert [one.accept for one in gaps.blanks.values()] == [["water"], ["7"], ["soil"]]
    truth, short, number = found["tf"], found["sa"], found["num"]
    assert isinstance(truth, Cloze)
    assert "错" in truth.blanks["answer"].accept
    assert isinstance(short, Cloze)
    assert short.blanks["answer"].accept == ["LoRA"]
    assert isinstance(number, Numeric)
    assert (number.answer, number.tolerance.absolute) == ("2.5", 0.1)
    said = {words for _, words, _ in remarks}
    for words in (
        "pictures and sounds",
        "right in part",
        "wildcard",
        "tolerance of numbers",
        "one language",
        "no explanation",
        "without a reason",
    ):
        assert any(words in one for one in said), words
    refused = {where.rpartition(": ")[2]: why for where, why, taken in remarks if not taken}
    assert set(refused) == {"two", "essay", "calc", "Intro"}
    assert "at least 3" in refused["two"]
    assert "key points" in refused["essay"]
    assert "calculated" in refused["calc"]


BOMB = '<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><quiz>&b;</quiz>'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("<quiz><question>", "is no XML"),
        ("", "is no XML"),
        ("<html></html>", "begins with <html>"),
        (BOMB, "document type"),
        ("<quiz></quiz>", None),
    ],
)
def test_what_is_no_moodle_xml(tmp_path: Path, content: str, words: str | None) -> None:
    path = tmp_path / "x.xml"
    path.write_text(content)
    if words is None:
        assert read_pack(path, TODAY).questions == []
        return
    with pytest.raises(ImportFailed, match=words):
        read_pack(path, TODAY)
