"""Engineering: conversations and bills added up turn by turn, layers and chains followed step by step."""

from __future__ import annotations

from fractions import Fraction

from . import recomputes


@recomputes("chat-history-token-cost")
def tokens_sent_turn_by_turn(system: int, user: int, reply: int, turns: int) -> float:
    messages, sent = [system], 0
    for _ in range(turns):
        messages.append(user)
        sent += sum(messages)
        messages.append(reply)
    return float(sent)


@recomputes("image-size-after-rm")
def megabytes_of_all_layers(base: int, archive: int, unpacked: int) -> float:
    """A layer holds what its line wrote; a deletion writes a marker without size."""
    layers = [{"/": base}, {"/model.tar": archive}, {"/opt": unpacked}, {"/.wh.model.tar": 0}]
    return float(sum(size for layer in layers for size in layer.values()))


@recomputes("api-cost-with-prompt-cache")
def dollars_summed_over_the_calls(calls: int, fixed: int, own: int, reply: int, price: int) -> float:
    """In tenths of a millionth of a dollar, one request after the other."""
    spent = 0
    for _ in range(calls * 1000):
        spent += fixed * price + own * price * 10 + reply * 4 * price * 10
    return spent / 10**7


@recomputes("agent-steps-compound")
def points_gained_by_following_the_chain(percent: int, steps: int) -> float:
    """The share of tasks still alive after each step, without and with a second try of what failed."""
    once = twice = Fraction(100)
    for _ in range(steps):
        once -= once * Fraction(100 - percent, 100)
        failed = twice * Fraction(100 - percent, 100)
        twice -= failed * Fraction(100 - percent, 100)
    return float(twice - once)
