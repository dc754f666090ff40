"""The questions as a text file for Anki (File > Import), with the headers that say what each column is.

It updates notes that came from the package, and the other way round. Anki wants the note type
`Preptrain question` to be there, so the package comes first.
"""

from __future__ import annotations

import csv
from typing import Protocol

from quizbank.exporting.anki_notes import FIELDS, NOTE_TYPE, note
from quizbank.loader import Bank

HEADERS = (
    "#separator:tab",
    "#html:true",
    f"#notetype:{NOTE_TYPE}",
    "#guid column:1",
    "#deck column:2",
    "#tags column:3",
    "#columns:" + "\t".join(("Guid", "Deck", "Tags", *FIELDS)),
)


class TextOut(Protocol):
    def write(self, text: str, /) -> object: ...


def write(bank: Bank, out: TextOut) -> None:
    out.write("\n".join(HEADERS) + "\n")
    rows = csv.writer(out, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_ALL)
    for question in bank.questions.values():
        made = note(question, bank.track_of[question.id])
        rows.writerow([made.guid, made.deck, " ".join(made.tags), *made.fields])
