"""Checks of `rouge-l`: for short lists every subsequence is tried; for longer ones the prefix table."""

from itertools import combinations

import numpy as np
from hypothesis import strategies as st

from drills.checking import assert_close, check, unpack
from drills.strategies import sources


def longest(first, second):
    """The length of the longest common subsequence: by trying all, else by the table of prefixes."""
    short, long = sorted((first, second), key=len)
    if len(short) <= 7:
        for length in range(len(short), 0, -1):
            for picked in combinations(short, length):
                rest = iter(long)
                if all(token in rest for token in picked):
                    return length
        return 0
    table = {(-1, j): 0 for j in range(-1, len(second))} | {(i, -1): 0 for i in range(len(first))}
    for i, a in enumerate(first):
        for j, b in enumerate(second):
            table[i, j] = table[i - 1, j - 1] + 1 if a == b else max(table[i - 1, j], table[i, j - 1])
    return table[len(first) - 1, len(second) - 1]


def holds(candidate, first, second):
    common = longest(list(first), list(second))
    want = (0.0, 0.0, 0.0)
    if common:
        want = (common / len(first), common / len(second), 2 * common / (len(first) + len(second)))
    got = unpack(candidate.rouge_l(list(first), list(second)), 3, "precision", "recall", "f1")
    for name, value, expected in zip(("precision", "recall", "f1"), got, want, strict=True):
        assert_close(value, np.float64(expected), rtol=1e-9, atol=1e-12, name=name)


@check("Worked by hand: the gunman and the police.", "手算例子：gunman 与 police。")
def test_by_hand(candidate):
    got = candidate.rouge_l(["the", "gunman", "kill", "police"], ["police", "kill", "the", "gunman"])
    for name, value in zip(
        ("precision", "recall", "f1"), unpack(got, 3, "precision", "recall", "f1"), strict=True
    ):
        assert_close(value, np.float64(0.5), rtol=1e-9, name=name)


@check(
    "Precision counts against the candidate, recall against the reference.",
    "精确率对应 candidate，召回率对应 reference。",
)
def test_lengths(candidate):
    holds(candidate, ["a"], ["a", "b", "c", "d"])
    holds(candidate, ["a", "b", "c", "d"], ["a"])
    holds(candidate, list("abcd"), list("abcdefgh"))


@check("The order counts, and gaps are allowed.", "次序要一致，中间可以有间隔。")
def test_order_and_gaps(candidate):
    holds(candidate, list("abc"), list("cba"))
    holds(candidate, list("xaby"), list("ab"))
    holds(candidate, list("axbyc"), list("abc"))
    holds(candidate, list("axbyc"), list("azbwc"))


@check("Repeated tokens count as often as both have them in order.", "重复的 token 按双方依次都有的次数计。")
def test_repeats(candidate):
    holds(candidate, list("aaaa"), list("aa"))
    holds(candidate, list("aa"), list("aabaa"))
    holds(candidate, list("abab"), list("baba"))
    holds(candidate, ["的"] * 3, ["的", "模型", "的"])
    holds(candidate, ["a"] * 256, ["a"] * 257)


@check("The longest one is found, not the first that comes along.", "要找最长的，而不是最先碰到的。")
def test_not_greedy(candidate):
    holds(candidate, list("zabc"), list("abcz"))
    holds(candidate, list("bcda"), list("abcd"))
    holds(candidate, list("xyabc"), list("abcyx"))


@check("Empty lists and lists without overlap give three zeros.", "列表为空或没有重叠时三个值都是 0。")
def test_zeros(candidate):
    holds(candidate, [], ["a"])
    holds(candidate, ["a"], [])
    holds(candidate, [], [])
    holds(candidate, list("abc"), list("xyz"))


@check(
    "Tokens are taken as they are, and agree only when they are equal.",
    "token 原样使用，完全相等才算一致。",
)
def test_equality(candidate):
    holds(candidate, ["The", "cat"], ["the", "cat"])
    holds(candidate, ["cats"], ["cat"])
    holds(candidate, ["cat"], ["cats"])
    holds(candidate, ["模型", "训练"], ["模型训练"])
    holds(candidate, ["yes", "!"], ["yes", "."])
    holds(candidate, ["New York"], ["New", "York"])
    holds(candidate, ["cat ", "\n", ""], ["cat", " ", "", "sat"])
    holds(candidate, ["internal", "law"], ["internet", "law"])


@check(
    "On drawn lists over a small alphabet.",
    "在小词表的随机列表上正确。",
    examples=100,
    source=sources(("normal",), ("float64",)),
    first=st.integers(0, 7),
    second=st.integers(0, 12),
    letters=st.integers(1, 5),
)
def test_drawn(candidate, source, first, second, letters):
    words = ["a", "b", "c", "文", "d"][:letters]
    lists = [[words[i] for i in source.integers(0, letters, n)] for n in (first, second)]
    holds(candidate, *lists)
    holds(candidate, *lists[::-1])


@check(
    "On longer lists.",
    "在较长的列表上正确。",
    examples=15,
    source=sources(("normal",), ("float64",)),
    length=st.integers(20, 60),
)
def test_long(candidate, source, length):
    text = [str(token) for token in source.integers(0, 9, length)]
    kept = [token for token in text if source.rng.random() < 0.6]
    holds(candidate, kept, text)
    holds(candidate, [str(token) for token in source.integers(0, 9, length)], text)
