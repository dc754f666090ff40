"""The formats that hold questions rather than progress: a line about each, and what writes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from quizbank.exporting.writing import Options, Out
from quizbank.loader import Bank
from quizbank.models import Text
from quizbank.record import Record

Writer = Callable[[Record, Out, Options], None]


def _bank(options: Options) -> Bank:
    return Bank() if options.bank is None else cast(Bank, options.bank)


def _anki(record: Record, out: Out, options: Options) -> None:
    from quizbank.exporting.anki_export import package

    out.write_bytes(package(_bank(options), options.now))


def _anki_text(record: Record, out: Out, options: Options) -> None:
    from quizbank.exporting.anki_text import write

    write(_bank(options), out)


def _moodle(record: Record, out: Out, options: Options) -> None:
    from quizbank.exporting.moodle_export import write

    write(_bank(options), out)


def _csv(record: Record, out: Out, options: Options) -> None:
    from quizbank.exporting.questions_csv import write

    write(_bank(options), out, options.excel)


QUESTION_FORMATS: dict[str, tuple[Text, Writer]] = {
    "anki": (Text(en="The questions as an Anki package", zh="题目，Anki 牌组包（.apkg）"), _anki),
    "anki-text": (
        Text(en="The questions as a text file for Anki", zh="题目，供 Anki 导入的文本文件"),
        _anki_text,
    ),
    "questions-csv": (Text(en="The questions, one a row", zh="题目，每题一行"), _csv),
    "moodle": (Text(en="The questions as Moodle XML", zh="题目，Moodle XML"), _moodle),
}
