"""From drafts to a pack: what a file does not give is filled in and told, what is no question is left out and told."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from pydantic import ValidationError

from quizbank import yaml_source
from quizbank.importing.drafts import Draft, ImportFailed
from quizbank.models import BankFile, Question, Text
from quizbank.pack_data import validated

DEFAULT_TRACK = "imported"
NO_REASON = {"en": "The imported file gives no explanation.", "zh": "导入的文件没有给出解析。"}
NO_FEEDBACK = {
    "en": "The imported file does not say what is wrong here.",
    "zh": "导入的文件没有说明这一项错在哪里。",
}


class Remark(NamedTuple):
    """Something that did not come over as it was; `taken` tells whether the question did."""

    where: str
    text: Text
    taken: bool


class Pack(NamedTuple):
    track: str
    questions: list[Question]
    remarks: list[Remark]


def assemble(drafts: Sequence[Draft], file: str, today: date, track: str | None = None) -> Pack:
    """The questions that the drafts give, each valid and with an id of its own."""
    questions: list[Question] = []
    remarks: list[Remark] = []
    ids: set[str] = set()
    tracks = sorted({draft.track for draft in drafts if draft.track})
    for draft in drafts:
        if draft.refused is None:
            try:
                question = draft.question or _completed(draft, file, today)
            except ValidationError as error:
                draft.refuse(*_why(error))
        if draft.refused is not None:
            remarks.append(Remark(draft.where, draft.refused, False))
            continue
        remarks += [Remark(draft.where, said, True) for said in draft.remarks]
        name = _free(question.id.rpartition("/")[2], ids)  # whose pack it was is no part of a file
        ids.add(name)
        questions.append(question if name == question.id else question.model_copy(update={"id": name}))
    if track is None:
        track = tracks[0] if len(tracks) == 1 else DEFAULT_TRACK
        if len(tracks) > 1:
            said = Text(
                en=f"the file has {len(tracks)} tracks, a pack has one: {track} (--track chooses another)",
                zh=f"文件有 {len(tracks)} 个方向，一个题包只有一个：{track}（可用 --track 指定）",
            )
            remarks.append(Remark(file, said, True))
    return Pack(track, questions, remarks)


def _completed(draft: Draft, file: str, today: date) -> Question:
    fields: dict[str, Any] = {
        key: value for key, value in draft.fields.items() if value not in (None, "", [])
    }
    fields["id"] = slug(str(fields.get("id") or "").rpartition("/")[2] or _plain(fields.get("stem")))
    fields["topic"] = slug(str(fields.get("topic") or DEFAULT_TRACK))
    fields.setdefault("difficulty", 3)
    if "explanation" not in fields:
        fields["explanation"] = NO_REASON
        draft.remark("no explanation; a placeholder stands there", "没有解析，已放入占位文字")
    if "sources" not in fields:
        fields["sources"] = [{"title": f"Imported from {file}", "checked": today}]
        draft.remark("no source; the file is named as the source", "没有出处，已注明来自该文件")
    for option in fields.get("options", []):
        if not option.get("correct") and not option.get("feedback"):
            option["feedback"] = NO_FEEDBACK
            draft.remark(
                "a wrong option without a reason; a placeholder stands there",
                "错误选项没有说明，已放入占位文字",
            )
    if isinstance(fields.get("stem"), str):
        draft.remark("one language; it serves for both", "只有一种语言，两种语言共用")
    return validated(fields)


def _plain(stem: Any) -> str:
    return str(stem.get("en", "")) if isinstance(stem, dict) else str(stem or "")


def slug(text: str) -> str:
    """kebab-case of what is ASCII in it; a number of its own where nothing is."""
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", ascii_only)
    return "-".join(words[:8])[:70].rstrip("-") or "question"


def _free(name: str, taken: set[str]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free


def _why(error: ValidationError) -> tuple[str, str]:
    first = error.errors(include_url=False)[0]
    field = ".".join(str(part) for part in first["loc"][1:]) or "question"
    return f"{field}: {first['msg']}", f"{field}：{first['msg']}"


class _Dumper(yaml.SafeDumper):
    """Blocks for texts of several lines, and no aliases, which a bank file may not have."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def to_yaml(pack: Pack) -> str:
    """A bank file; raises ImportFailed if it would not be read back as the same questions."""
    if not pack.questions:
        raise ImportFailed("no question could be taken from the file", "文件中没有可导入的题目")
    rows = [_row(question) for question in pack.questions]
    data = {"track": pack.track, "questions": rows}
    text = yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)
    if len(text.encode()) > yaml_source.MAX_BYTES:
        raise ImportFailed(
            f"the pack would be larger than {yaml_source.MAX_BYTES / 1e6:.0f} MB; split the file and import the parts",
            f"题包将超过 {yaml_source.MAX_BYTES / 1e6:.0f} MB；请拆分文件后分别导入",
        )
    try:
        read = BankFile.model_validate(yaml_source.parse(Path("pack.yaml"), text).data)
    except (yaml_source.YamlError, ValidationError) as error:
        raise ImportFailed(
            f"the pack cannot be written as YAML: {error}", f"题包无法写成 YAML：{error}"
        ) from error
    if read.questions != pack.questions:
        raise ImportFailed("the pack would not be read back as it is", "题包写出后无法原样读回")
    return text


def _row(question: Question) -> dict[str, Any]:
    fields = question.model_dump(exclude_defaults=True)
    head = {"id": fields.pop("id"), "kind": question.kind}
    fields.pop("kind", None)
    return {**head, **_short(fields)}


def _short(value: Any) -> Any:
    """A text that is the same in both languages as one string."""
    if isinstance(value, dict):
        if value.keys() == {"en", "zh"} and value["en"] == value["zh"]:
            return value["en"]
        return {key: _short(inner) for key, inner in value.items()}
    return [_short(inner) for inner in value] if isinstance(value, list) else value
