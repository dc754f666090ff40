"""Anki notes as questions: our own come back whole, gaps become gaps, a short answer becomes one that is typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from quizbank.exporting.anki_notes import FIELDS, NOTE_TYPE, read_note
from quizbank.importing.drafts import Draft, typed
from quizbank.importing.html_text import to_text

SHORT = 80  # characters that a person can be asked to type

_CLOZE = re.compile(r"\{\{c(\d+)::(.*?)(?:::((?:(?!\}\}).)*))?\}\}(?!\})", re.DOTALL)


class Note(NamedTuple):
    """As Anki keeps it; `note_type` by name."""

    guid: str
    note_type: str
    fields: list[str]
    tags: list[str]
    deck: str


def drafts(notes: Iterator[Note]) -> Iterator[Draft]:
    for number, note in enumerate(notes, 1):
        yield _draft(note, number)


def _draft(note: Note, number: int) -> Draft:
    name, media = to_text(note.fields[0] if note.fields else "")
    draft = Draft(f"note {number}: {' '.join(name.split())[:50]}")
    if note.note_type.startswith(NOTE_TYPE) and len(note.fields) >= len(FIELDS):
        try:
            draft.question, draft.track, unchanged = read_note(note.fields)
        except ValueError as error:
            return draft.refuse(f"its field Data cannot be read: {error}", f"其 Data 字段无法读取：{error}")
        draft.where = f"note {number}: {draft.question.id}"
        if not unchanged:
            draft.remark("was edited in Anki; the edit is not taken over", "在 Anki 中改过；改动没有导入")
        return draft
    draft.fields["topic"] = _topic(note)
    if any(_CLOZE.search(value) for value in note.fields[:1]):
        _gaps(draft, note)
    else:
        _two_sides(draft, note)
    if media or any(to_text(value)[1] for value in note.fields[1:]):
        draft.remark("pictures and sounds are left out", "图片和声音没有导入")
    return draft


def _topic(note: Note) -> str:
    tag = next(iter(note.tags), "") or note.deck.replace("\x1f", "::").rpartition("::")[2]
    return tag.rpartition("::")[2]


def _gaps(draft: Draft, note: Note) -> None:
    """Each gap of the text is one to fill in; Anki asks for those of one number at a time."""
    accepted: dict[str, list[str]] = {}

    def gap(found: re.Match[str]) -> str:
        name = f"c{found[1]}_{len(accepted) + 1}"
        accepted[name] = [to_text(found[2])[0].strip("`$*") or found[2]]
        if found[3]:
            draft.remark("hints of gaps are left out", "填空的提示没有导入")
        return f"<<{name}>>"

    html = re.sub(r"<<|>>", "", note.fields[0])
    marked = _CLOZE.sub(lambda found: gap(found).replace("<<", "\ue020").replace(">>", "\ue021"), html)
    text = to_text(marked)[0].replace("\ue020", "<<").replace("\ue021", ">>")
    draft.fields |= {
        "kind": "cloze",
        "stem": {"en": "Fill in the gaps.", "zh": "填空。"},
        "text": text,
        "blanks": {name: {"accept": spellings} for name, spellings in accepted.items()},
        "id": re.sub(r"<<\w+>>", "", text),
    }
    _explain(draft, note.fields[1:])
    draft.remark("one language; it serves for both", "只有一种语言，两种语言共用")


def _two_sides(draft: Draft, note: Note) -> None:
    sides = [to_text(value)[0] for value in note.fields]
    if len(sides) < 2 or not sides[0] or not sides[1]:
        draft.refuse("it has no two sides that hold text", "没有两面都有文字")
        return
    answer = sides[1].strip("`*")
    if len(answer) > SHORT or "\n" in answer:
        draft.refuse(
            f"its answer is too long to be typed ({len(answer)} characters), and a question that is answered "
            "in words needs key points and follow-ups",
            f"答案过长（{len(answer)} 个字符），无法作为填空；问答题需要要点和追问",
        )
        return
    draft.fields |= typed(sides[0], [answer.strip("$") or answer])
    _explain(draft, note.fields[2:])


def _explain(draft: Draft, more: list[str]) -> None:
    """What else a note holds explains the answer."""
    texts = [text for text in (to_text(value)[0] for value in more) if text]
    if texts:
        draft.fields["explanation"] = "\n\n".join(texts)
