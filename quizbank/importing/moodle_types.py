"""Moodle's question types as the fields of ours."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from html import unescape
from typing import Any

from quizbank.errors import PlainError
from quizbank.importing.drafts import Draft, typed
from quizbank.importing.html_text import to_text

_GAP = re.compile(r"\{(\d*):([A-Z_]+):((?:\\.|[^}\\])*)\}", re.DOTALL)
_CHOOSE = re.compile(r"M(ULTI)?C(HOICE)?(_?[VHS]+)?|M(ULTI)?R(ESPONSE)?(_?[HS]+)?")
_TYPE = re.compile(r"SHORTANSWER(_C)?|SAC?|MWC?")
_SOURCES = re.compile(r"<p>(?:Sources:|来源：)</p><ul>(.*?)</ul>\s*$", re.DOTALL)


class Unfit(PlainError):
    """No question of ours can hold this one; why."""


def _html(element: ET.Element, path: str, draft: Draft) -> str:
    found = element.find(path)
    if found is None:
        return ""
    raw = found.findtext("text") or ""
    if found.get("format") in ("plain_text", "markdown"):
        return raw.strip()
    text, media = to_text(raw)
    if media:
        draft.remark("pictures and sounds are left out", "图片和声音没有导入")
    return text


def _common(element: ET.Element, draft: Draft) -> dict[str, Any]:
    fields: dict[str, Any] = {"stem": _html(element, "questiontext", draft)}
    feedback = element.find("generalfeedback/text")
    if feedback is not None and feedback.text:
        feedback.text = _SOURCES.sub("", feedback.text)
    if said := _html(element, "generalfeedback", draft):
        fields["explanation"] = said
    return fields


def _multichoice(element: ET.Element, draft: Draft) -> dict[str, Any]:
    options: list[dict[str, Any]] = []
    for answer in element.findall("answer"):
        share = _number(answer.get("fraction"))
        option: dict[str, Any] = {"text": _own_text(answer, draft)}
        if share > 0:
            option["correct"] = True
        if said := _html(answer, "feedback", draft):
            option["feedback"] = said
        options.append(option)
    shares = {_number(answer.get("fraction")) for answer in element.findall("answer")}
    single = (element.findtext("single") or "true").strip() in ("true", "1")
    if single and len([share for share in shares if share > 0]) > 1:
        best = max(shares)
        for option, answer in zip(options, element.findall("answer"), strict=True):
            if _number(answer.get("fraction")) < best:
                option.pop("correct", None)
        draft.remark("options that were right in part count as wrong", "部分正确的选项按错误计")
    fields = {**_common(element, draft), "kind": "single" if single else "multiple", "options": options}
    if (element.findtext("shuffleanswers") or "true").strip() in ("false", "0"):
        fields["shuffle"] = False
    return fields


def _truefalse(element: ET.Element, draft: Draft) -> dict[str, Any]:
    right = max(element.findall("answer"), key=lambda answer: _number(answer.get("fraction")))
    yes = (right.findtext("text") or "").strip().lower() == "true"
    accepted = ["true", "yes", "对", "正确", "是"] if yes else ["false", "no", "错", "错误", "否"]
    common = _common(element, draft)
    draft.remark("true or false is typed here", "判断题改为输入答案")
    return {**common, **typed(common["stem"], accepted)}


def _shortanswer(element: ET.Element, draft: Draft) -> dict[str, Any]:
    accepted = []
    for answer in element.findall("answer"):
        text = (answer.findtext("text") or "").strip()
        if _number(answer.get("fraction")) < 100:
            draft.remark("answers that were right in part count as wrong", "部分正确的答案按错误计")
        elif re.search(r"(?<!\\)\*", text):
            draft.remark("answers with a wildcard are left out", "带通配符的答案没有导入")
        else:
            accepted.append(text.replace(r"\*", "*"))
    common = _common(element, draft)
    return {**common, **typed(common["stem"], accepted)}


def _numerical(element: ET.Element, draft: Draft) -> dict[str, Any]:
    answers = [one for one in element.findall("answer") if _number(one.get("fraction")) >= 100]
    if not answers or (answers[0].findtext("text") or "*").strip() == "*":
        raise Unfit("it has no answer that is right", "没有正确答案")
    if len(element.findall("answer")) > 1:
        draft.remark("of several answers the first that is right is taken", "有多个答案，取第一个正确的")
    value, within = (_number(answers[0].findtext(tag)) for tag in ("text", "tolerance"))
    fields = {**_common(element, draft), "kind": "numeric", "answer": repr(value)}
    fields["tolerance"] = {"absolute": within}
    if unit := element.findtext("units/unit/unit_name"):
        fields["unit"] = unit.strip()
    return fields


def _matching(element: ET.Element, draft: Draft) -> dict[str, Any]:
    pairs, extra = [], []
    for row in element.findall("subquestion"):
        left = _own_text(row, draft)
        right = to_text((row.findtext("answer/text") or "").replace("<", "&lt;"))[0]
        if left:
            pairs.append({"left": left, "right": right})
        else:
            extra.append(right)
    return {**_common(element, draft), "kind": "match", "pairs": pairs, "extra": extra}


def _ordering(element: ET.Element, draft: Draft) -> dict[str, Any]:
    answers = sorted(element.findall("answer"), key=lambda answer: _number(answer.get("fraction")))
    return {**_common(element, draft), "kind": "order", "items": [_own_text(one, draft) for one in answers]}


def _cloze(element: ET.Element, draft: Draft) -> dict[str, Any]:
    blanks: dict[str, Any] = {}

    def gap(found: re.Match[str]) -> str:
        name = f"gap{len(blanks) + 1}"
        blanks[name] = {"accept": _accepted(found[2], found[3], draft)}
        return f"\ue020{name}\ue021"

    raw = element.find("questiontext/text")
    if raw is None:
        raise Unfit("it has no text", "没有题面")
    raw.text = _GAP.sub(gap, raw.text or "")
    fields = _common(element, draft)
    paragraphs = fields["stem"].split("\n\n")
    first = next((place for place, one in enumerate(paragraphs) if "\ue020" in one), 0)
    text = "\n\n".join(paragraphs[first:]).replace("\ue020", "<<").replace("\ue021", ">>")
    stem: Any = "\n\n".join(paragraphs[:first]) or {"en": "Fill in the gaps.", "zh": "填空。"}
    return {**fields, "kind": "cloze", "stem": stem, "text": text, "blanks": blanks}


def _accepted(kind: str, alternatives: str, draft: Draft) -> list[str]:
    if _CHOOSE.fullmatch(kind):
        draft.remark("gaps with a choice are typed here", "选择型填空改为输入")
    elif kind in ("NUMERICAL", "NM"):
        draft.remark("the tolerance of numbers in gaps is left out", "填空中数值的允许误差没有导入")
    elif not _TYPE.fullmatch(kind):
        raise Unfit(f"a gap of the type {kind} is not known", f"未知的填空类型 {kind}")
    accepted = []
    for one in re.split(r"(?<!\\)~", alternatives):
        found = re.match(r"(=|%(-?[\d.]+)%)?(.*)", one.strip(), re.DOTALL)
        assert found
        share = 100.0 if found[1] == "=" else _number(found[2])
        answer = re.split(r"(?<![\\&])#", found[3])[0]
        if kind in ("NUMERICAL", "NM"):
            answer = answer.partition(":")[0]
        if share >= 100:
            plain = unescape(re.sub(r"\\([}~#/\"\\])", r"\1", re.sub(r"<[^>]+>", "", answer)))
            accepted.append(plain.replace(r"\*", "*").strip())
    if not accepted:
        raise Unfit("a gap has no answer that is right", "有一处填空没有正确答案")
    return accepted


def _essay(element: ET.Element, draft: Draft) -> dict[str, Any]:
    raise Unfit(
        "a question that is answered in words needs key points and follow-ups", "问答题需要要点和追问"
    )


def _own_text(element: ET.Element, draft: Draft) -> str:
    text, media = to_text(element.findtext("text") or "")
    if media:
        draft.remark("pictures and sounds are left out", "图片和声音没有导入")
    return text


def _number(text: str | None) -> float:
    try:
        return float((text or "0").replace(",", "."))
    except ValueError:
        return 0.0


TYPES: dict[str, Callable[[ET.Element, Draft], dict[str, Any]]] = {
    "multichoice": _multichoice,
    "truefalse": _truefalse,
    "shortanswer": _shortanswer,
    "numerical": _numerical,
    "matching": _matching,
    "ordering": _ordering,
    "cloze": _cloze,
    "multianswer": _cloze,
    "essay": _essay,
}
