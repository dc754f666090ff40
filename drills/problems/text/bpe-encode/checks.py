"""Checks of `bpe-encode`: the rules, one merge and one position after another, are the specification."""

from hypothesis import strategies as st

from drills.checking import assert_equal, check, fresh_rng, require
from drills.strategies import sizes

ALPHABETS = ["ab", "a", "abc", "ab ", "xyz\n ", "深度学", "词a", "aé", "你 好", "aB b", "🙂a", "abcdef"]


def oracle(text, merges):
    """A pass of its own for each merge; a join skips both of its parts."""
    tokens = [bytes([byte]) for byte in text.encode()]
    for left, right in merges:
        passed, k = [], 0
        while k < len(tokens):
            joins = tokens[k] == left and tokens[k + 1 : k + 2] == [right]
            passed.append(left + right if joins else tokens[k])
            k += 2 if joins else 1
        tokens = passed
    return tokens


def same(candidate, text, merges):
    got = candidate.bpe_encode(text, list(merges))
    assert_equal(got, oracle(text, merges), name="tokens")


def pairs(*merges):
    """ "a+b" stands for (b"a", b"b")."""
    return [tuple(part.encode() for part in merge.split("+")) for merge in merges]


def exactly(candidate, text, merges, tokens):
    """Tokens are written with | between them."""
    expected = [token.encode() for token in tokens.split("|")]
    assert_equal(candidate.bpe_encode(text, pairs(*merges)), expected, name="tokens")


def trained(text, count):
    """The merges that BPE learns from the text."""
    merges = []
    for _ in range(count):
        tokens, counts = oracle(text, merges), {}
        for k in range(len(tokens) - 1):
            counts[tokens[k], tokens[k + 1]] = counts.get((tokens[k], tokens[k + 1]), 0) + 1
        best = max(counts, key=lambda pair: (counts[pair], pair), default=None)
        if best is None or counts[best] < 2:
            break
        merges.append(best)
    return merges


def drawn(rng, text, count):
    """Merges over parts of the text in any order, so that some come too early and some never apply."""
    data, merges = text.encode(), {}
    for _ in range(count):
        start = int(rng.integers(len(data)))
        part = data[start : start + int(rng.integers(2, 5))]
        if len(part) > 1:
            cut = int(rng.integers(1, len(part)))
            for k in range(1, len(part)) if rng.random() < 0.4 else (cut,):
                merges[part[:k], part[k:]] = None
    order = list(merges)
    if rng.random() < 0.5:
        order.sort(key=lambda pair: len(pair[0] + pair[1]))
    return order


@check("Worked by hand: three merges on abcabb.", "手算例子：三条规则作用在 abcabb 上。")
def test_by_hand(candidate):
    exactly(candidate, "abcabb", ["b+c", "a+b", "ab+c"], "a|bc|ab|b")
    exactly(candidate, "aaabdaaabac", ["a+a", "aa+a", "aaa+b"], "aaab|d|aaab|a|c")


@check(
    "The merges are applied in list order, whatever stands first in the text.",
    "按列表顺序应用规则，与它们在文本中的先后无关。",
)
def test_list_order(candidate):
    exactly(candidate, "abc", ["b+c", "a+b"], "a|bc")
    exactly(candidate, "abc", ["a+b", "b+c"], "ab|c")
    exactly(candidate, "abcd", ["b+c", "a+b", "c+d", "a+bc"], "abc|d")
    exactly(candidate, "abcd", ["c+d", "a+b", "ab+cd", "b+c"], "abcd")
    exactly(candidate, "xabcx", ["b+c", "x+a", "xa+bc", "a+bc"], "xabc|x")


@check(
    "Each merge is applied once: a later one may make it possible again, but it is not repeated.",
    "每条规则只应用一次：即使后面的规则让它重新可行，也不再应用。",
)
def test_once(candidate):
    exactly(candidate, "abc", ["ab+c", "a+b"], "ab|c")
    exactly(candidate, "abcabc", ["ab+c", "b+c", "a+b"], "a|bc|a|bc")
    exactly(candidate, "aaaa", ["aa+aa", "a+a"], "aa|aa")
    exactly(candidate, "abcd", ["abc+d", "ab+c", "a+b"], "ab|c|d")
    exactly(candidate, "abcd", ["ab+cd", "a+b", "c+d"], "ab|cd")


@check(
    "A merge that does not apply is passed over, and the next ones still count.",
    "用不上的规则直接跳过，后面的照常应用。",
)
def test_merges_that_do_not_apply(candidate):
    exactly(candidate, "abc", ["x+y", "a+b", "q+r", "ab+c"], "abc")
    exactly(candidate, "a", ["a+b", "b+a"], "a")
    exactly(candidate, "ab", ["b+a", "a+a"], "a|b")
    exactly(candidate, "b", ["a+b"], "b")
    same(candidate, "hello", pairs("z+z", "l+l", "he+l", "h+e", "he+ll"))


@check(
    "Two tokens join only where they are exactly left and right.",
    "只有两个 token 恰好等于左、右两部分时才合并。",
)
def test_exact_parts(candidate):
    exactly(candidate, "abc", ["b+c", "ab+c"], "a|bc")  # abc, but cut elsewhere
    exactly(candidate, "abcabc", ["a+b", "a+bc"], "ab|c|ab|c")
    exactly(candidate, "aab", ["a+a", "a+b"], "aa|b")  # aa ends in a, and is another token
    exactly(candidate, "abb", ["a+b", "b+b"], "ab|b")
    # abc is abc, whichever of two merges made it
    exactly(candidate, "abcd", ["b+c", "ab+c", "a+bc", "abc+d"], "abcd")
    exactly(candidate, "abcdxy", ["b+c", "a+bc", "ab+c", "x+y", "abc+d"], "abcd|xy")
    exactly(candidate, "abcd", ["b+c", "a+b", "ab+c", "a+bc", "abc+d"], "abcd")


@check(
    "A run such as aaa is joined from the left, without overlap.",
    "aaa 这样的连串从左到右合并，互不重叠。",
)
def test_runs(candidate):
    exactly(candidate, "aaa", ["a+a"], "aa|a")
    exactly(candidate, "aaaaa", ["a+a"], "aa|aa|a")
    exactly(candidate, "aaaaa", ["a+a", "aa+a"], "aa|aaa")
    exactly(candidate, "a" * 7, ["a+a", "aa+aa"], "aaaa|aa|a")
    exactly(candidate, "baaab", ["a+a", "a+b", "aa+ab"], "b|aaab")
    exactly(candidate, "ababa", ["a+b", "ab+ab"], "abab|a")


@check(
    "Every occurrence is joined, and one is enough.",
    "每一处都要合并，只出现一次也要合并。",
)
def test_all_occurrences(candidate):
    exactly(candidate, "abxabyab", ["a+b"], "ab|x|ab|y|ab")
    exactly(candidate, "xxabxx", ["a+b"], "x|x|ab|x|x")
    exactly(candidate, "ab", ["a+b"], "ab")


@check("Without merges the tokens are the single bytes.", "没有规则时，token 就是单个字节。")
def test_no_merges(candidate):
    for text in ("a", "abc", "深", "a b\n", "é🙂"):
        same(candidate, text, [])


@check(
    "The units are the bytes of UTF-8, and a token may hold part of a character.",
    "最小单位是 UTF-8 字节，一个 token 可以只含半个字符。",
)
def test_bytes(candidate):
    same(
        candidate,
        "深深度",
        [(b"\xe6", b"\xb7"), (b"\xb1", b"\xe6"), (b"\xe6\xb7", b"\xb1"), (b"\xba", b"\xa6")],
    )
    same(candidate, "éa", [(b"\xa9", b"a")])
    same(candidate, "éÃ", [(b"\xc3", b"\xa9"), (b"\xc3", b"\x83")])
    same(candidate, "你好，你好！", trained("你好你好你们好", 8))


@check(
    "The text is not split, stripped or changed: merges run over spaces and line ends.",
    "文本不预切分、不去空白、不改动：合并可以跨过空格和换行。",
)
def test_whole_text(candidate):
    exactly(candidate, "a b", ["a+ ", "a +b"], "a b")
    exactly(candidate, " a b ", [" +a", " a+ ", "b+ "], " a |b ")
    exactly(candidate, "a\nb\n\n", ["\n+b", "a+\nb", "\n+\n"], "a\nb|\n\n")
    exactly(candidate, "ABab", ["A+B", "a+b"], "AB|ab")
    same(candidate, "e\u0301ﬁＡ", [])
    same(candidate, "to be\r\nor not\n\nto be", trained("to be\r\nor not\n\nto be or not to be\n", 12))


@check("A second call does not remember the first.", "第二次调用不受第一次影响。")
def test_no_state(candidate):
    for merges in (("a+b", "ab+c"), ("b+c",), ("b+c", "a+bc"), (), ("a+b", "ab+c")):
        same(candidate, "abcab", pairs(*merges))


@check("A page of text with merges learnt from another.", "用另一段文本学到的规则编码一页文本。")
def test_longer_text(candidate):
    rng = fresh_rng(1)
    words = ["the ", "then ", "other ", "注意力", "模型", "attention ", "tension\n", "in ", "ing ", "，"]
    merges = trained("".join(words), 40)
    text = "".join(words[int(k)] for k in rng.integers(len(words), size=300))
    same(candidate, text, merges)


@check(
    "The tokens follow the rules for drawn texts and merges in any order.",
    "对随机文本和任意顺序的规则，结果符合规则。",
    examples=120,
    seed=st.integers(0, 9_999),
    letters=st.sampled_from(ALPHABETS),
    length=sizes(1, 24),
    count=sizes(0, 10),
)
def test_values(candidate, seed, letters, length, count):
    rng = fresh_rng(seed)
    text = "".join(letters[int(k)] for k in rng.integers(len(letters), size=length))
    same(candidate, text, drawn(rng, text, count))


@check(
    "With merges learnt from another text, the tokens follow the rules and join to the text.",
    "用从另一段文本学到的规则，结果符合规则，拼起来就是原文。",
    seed=st.integers(0, 9_999),
    letters=st.sampled_from(ALPHABETS),
    length=sizes(1, 40),
    count=sizes(1, 12),
)
def test_trained(candidate, seed, letters, length, count):
    rng = fresh_rng(seed)
    corpus, text = (
        "".join(letters[int(k)] for k in rng.integers(len(letters), size=size)) for size in (40, length)
    )
    merges = trained(corpus, count)
    got = candidate.bpe_encode(text, list(merges))
    require(
        isinstance(got, list) and all(isinstance(token, bytes) for token in got),
        "It must return a list of bytes objects.",
        "应返回由 bytes 组成的列表。",
        actual=got,
    )
    assert_equal(b"".join(got), text.encode(), name="joined tokens")
    assert_equal(got, oracle(text, merges), name="tokens")
