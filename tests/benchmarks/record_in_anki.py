"""The size benchmark's other side: the real Anki backend, run by the Python of a virtual environment that has it.

    python record_in_anki.py FOLDER ITEMS REVIEWS    # prints one line of JSON

Anki is AGPL: it is run here as a program of its own, and nothing of preptrain imports it.
"""

import json
import statistics
import sys
import time
from pathlib import Path

from anki.collection import Collection  # type: ignore[import-not-found]
from lifetime import DAYS, SITTING, items, peak_memory

folder, count, reviews = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
path = folder / "collection.anki2"
now = int(time.time())


def make() -> None:
    col = Collection(str(path))
    col.set_config("fsrs", True)
    deck = col.decks.id("Quiz")
    conf = col.decks.config_dict_for_deck_id(deck)
    conf["new"]["perDay"] = conf["rev"]["perDay"] = 9999
    col.decks.update_config(conf)
    model = col.models.by_name("Basic")["id"]
    created = now - DAYS * 86_400
    col.db.execute("update col set crt = ?", created)
    notes, cards, log = [], [], []
    for number, history in items(count, reviews, now * 1000):
        id_ = 1_500_000_000_000 + number * 1000
        text = f"问题 {number} question\x1f答案 {number} answer"
        notes.append(
            (
                id_,
                f"g{number:08d}",
                model,
                now,
                -1,
                f" topic-{number % 60} ",
                text,
                f"q{number}",
                number,
                0,
                "",
            )
        )
        if not history:
            cards.append((id_, id_, deck, 0, now, -1, 0, 0, number + 1, 0, 0, 0, 0, 0, 0, 0, 0, "{}"))
            continue
        last = history[-1]
        due = (last.at // 1000 - created) // 86_400 + last.interval
        lapses = sum(review.rating == 1 for review in history)
        memory = json.dumps(
            {"s": float(last.interval), "d": 5.0, "dr": 0.9, "decay": 0.154, "lrt": last.at // 1000}
        )
        cards.append(
            (
                id_,
                id_,
                deck,
                0,
                now,
                -1,
                2,
                2,
                due,
                last.interval,
                2500,
                len(history),
                lapses,
                0,
                0,
                0,
                0,
                memory,
            )
        )
        log += [
            [one.at, id_, -1, one.rating, one.interval, one.interval, 500, one.milliseconds, 1]
            for one in history
        ]
    log.sort()
    last_at = 0
    for row in log:  # Anki's ids are milliseconds, each once
        row[0] = last_at = max(row[0], last_at + 1)
    col.db.executemany(f"insert into notes values ({','.join('?' * 11)})", notes)
    col.db.executemany(f"insert into cards values ({','.join('?' * 18)})", cards)
    col.db.executemany(f"insert into revlog values ({','.join('?' * 9)})", log)
    col.db.execute("analyze")
    col.close()


def timed(work, rounds=1):  # type: ignore[no-untyped-def]
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - began)
    return statistics.median(times), result


def answer() -> None:
    queued = col.sched.get_queued_cards(fetch_limit=1).cards[0]
    card = Card(col)
    card._load_from_backend_card(queued.card)
    card.start_timer()
    col._backend.answer_card(col.sched.build_answer(card=card, states=queued.states, rating=2))


if not path.exists():
    make()
from anki.cards import Card  # type: ignore[import-not-found] # noqa: E402

col = Collection(str(path))
col.close()
opened, col = timed(lambda: Collection(str(path)))
deck = col.decks.id("Quiz")
col.decks.set_current(deck)
first, _ = timed(lambda: col.sched.get_queued_cards(fetch_limit=1))
one, _ = timed(answer, SITTING)
year, _ = timed(lambda: col._backend.graphs(search="deck:Quiz", days=365), 5)
print(
    json.dumps(
        {
            "reviews": col.db.scalar("select count() from revlog"),
            "open": opened,
            "first": first,
            "answer": one,
            "statistics": year,
            "memory": peak_memory(),
            "synchronous": col.db.scalar("pragma synchronous"),
        }
    )
)
col.close()
