"""The app on the questions of one kind: python one_kind.py KIND, or "all"; for `first_frame.py`."""

from __future__ import annotations

import sys
from dataclasses import replace

from quizbank.collection import Bank
from tui.app import run
from tui.services import open_services


def of_kind(bank: Bank, kind: str) -> Bank:
    heads = {id_: head for id_, head in bank.heads.items() if head.kind == kind}
    questions = {id_: bank.questions[id_] for id_ in heads}
    return Bank(questions, {id_: bank.track_of[id_] for id_ in heads}, cached_heads=heads)


if __name__ == "__main__":
    services = open_services()
    services.settings = replace(services.settings, new_per_day=10_000, drill_share=0)
    if sys.argv[1] != "all":
        whole = services.load_bank
        services.load_bank = lambda: of_kind(whole(), sys.argv[1])
    run(services)
