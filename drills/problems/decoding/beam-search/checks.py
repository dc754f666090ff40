"""Checks of `beam-search`: the contract written out, on models whose scores have no ties."""

import math
from itertools import pairwise

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from drills.checking import assert_close, assert_equal, check, require, unpack
from drills.strategies import sources


class Model:
    """Log-probabilities that depend on the whole sequence; remembers nothing."""

    def __init__(self, vocab, seed, spread=1.5, dtype="float64"):
        self.vocab, self.seed, self.spread, self.dtype = vocab, seed, spread, dtype

    def __call__(self, tokens):
        key = [self.seed, *(int(token) & 0xFFFF for token in tokens)]
        z = np.random.default_rng(key).standard_normal(self.vocab) * self.spread
        return (z - (z.max() + np.log(np.exp(z - z.max()).sum()))).astype(self.dtype)


class Table:
    """Given rows for given sequences, a flat row elsewhere."""

    def __init__(self, vocab, rows):
        self.vocab, self.rows = vocab, rows

    def __call__(self, tokens):
        row = self.rows.get(tuple(int(token) for token in tokens))
        if row is None:
            row = np.arange(1, self.vocab + 1) / (self.vocab * (self.vocab + 1) / 2)
        return np.log(np.asarray(row, dtype=float))


def reference(step, start, eos, width, max_length, alpha):
    """(tokens, score) by the contract, and the smallest distance between scores that decided something."""
    beams, margin = [((), 0.0)], math.inf
    for _ in range(max_length):
        pool = [beam for beam in beams if beam[0][-1:] == (eos,)]
        for tokens, total in beams:
            if tokens[-1:] != (eos,):
                pool += [((*tokens, t), total + float(lp)) for t, lp in enumerate(step([*start, *tokens]))]
        ranked = sorted(pool, key=lambda beam: -beam[1] / len(beam[0]) ** alpha)
        scores = [beam[1] / len(beam[0]) ** alpha for beam in ranked[: width + 1]]
        margin = min([margin, *(a - b for a, b in pairwise(scores))])
        beams = ranked[:width]
        if all(tokens[-1] == eos for tokens, _ in beams):
            break
    return [([*start, *tokens], total / len(tokens) ** alpha) for tokens, total in beams], margin


def plain(tokens):
    """A returned sequence of tokens as a list of ints."""
    require(
        isinstance(tokens, (list, tuple, np.ndarray)) and np.ndim(np.asarray(tokens)) == 1,
        "The first part of each pair is the list of tokens.",
        "每一对的第一项应是 token 列表。",
        actual=tokens,
        name="tokens",
    )
    return [int(token) for token in tokens]


def every_sequence(step, start, eos, max_length, alpha):
    """All finished sequences and all of full length, best first: what a beam without bounds must return."""
    complete, growing = [], [([], 0.0)]
    while growing:
        tokens, total = growing.pop()
        for token, log_prob in enumerate(step([*start, *tokens])):
            longer = ([*tokens, token], total + float(log_prob))
            (complete if token == eos or len(longer[0]) == max_length else growing).append(longer)
    scored = [([*start, *tokens], total / len(tokens) ** alpha) for tokens, total in complete]
    return sorted(scored, key=lambda pair: -pair[1])


def holds(candidate, step, start, eos, width, max_length, *alpha, needs_margin=False):
    wanted, margin = reference(step, start, eos, width, max_length, *(alpha or (0.0,)))
    if needs_margin:
        assume(margin > 1e-4)
    same(candidate, wanted, step, start, eos, width, max_length, *alpha)


def same(candidate, wanted, step, start, eos, width, max_length, *alpha):
    """The wanted (tokens, score) pairs, in their order."""
    got = candidate.beam_search(step, list(start), eos, width, max_length, *alpha)
    require(
        isinstance(got, (list, tuple)) and len(got) == len(wanted),
        f"{len(wanted)} beams must come back.",
        f"应返回 {len(wanted)} 束。",
        expected=wanted,
        actual=got,
    )
    rtol = 1e-5 if getattr(step, "dtype", "float64") == "float32" else 1e-9
    for place, (mine, (tokens, score)) in enumerate(zip(got, wanted, strict=True)):
        got_tokens, got_score = unpack(mine, 2, "tokens", "score")
        assert_equal(plain(got_tokens), tokens, name=f"tokens of beam {place}")
        assert_close(got_score, np.float64(score), rtol=rtol, atol=1e-9, name=f"score of beam {place}")


HAND = Table(3, {(0,): [0.5, 0.4, 0.1], (0, 0): [0.4, 0.35, 0.25], (0, 1): [0.04, 0.06, 0.9]})


@check("Worked by hand: two beams over two steps beat greedy decoding.", "手算例子：两束两步，胜过贪心解码。")
def test_by_hand(candidate):
    wanted = [([0, 1, 2], math.log(0.36)), ([0, 0, 0], math.log(0.2))]
    same(candidate, wanted, HAND, [0], 2, 2, 2)
    same(candidate, [(tokens, score / 2) for tokens, score in wanted], HAND, [0], 2, 2, 2, 1.0)


@check("A width of one is greedy decoding up to eos.", "束宽为 1 就是贪心解码，遇 eos 停止。")
def test_greedy(candidate):
    holds(candidate, HAND, [0], 2, 1, 2)
    for seed in range(6):
        holds(candidate, Model(4, seed), [3, 1], 0, 1, 6)


@check(
    "All continuations compete in one pool: one beam may take every place.",
    "所有后续在同一个池子里竞争：一束可以占满所有名额。",
)
def test_one_pool(candidate):
    rows = {(1,): [0.9, 0.06, 0.04], (1, 0): [0.48, 0.42, 0.1], (1, 0, 0): [0.5, 0.3, 0.2]}
    for width in (2, 3):
        for max_length in (2, 3):
            holds(candidate, Table(3, rows), [1], 2, width, max_length)


@check(
    "Finished beams stay in the pool as they are, and may be pushed out.",
    "已结束的束原样留在池子里，也可能被挤掉。",
)
def test_finished_beams(candidate):
    rows = {
        (9,): [0.30, 0.36, 0.34],  # eos = 2 is second best
        (9, 0): [0.05, 0.05, 0.90],
        (9, 1): [0.55, 0.05, 0.40],
        (9, 1, 0): [0.02, 0.03, 0.95],
    }
    for width in (1, 2, 3, 4):
        for max_length in (1, 2, 3, 4):
            holds(candidate, Table(3, rows), [9], 2, width, max_length)
    certain = {(5,): [0.55, 0.05, 0.40], (5, 0): [0.90, 0.04, 0.06], (5, 0, 0): [0.88, 0.05, 0.07]}
    for width in (1, 2):
        holds(candidate, Table(3, certain), [5], 2, width, 3)


@check("The search goes on while a kept beam is unfinished.", "只要还有保留的束没结束，搜索就继续。")
def test_goes_on(candidate):
    rows = {(1,): [0.45, 0.0500001, 0.4999999], (1, 0): [0.9, 0.04, 0.06], (1, 0, 0): [0.01, 0.02, 0.97]}
    for alpha in (0.0, 0.7, 1.0):
        holds(candidate, Table(3, rows), [1], 2, 2, 5, alpha)


@check(
    "The score is the sum over n to the power of the penalty; eos counts, the start does not.",
    "分数是和除以 n 的幂；eos 计入 n，start 不计。",
)
def test_length_penalty(candidate):
    for start in ([4], [4, 4, 4, 4, 4]):
        for alpha in (0.0, 0.5, 1.0, 2.0):
            for seed in (1, 2, 3):
                holds(candidate, Model(3, seed, 1.0), start, 2, 3, 4, alpha)


@check(
    "The length decides which beams are kept, not only the score returned.",
    "长度会影响保留哪些束，而不只是返回的分数。",
)
def test_penalty_prunes(candidate):
    rows = {(7,): [0.6, 0.02, 0.38], (7, 0): [0.5, 0.31, 0.19], (7, 0, 0): [0.53, 0.28, 0.19]}
    for alpha in (0.0, 1.0, 1.5):
        for width in (1, 2, 3):
            holds(candidate, Table(3, rows), [7], 2, width, 3, alpha)


@check(
    "max_length bounds the generated tokens; unfinished beams come back, too.",
    "max_length 限制已生成的 token 数；未结束的束也返回。",
)
def test_max_length(candidate):
    for start in ([0], [0, 1, 0, 1]):
        for max_length in (1, 2, 3):
            holds(candidate, Model(5, 11), start, 4, 3, max_length)
    holds(candidate, Table(3, {}), [1], 0, 2, 1)


@check(
    "Without a penalty the score is the bare sum; that is the default.",
    "默认没有长度惩罚，分数就是对数概率之和。",
)
def test_default(candidate):
    for seed in (3, 4, 8):
        step = Model(3, seed)
        same(candidate, reference(step, [2], 1, 3, 4, 0.0)[0], step, [2], 1, 3, 4)
        holds(candidate, step, [2], 1, 3, 4, 0)


@check("The start may be long, and calls do not influence each other.", "start 可以很长；多次调用互不影响。")
def test_no_state(candidate):
    step, start = Model(4, 21), [1, 3, 2, 1, 2, 3, 1]
    for _ in range(2):
        holds(candidate, step, start, 0, 2, 4)
        holds(candidate, Model(4, 22), start[:2], 0, 3, 3, 1.0)


@check("Fewer beams come back where fewer exist.", "可选的束不足时返回得更少。")
def test_few(candidate):
    holds(candidate, Model(2, 5), [1], 0, 10, 1)
    holds(candidate, Model(2, 5), [1], 0, 50, 3)
    holds(candidate, Model(3, 6), [1], 0, 4, 1)


@check(
    "Vocabularies of dozens of tokens and wide beams, best first.",
    "几十个 token 的词表和较大的束宽，结果从好到差排列。",
    examples=12,
    source=sources(("normal",)),
    vocab=st.integers(25, 60),
    width=st.integers(6, 12),
    max_length=st.integers(1, 3),
)
def test_wide(candidate, source, vocab, width, max_length):
    step = Model(vocab, source.seed, 2.0, source.dtype)
    holds(candidate, step, [0, 3], 1, width, max_length, 0.5, needs_margin=True)


@check(
    "A beam wide enough for all sequences finds every one of them, best first.",
    "束宽大到容得下所有序列时，全部找到，且从好到差排列。",
    examples=25,
    source=sources(("normal",)),
    vocab=st.integers(2, 3),
    max_length=st.integers(1, 3),
    alpha=st.sampled_from([0.0, 0.5, 1.0]),
)
def test_exhaustive(candidate, source, vocab, max_length, alpha):
    step = Model(vocab, source.seed, dtype=source.dtype)
    start, eos = [1], 0
    wanted = every_sequence(step, start, eos, max_length, alpha)
    assume(min((a[1] - b[1] for a, b in pairwise(wanted)), default=1.0) > 1e-4)
    same(candidate, wanted, step, start, eos, len(wanted) + source.seed % 2, max_length, alpha)


@check(
    "On drawn models, widths, lengths and penalties.",
    "在随机模型、束宽、长度和惩罚上正确。",
    examples=80,
    source=sources(("normal",)),
    vocab=st.integers(2, 5),
    start=st.lists(st.integers(0, 4), min_size=1, max_size=3),
    spread=st.sampled_from([0.5, 1.5, 3.0]),
    width=st.integers(1, 5),
    max_length=st.integers(1, 5),
    alpha=st.sampled_from([0.0, 0.6, 1.0, 1.4]),
)
def test_drawn(candidate, source, vocab, start, spread, width, max_length, alpha):
    eos = source.seed % vocab
    start = [(eos + 1 + token % (vocab - 1)) % vocab for token in start]  # any token but eos
    step = Model(vocab, source.seed, spread, source.dtype)
    holds(candidate, step, start, eos, width, max_length, alpha, needs_margin=True)
