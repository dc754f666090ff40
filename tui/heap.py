"""When garbage is collected: not while the app starts, and never through what stays for good."""

from __future__ import annotations

import gc

_taken: set[str] = set()


def loaded(what: str) -> None:
    """What is there now, stays: modules, the bank, the drills. A full collection then has next to nothing to look
    through; with the bank in memory it takes 80 ms, in the middle of whatever the learner does.

    Once for each `what`: each time, what is garbage but not collected yet is kept too.
    """
    if what not in _taken:
        _taken.add(what)
        gc.freeze()
    gc.enable()
