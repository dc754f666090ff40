"""Numbers as people type them, with units: "1,024", "1.5e9", "3/4", "25%", "1.5 GiB", "7B", "2万".

A bare number is in the question's unit. A typed unit converts within its family: bytes (decimal
and binary), seconds, FLOPs, shares and percent, and counts, also of named things (`tokens`).
Rates (`GB/s`, `tokens/s`) convert above and below the slash.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from quizbank.errors import PlainError

COUNTS = {
    "": 1.0,
    **dict.fromkeys(["k", "thousand", "千"], 1e3),
    **dict.fromkeys(["m", "million", "百万"], 1e6),
    **dict.fromkeys(["b", "g", "billion", "十亿"], 1e9),
    **dict.fromkeys(["t", "trillion", "万亿", "兆"], 1e12),
    "万": 1e4,
    "百": 1e2,
    "十万": 1e5,
    "千万": 1e7,
    "亿": 1e8,
}
_PREFIXES = {"": 1.0, "k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12, "p": 1e15, "e": 1e18}

BYTES = {
    **{f"{prefix}b": factor for prefix, factor in _PREFIXES.items()},
    **{f"{prefix}ib": 1024.0**power for power, prefix in enumerate("kmgtpe", start=1)},
    **dict.fromkeys(["byte", "bytes", "字节"], 1.0),
    **dict.fromkeys(["bit", "bits", "比特"], 0.125),
    **{f"{prefix}bit": factor / 8 for prefix, factor in _PREFIXES.items() if prefix},
}
SECONDS = {
    **dict.fromkeys(["s", "sec", "second", "seconds", "秒"], 1.0),
    **dict.fromkeys(["ms", "millisecond", "milliseconds", "毫秒"], 1e-3),
    **dict.fromkeys(["us", "μs", "microsecond", "microseconds", "微秒"], 1e-6),
    **dict.fromkeys(["ns", "nanosecond", "nanoseconds", "纳秒"], 1e-9),
    **dict.fromkeys(["min", "minute", "minutes", "分钟", "分"], 60.0),
    **dict.fromkeys(["h", "hour", "hours", "小时"], 3600.0),
    **dict.fromkeys(["d", "day", "days", "天"], 86400.0),
}
FLOPS = {
    f"{prefix}{name}": factor
    for prefix, factor in {**_PREFIXES, "z": 1e21, "y": 1e24}.items()
    for name in ("flop", "flops")
}
SHARES = {"fraction": 1.0, "%": 0.01, "percent": 0.01, "‰": 0.001}

# What an error offers; in the spelling of the field.
BYTE_NAMES = ("B", "KB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB")
COUNT_NAMES = ("K", "M", "B", "T", "万", "亿")
FAMILIES = [
    ("byte", BYTES, BYTE_NAMES),
    ("second", SECONDS, ("s", "ms", "us", "ns", "min", "h")),
    ("flop", FLOPS, ("FLOP", "MFLOP", "GFLOP", "TFLOP", "PFLOP")),
    ("share", SHARES, ("%", "0.75", "3/4")),
]
_SAME_WORD = {
    "param": "parameter",
    "参数": "parameter",
    "个参数": "parameter",
    "词元": "token",
    "个词元": "token",
    "步": "step",
    "张": "gpu",
    "卡": "gpu",
    "个": "",
    "次": "",
    "倍": "x",
    "time": "x",
    "字符": "character",
    "char": "character",
    "元素": "element",
    "样本": "sample",
    "头": "head",
    "层": "layer",
    "页": "page",
    "块": "block",
}

_WHOLE = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:_\d+)*)"
_SIGNED = rf"[+-]?(?:{_WHOLE}(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
MAX_LENGTH = 100


class QuantityError(PlainError, ValueError):
    """What was typed is no number in a unit that fits."""


@dataclass(frozen=True)
class Unit:
    """A unit's family, its size in the family's own unit, and the names an error shows."""

    family: str
    factor: float
    names: tuple[str, ...]
    below: float = 1.0  # of a rate, the part below the slash


def parse_quantity(typed: str, unit: str | None) -> float:
    """The typed number, converted to `unit`; raises QuantityError (a ValueError)."""
    text = _normal(typed)
    if not text:
        raise QuantityError("type a number", "请输入一个数")
    number, rest = _split(text, typed)
    value = number * _conversion(rest, unit) if rest else number
    if not math.isfinite(value):
        raise _not_finite(typed)
    return value


_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_POWER = r"(10|2)\s*(?:\^|\*\*)\s*([+-]?\d{1,4})(?![\d.])\s*(.*)"
_AS_POWER = re.compile(rf"([+-]?){_POWER}", re.DOTALL)
_AS_NUMBER = re.compile(rf"({_SIGNED})\s*(.*)", re.DOTALL)
_TIMES_POWER = re.compile(rf"[xX*×·⋅]\s*{_POWER}", re.DOTALL)
_OVER = re.compile(rf"/\s*({_SIGNED})(?![\d,_.])\s*(.*)", re.DOTALL)


def _normal(typed: str) -> str:
    """Full-width characters and typographic signs as ASCII; a leading ≈ dropped."""
    typed = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+", lambda found: "^" + found.group().translate(_SUPERSCRIPTS), typed)
    typed = re.sub(r"(?<=\d)(?=[¼-¾⅐-⅞])", "+", typed)  # 1½ must not become 11/2
    text = unicodedata.normalize("NFKC", typed).strip()
    for sign, plain in {"−": "-", "–": "-", "⁄": "/", "÷": "/"}.items():
        text = text.replace(sign, plain)
    return re.sub(r"^(?:[≈~=]|约)\s*", "", text)


def _split(text: str, typed: str) -> tuple[float, str]:
    """The number at the start, and what follows it."""
    if power := _AS_POWER.match(text):
        return float(f"{power[1]}1") * _raised(power[2], power[3], typed), power[4]
    found = _AS_NUMBER.match(text)
    if not found or len(typed) > MAX_LENGTH:
        raise _no_number(typed)
    number, rest = _float(found[1]), found[2]
    if times := _TIMES_POWER.match(rest):
        return number * _raised(times[1], times[2], typed), times[3]
    if over := _OVER.match(rest):
        below = _float(over[1])
        if below == 0:
            shown = _shown(typed)
            raise QuantityError(f"{shown} divides by zero", f"{shown} 的分母为零")
        number, rest = number / below, over[2]
    if re.match(r"[\d,_.+*^(-]", rest):
        raise _no_number(typed)
    return number, rest


def _no_number(typed: str) -> QuantityError:
    shown = _shown(typed)
    return QuantityError(
        f"{shown} is not a number; such as 1024, 1.5e9, 3/4, 25% or 1.5 GiB",
        f"{shown} 不是数；可以写 1024、1.5e9、3/4、25% 或 1.5 GiB",
    )


def _not_finite(typed: str) -> QuantityError:
    shown = _shown(typed)
    return QuantityError(f"{shown} is not a finite number", f"{shown} 不是有限的数")


def _shown(typed: str) -> str:
    typed = typed.strip()
    return repr(typed if len(typed) <= 40 else typed[:40] + "…")


def _float(digits: str) -> float:
    return float(digits.replace(",", "").replace("_", ""))


def _raised(base: str, exponent: str, typed: str) -> float:
    try:
        return float(base) ** int(exponent)
    except OverflowError:
        raise _not_finite(typed) from None


def _conversion(typed_unit: str, unit: str | None) -> float:
    """The factor from the typed unit to the question's."""
    wanted = _unit(unit or "")
    for family, factor in _readings(typed_unit, wanted):
        if family == wanted.family:
            return factor / wanted.factor
    accepted, shown = ", ".join(wanted.names), _shown(typed_unit)
    raise QuantityError(
        f"the unit {shown} does not fit; accepted: {accepted}",
        f"单位 {shown} 不适用；可用：{accepted.replace(', ', '、')}",
    )


def _readings(typed: str, wanted: Unit) -> Iterator[tuple[str, float]]:
    """What a typed unit may mean, as a family and a factor: B is bytes, or billions, as asked."""
    unit, bare = _unit(typed), _bare(typed)
    yield unit.family, unit.factor
    if bare in COUNTS and "count" in wanted.family:
        unit = Unit("count:", COUNTS[bare], ())
        yield unit.family, unit.factor
    if wanted.family == "count:":
        kind, _, thing = unit.family.partition(":")
        if kind == "share" or (kind == "count" and thing in _SAME_WORD.values()):
            yield "count:", unit.factor
    elif wanted.family.startswith("count:") and unit.family == "count:":
        yield wanted.family, unit.factor  # 12K, of tokens
    above, slash, _ = wanted.family.partition("/")
    if slash and (unit.family == above or (above.startswith("count:") and unit.family == "count:")):
        yield wanted.family, unit.factor / wanted.below  # 900 GB, where GB/s is asked
    if (wanted.family, unit.family) == ("flop", "flop/second"):
        yield "flop", unit.factor  # TFLOP/s, where TFLOPS is asked


@lru_cache(maxsize=512)
def _unit(name: str) -> Unit:
    """The unit of that name; a name in no family counts things of that name."""
    name = re.sub(r"\s+per\s+|每", "/", unicodedata.normalize("NFKC", name).strip())
    if "/" in name:
        first, last = name.split("/", 1)
        above, below = _unit(first), _unit(last)
        names = tuple(f"{part}/{last.strip()}" for part in above.names)
        return Unit(f"{above.family}/{below.family}", above.factor / below.factor, names, below.factor)
    if gigabits := re.fullmatch(r"([KMGTP])b", name):  # Gb is not GB; but gb is, as people type
        return Unit("byte", _PREFIXES[gigabits[1].casefold()] / 8, BYTE_NAMES)
    bare = _bare(name)
    for family, table, known in FAMILIES:
        if bare in table:
            return Unit(family, table[bare], known)
    return _counted(name)


def _bare(name: str) -> str:
    return re.sub(r"\s+", "", name).casefold().replace("µ", "μ").replace("×", "x")


def _counted(name: str) -> Unit:
    """`K tokens`, `百万`, `tokens`: a multiple of some thing."""
    for count in sorted(COUNTS, key=len, reverse=True):
        # A Latin letter counts only where a space or nothing follows: "m", "m tokens", not "mask".
        pattern = rf"{count}(?![a-z-])\s*(.*)" if count.isascii() and count else rf"{count}\s*(.*)"
        if found := re.fullmatch(pattern, name, re.DOTALL | re.IGNORECASE):
            thing, plural = found[1], found[1].casefold().replace("×", "x")
            singular = plural.removesuffix("s") if len(plural) > 2 else plural
            word = _SAME_WORD.get(plural, _SAME_WORD.get(singular, singular))
            names = [f"{multiple} {thing}".strip() for multiple in COUNT_NAMES]
            return Unit(f"count:{word}", COUNTS[count], tuple([thing, *names] if thing else names))
    raise AssertionError("the empty count matches all")


_SLIPS: list[tuple[float, str, str]] = [
    (1000 / 1024, "1000 and 1024 mixed up (KB and KiB)", "混淆了 1000 与 1024（KB 与 KiB）"),
    ((1000 / 1024) ** 2, "MB and MiB mixed up", "混淆了 MB 与 MiB"),
    ((1000 / 1024) ** 3, "GB and GiB mixed up", "混淆了 GB 与 GiB"),
    ((1000 / 1024) ** 4, "TB and TiB mixed up", "混淆了 TB 与 TiB"),
    (8, "a factor of 8: bits and bytes mixed up?", "差 8 倍：混淆了比特与字节？"),
    (2, "a factor of 2 is off", "差一个 2 倍"),
    (4, "a factor of 4 is off", "差一个 4 倍"),
    (100, "a factor of 100: a share given as percent, or the reverse?", "差 100 倍：混淆了比例与百分数？"),
    (1000, "a factor of 1000: the prefix of the unit is off", "差 1000 倍：单位前缀有误"),
    (1e6, "a factor of a million: the prefix of the unit is off", "差一百万倍：单位前缀有误"),
    (1e9, "a factor of a billion: the prefix of the unit is off", "差十亿倍：单位前缀有误"),
    (-1, "the sign is off", "符号反了"),
]


def slip(given: float, exact: float) -> tuple[str, str] | None:
    """The usual mistake that leads from the exact answer to the given one, in both languages."""
    if not given or not exact:
        return None
    for factor, en, zh in _SLIPS:
        if any(math.isclose(given / exact, ratio, rel_tol=3e-3) for ratio in (factor, 1 / factor)):
            return en, zh
    return None
