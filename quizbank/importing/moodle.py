"""Reading Moodle XML: a file of ours comes back whole; of another, each type that a question of ours can hold."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from quizbank.exporting.moodle_export import INSTRUCTION
from quizbank.importing.drafts import Draft, ImportFailed, both
from quizbank.importing.moodle_types import TYPES, Unfit
from quizbank.pack_data import fingerprint, read_question_data


class _NoDoctype(ET.TreeBuilder):
    """Refuses a document type: entities of its own are how XML blows up. Moodle writes none."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise ImportFailed("a document type in the XML is not read", "不读取带有 DOCTYPE 的 XML")


def read(path: Path) -> list[Draft]:
    try:
        root = ET.parse(path, ET.XMLParser(target=_NoDoctype(insert_pis=True))).getroot()
    except ET.ParseError as error:
        raise ImportFailed(f"{path} is no XML: {error}", f"{path} 不是有效的 XML：{error}") from error
    if root.tag != "quiz":
        raise ImportFailed(
            f"{path} is no Moodle XML: it begins with <{root.tag}>",
            f"{path} 不是 Moodle XML：根元素是 <{root.tag}>",
        )
    return list(_drafts(root))


def _drafts(root: ET.Element) -> Iterator[Draft]:
    """Questions in the order of the file; the two languages of one stand where the first stood."""
    topic = ""
    found: dict[str, list[tuple[str, ET.Element, str]]] = {}
    for number, element in enumerate(root.findall("question"), 1):
        if element.get("type") == "category":
            topic = (element.findtext("category/text") or "").rstrip("/").rpartition("/")[2]
            continue
        given = element.findtext("idnumber") or ""
        name, _, language = given.rpartition(".")
        key = name if language in ("en", "zh") else f"{number}"
        found.setdefault(key, []).append((language, element, topic))
    for key, elements in found.items():
        yield _draft(key, {language: (element, where) for language, element, where in elements})


def _draft(key: str, elements: dict[str, tuple[ET.Element, str]]) -> Draft:
    first, topic = next(iter(elements.values()))
    draft = Draft(f"question {key}: {first.findtext('name/text') or ''}"[:80])
    try:
        carried = [_carried(element) for element, _ in elements.values()]
        whole = next((data for data, _ in carried if data and "question" in data), None)
        if whole is not None and all(unchanged for _, unchanged in carried):
            draft.question, draft.track, _ = read_question_data(whole, ())
            return draft
    except ValueError as error:
        whole = {"track": None}
        draft.remark(
            f"what preptrain wrote beside it cannot be read ({error}); read from what is shown",
            f"附带的原题无法读取（{error}），按显示的内容导入",
        )
    if whole is not None:
        draft.track = whole["track"]
        draft.remark(
            "was changed since it was exported; read from what is shown", "导出后改动过，按显示的内容导入"
        )
    try:
        languages = {language: _fields(element, draft) for language, (element, _) in elements.items()}
    except Unfit as unfit:
        return draft.refuse(unfit.en, unfit.zh)
    draft.fields = next(iter(languages.values()))
    if {"en", "zh"} <= languages.keys():
        try:
            draft.fields = both(languages["en"], languages["zh"])
        except ValueError:
            draft.remark(
                "its two languages are not built alike; English alone is taken",
                "两种语言的结构不同，只导入英文",
            )
            draft.fields = languages["en"]
    draft.fields.setdefault("topic", topic)
    return draft


def _carried(element: ET.Element) -> tuple[dict[str, Any] | None, bool]:
    """What the processing instruction holds, and whether what stands around it is as it was."""
    for child in list(element):
        instruction: Any = child.tag  # a function where the child is no element
        if instruction is ET.ProcessingInstruction and (child.text or "").startswith(f"{INSTRUCTION} "):
            data = json.loads((child.text or "").removeprefix(f"{INSTRUCTION} "))
            element.remove(child)
            shown = fingerprint(element.itertext())
            return data, isinstance(data, dict) and data.get("shown") == shown
    return None, False


def _fields(element: ET.Element, draft: Draft) -> dict[str, Any]:
    read = TYPES.get(element.get("type") or "")
    if read is None:
        kind = element.get("type")
        raise Unfit(f"no kind of question here is like Moodle's {kind}", f"没有对应 Moodle {kind} 的题型")
    fields = read(element, draft)
    fields["id"] = (element.findtext("idnumber") or element.findtext("name/text") or "").removesuffix(".en")
    fields["id"] = fields["id"].removesuffix(".zh")
    for tag in element.findall("tags/tag/text"):
        name, _, value = (tag.text or "").partition(":")
        if name == "topic" and value:
            fields["topic"] = value
        elif name in ("difficulty", "seconds") and value.isdigit():
            fields[name] = int(value)
        elif name == "role" and value in ("research", "applied", "infra"):
            fields.setdefault("roles", []).append(value)
    return fields
