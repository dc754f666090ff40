"""Checks of `bpe-train`: the rules, one position after another, are the specification."""

from hypothesis import strategies as st

from drills.checking import assert_equal, check, fresh_rng
from drills.strategies import sizes

ALPHABETS = ["ab", "a", "abc", "ab ", "xyz\n ", "深度学", "词a", "aé", "你 好", "01", "aB b", "🙂a", "abcdef"]


def oracle(text, num_merges):
    """Positions are visited one by one; a run such as aaa holds its pair at two of them."""
    tokens = [bytes([byte]) for byte in text.encode()]
    merges = []
    while len(merges) < num_merges:
        counts = {}
        for k in range(len(tokens) - 1):
            pair = (tokens[k], tokens[k + 1])
            counts[pair] = counts.get(pair, 0) + 1
        ranked = sorted((count, pair) for pair, count in counts.items())
        if not ranked or ranked[-1][0] < 2:
            break
        pair = ranked[-1][1]
        k = 0
        while k < len(tokens) - 1:
            if (tokens[k], tokens[k + 1]) == pair:
                tokens[k : k + 2] = [b"".join(pair)]
            k += 1
        merges.append(pair)
    return merges


def same(candidate, text, num_merges):
    got = candidate.bpe_train(text, num_merges)
    assert_equal(got, oracle(text, num_merges), name="merges")


def exactly(candidate, text, num_merges, *merges):
    expected = [tuple(part.encode() for part in merge.split("+")) for merge in merges]
    assert_equal(candidate.bpe_train(text, num_merges), expected, name="merges")


@check("Worked by hand: aaabdaaabac.", "手算例子：aaabdaaabac。")
def test_by_hand(candidate):
    exactly(candidate, "aaabdaaabac", 1, "a+a")
    exactly(candidate, "aaabdaaabac", 2, "a+a", "aa+a")
    exactly(candidate, "aaabdaaabac", 10, "a+a", "aa+a", "aaa+b")


@check(
    "It stops when no pair occurs twice; a text of one byte has no pair at all.",
    "没有一对出现两次时停止；只有一个字节的文本没有任何相邻对。",
)
def test_stops(candidate):
    for text in ("a", "ab", "aa", "abc", "abcdefgh", " "):
        exactly(candidate, text, 5)
    exactly(candidate, "abab", 5, "a+b")
    exactly(candidate, "abcab", 5, "a+b")
    exactly(candidate, "abxabyab", 1, "a+b")
    same(candidate, "she sells sea shells", 1000)


@check("There are at most num_merges merges; 0 gives none.", "最多 num_merges 次合并；0 则一次也不做。")
def test_number_of_merges(candidate):
    for count in (0, 1, 2, 3, 7):
        same(candidate, "low low low lower newest newest widest", count)
        same(candidate, "abcabcabcabcabc", count)


@check(
    "Of equally frequent pairs the greatest tuple of bytes wins, left part first.",
    "次数相同时取最大的字节元组，先比较左边部分。",
)
def test_ties(candidate):
    exactly(candidate, "ab.cd,ab;cd", 1, "c+d")
    exactly(candidate, "cd.ab,cd;ab", 1, "c+d")
    exactly(candidate, "az.by,az;by", 1, "b+y")  # the left part decides
    exactly(candidate, "ax.ay,ax;ay", 1, "a+y")
    exactly(candidate, "zb.ac,zb;ac", 1, "z+b")
    exactly(candidate, "ababab.zczc", 3, "a+b", "z+c", "ab+ab")
    exactly(candidate, "aab.zz,aab;zz", 1, "z+z")
    for text in (
        "abcabc",
        "cbacba",
        "abacabad" * 2,
        "b a b a",
        "aAbBaAbB",
        "azbzazbz",
        "词元词元",
        "zabzab.abcabc",
    ):
        same(candidate, text, 10)


@check(
    "A merged token is compared by its bytes, not by its age or its length.",
    "合并出来的 token 按字节比较，不看先后，也不看长短。",
)
def test_ties_of_merged_tokens(candidate):
    exactly(candidate, "ababab!ab?zy.zy:", 2, "a+b", "z+y")
    for text in (
        "ababxababxcdcd" * 2,
        "abcabdabcabd.zyzy",
        "aababcaababc",
        "banana bandana banana",
        "xaxbxaxbyaybyayb",
    ):
        same(candidate, text, 12)


@check(
    "In a run such as aaa a pair counts at every position, and merges from the left without overlap.",
    "在 aaa 这样的连串里，每个位置都计数；合并从左到右进行，互不重叠。",
)
def test_runs(candidate):
    exactly(candidate, "aaa", 9, "a+a")
    exactly(candidate, "aaaaa", 9, "a+a")
    exactly(candidate, "a" * 7, 9, "a+a", "aa+aa")
    exactly(candidate, "zzzz.bc,bc;bc", 1, "z+z")  # three each
    exactly(candidate, "aaaa.bc,bc", 1, "a+a")
    exactly(candidate, "aaab.aaab.", 3, "a+a", "b+.", "aa+a")
    for text in ("xaaaxaaax", "aaabaaab", "baaabaaac", "aaaaabaaaaab", "ababa ababa", "a" * 40, "aaab" * 7):
        same(candidate, text, 12)


@check("The pairs are counted anew after every merge.", "每次合并之后重新统计相邻对。")
def test_recounted(candidate):
    exactly(candidate, "abcbabcbabc", 2, "b+c", "a+bc")
    exactly(candidate, "xyzxyzxyz.yq,yq", 2, "y+z", "x+yz")
    same(candidate, "abcd" * 6, 8)
    same(candidate, "lowlowlowlowlowerlowernewestnewestnewestwidestwidest", 15)


@check(
    "The text is not split, stripped or changed: merges run over spaces and line ends.",
    "文本不预切分、不去空白、不改动：合并可以跨过空格和换行。",
)
def test_whole_text(candidate):
    exactly(candidate, "a b a b", 1, "a+ ")
    exactly(candidate, "x y,x y", 3, "x+ ", "x +y")
    for text in (
        "to be or not to be",
        "  a  a  ",
        "\n\na\n\na",
        "Ab aB Ab aB",
        "a\tb\ta\tb",
        "ab\r\nab\r\n",
        "a.</w>b.</w>",
        "e\u0301 e\u0301 ﬁﬁ ＡＡ",
    ):
        same(candidate, text, 12)


@check(
    "The units are the bytes of UTF-8, not characters.",
    "最小单位是 UTF-8 字节，而不是字符。",
)
def test_bytes(candidate):
    expected = [(b"\xe6", b"\xb7"), (b"\xe6\xb7", b"\xb1")]
    assert_equal(candidate.bpe_train("深深", 9), expected, name="merges")
    for text in (
        "é",
        "深",
        "深度",
        "深度学习，深度网络",
        "你好你好",
        "naïve café",
        "🙂🙃🙂",
        "人人为我，我为人人",
        "ÿÿÿ",
    ):
        same(candidate, text, 12)


@check("A second call does not remember the first.", "第二次调用不受第一次影响。")
def test_no_state(candidate):
    for text in ("abab", "cdcd", "abab", "aaab.aaab.", "cdcd"):
        same(candidate, text, 4)


@check("A page of text and eighty merges.", "一页文本，八十次合并。")
def test_longer_text(candidate):
    rng = fresh_rng(1)
    words = [
        "the ",
        "then ",
        "other ",
        "注意力",
        "模型",
        "模式",
        "attention ",
        "tension\n",
        "in ",
        "ing ",
        "，",
    ]
    same(candidate, "".join(words[int(k)] for k in rng.integers(len(words), size=240)), 80)


@check(
    "The merges follow the rules for drawn texts.",
    "在随机文本上，合并结果符合规则。",
    examples=120,
    seed=st.integers(0, 9_999),
    letters=st.sampled_from(ALPHABETS),
    length=sizes(1, 40),
    num_merges=sizes(1, 15),
)
def test_values(candidate, seed, letters, length, num_merges):
    picks = fresh_rng(seed).integers(len(letters), size=length)
    same(candidate, "".join(letters[int(k)] for k in picks), num_merges)
