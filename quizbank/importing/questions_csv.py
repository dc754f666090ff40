"""Reading questions from CSV: our own columns, or those that others use (question, answer, option a, …)."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

from quizbank.exporting.questions_csv import OPTIONS
from quizbank.importing.drafts import Draft, ImportFailed, typed
from quizbank.yaml_source import MAX_BYTES

_OTHERS = {
    "stem": ("question", "stem", "front", "prompt", "题目", "题干", "问题"),
    "answer": ("answer", "correct", "correct answer", "back", "答案", "正确答案"),
    "explanation": ("explanation", "feedback", "reason", "解析", "说明"),
    "topic": ("topic", "tags", "tag", "category", "主题", "标签"),
    "id": ("id", "编号"),
}
_OPTION = re.compile(r"(?:option|choice|选项)?[ _]*([a-i]|[1-9])", re.I)


def read(path: Path) -> list[Draft]:
    raw = path.read_bytes()
    if len(raw) > 20 * MAX_BYTES:
        raise ImportFailed(f"{path} is larger than 100 MB", f"{path} 超过 100 MB")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ImportFailed(
            f"{path} is not UTF-8; save it as “CSV UTF-8”", f"{path} 不是 UTF-8 编码；请另存为“CSV UTF-8”"
        ) from error
    csv.field_size_limit(10_000_000)
    first = text.partition("\n")[0]
    sign = max(",;\t", key=first.count)
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=sign) if any(row)]
    except csv.Error as error:
        raise ImportFailed(f"{path} is no CSV: {error}", f"{path} 不是有效的 CSV：{error}") from error
    if not rows:
        raise ImportFailed(f"{path} is empty", f"{path} 是空文件")
    names = [name.strip().lower() for name in rows[0]]
    read_row = _own if {"kind", "stem_en"} <= set(names) else _other
    if read_row is _other and not set(names) & set(_OTHERS["stem"]):
        raise ImportFailed(
            f"{path} has no column for the question; name it question (and answer, option a, option b, …)",
            f"{path} 没有题目列；请把列命名为 question（以及 answer、option a、option b……）",
        )
    drafts = []
    for number, row in enumerate(rows[1:], 2):
        cells = {name: _bare(cell) for name, cell in zip(names, row, strict=False)}
        drafts.append(read_row(Draft(f"row {number}: {cells.get('id', '')}".rstrip(": ")), cells))
    return drafts


def _bare(cell: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from running the cell."""
    return cell[1:] if re.match(r"'(?:'|\s*[=+\-@＝＋－＠])", cell) else cell


def _own(draft: Draft, cells: dict[str, str]) -> Draft:
    draft.track = cells.get("track") or None
    fields: dict[str, Any] = {"kind": cells["kind"]}
    for name in ("id", "topic"):
        fields[name] = cells.get(name)
    for name in ("rev", "difficulty", "seconds"):
        if given := cells.get(name, "").strip():
            fields[name] = int(given) if given.isdigit() else given
    for name in ("roles", "drills"):
        fields[name] = cells.get(name, "").split()
    for name in ("stem", "explanation"):
        fields[name] = _text(cells, name)
    fields["sources"] = [_source(line) for line in cells.get("sources", "").splitlines() if line.strip()]
    try:
        more = json.loads(cells.get("more") or "{}")
    except ValueError:
        return draft.refuse("the column more is no JSON", "more 列不是有效的 JSON")
    if not isinstance(more, dict):
        return draft.refuse("the column more is no JSON object", "more 列不是 JSON 对象")
    mutants = more.pop("options", []) if fields["kind"] in ("single", "multiple") else []
    _put_options(fields, cells, mutants)
    draft.fields = fields | more
    return draft


def _put_options(fields: dict[str, Any], cells: dict[str, str], more: list[dict[str, Any]]) -> None:
    rows = [(_text(cells, f"option_{n}"), _text(cells, f"feedback_{n}")) for n in range(1, OPTIONS + 1)]
    rows = [row for row in rows if row[0]]
    match fields["kind"]:
        case "single" | "multiple":
            right = set(re.findall(r"\d+", cells.get("correct", "")))
            fields["options"] = [
                {"text": text, **({"correct": True} if str(n) in right else {}), **({"feedback": said} if said else {})}
                for n, (text, said) in enumerate(rows, 1)
            ]  # fmt: skip
            if len(more) == len(rows):
                fields["options"] = [one | rest for one, rest in zip(fields["options"], more, strict=True)]
        case "order":
            fields["items"] = [text for text, _ in rows]
        case "match":
            fields["pairs"] = [{"left": left, "right": right} for left, right in rows]


def _text(cells: dict[str, str], name: str) -> Any:
    """In both languages; one alone serves for both."""
    en, zh = cells.get(f"{name}_en", ""), cells.get(f"{name}_zh", "")
    return {"en": en or zh, "zh": zh or en} if en or zh else ""


def _source(line: str) -> dict[str, Any]:
    parts = [part.strip() for part in line.split(" | ")] + ["", "", ""]
    return {
        key: value for key, value in zip(("title", "where", "url", "checked"), parts, strict=False) if value
    }


def _other(draft: Draft, cells: dict[str, str]) -> Draft:
    found = {
        name: next((cells[one].strip() for one in known if cells.get(one, "").strip()), "")
        for name, known in _OTHERS.items()
    }
    draft.fields = {name: found[name] for name in ("id", "topic", "explanation")}
    options = [
        (match[1].lower(), cell.strip())
        for name, cell in cells.items()
        if (match := _OPTION.fullmatch(name)) and cell.strip()
    ]
    if not found["answer"]:
        return draft.refuse("it has no answer", "没有答案")
    if not options:
        accepted = [one.strip() for one in found["answer"].split(";") if one.strip()]
        draft.fields |= typed(found["stem"], accepted)
        return draft
    right = [place for place, (sign, text) in enumerate(options) if _is_right(found["answer"], sign, text)]
    if not right:
        return draft.refuse("its answer is none of its options", "答案不在选项之中")
    draft.fields |= {
        "kind": "single" if len(right) == 1 else "multiple",
        "stem": found["stem"],
        "options": [
            {"text": text, **({"correct": True} if place in right else {})}
            for place, (_, text) in enumerate(options)
        ],
    }
    return draft


def _is_right(answer: str, sign: str, text: str) -> bool:
    """The option's own text, or its letter or number among those named: `B`, `a, c`, `2;3`."""
    if text in (answer, *(one.strip() for one in answer.split(";"))):
        return True
    named = re.split(r"[\s,;，；、]+", answer.lower().strip())
    if all(len(one) == 1 for one in named):
        return sign in named or (sign.isalpha() and str(ord(sign) - ord("a") + 1) in named)
    return bool(re.fullmatch(r"[a-i]+", answer.lower())) and answer.isupper() and sign in answer.lower()
