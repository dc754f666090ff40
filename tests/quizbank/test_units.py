"""Numbers and units as people type them, in either alphabet."""

import contextlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizbank.units import BYTES, FLOPS, SECONDS, QuantityError, parse_quantity, slip


@pytest.mark.parametrize(
    ("typed", "unit", "value"),
    [
        ("1,024", None, 1024),
        ("1_024", None, 1024),
        ("１，０２４．５", None, 1024.5),
        ("1.5e9", None, 1.5e9),
        ("1.5E-3", None, 1.5e-3),
        (" +.5 ", None, 0.5),
        ("－3", None, -3),
        ("−3", None, -3),
        ("≈ 3", None, 3),
        ("约3", None, 3),
        ("3/4", None, 0.75),
        ("3 ÷ 4", None, 0.75),
        ("½", None, 0.5),
        ("25%", None, 0.25),
        ("２５％", None, 0.25),
        ("25%", "%", 25),
        ("0.25", "%", 0.25),
        ("25%", "fraction", 0.25),
        ("10^9", None, 1e9),
        ("-2**10", None, -1024),
        ("2×10⁹", None, 2e9),
        ("2 * 10^-3", None, 2e-3),
        ("1.5 GiB", "GiB", 1.5),
        ("1.5GiB", "B", 1.5 * 2**30),
        ("1.5 gb", "MB", 1500),
        ("2^30", "GiB", 2**30),  # a bare number is in the question's unit
        ("2^30 B", "GiB", 1),
        ("16 Gb", "GB", 2),
        ("16 gb", "GB", 16),
        ("8 bits", "B", 1),
        ("1.5 字节", "B", 1.5),
        ("5 ms", "s", 0.005),
        ("5µs", "ms", 0.005),
        ("5 us", "s", 5e-6),
        ("2 min", "s", 120),
        ("3 毫秒", "ms", 3),
        ("7B", None, 7e9),
        ("7B", "parameters", 7e9),
        ("7 billion params", "parameters", 7e9),
        ("70 亿", None, 7e9),
        ("70亿个参数", None, 7e9),
        ("2万", "tokens", 20_000),
        ("1.5 万亿", None, 1.5e12),
        ("12K tokens", "tokens", 12_000),
        ("124M", "million", 124),
        ("124", "million", 124),
        ("312 TFLOPS", "TFLOP/s", 312),
        ("0.312 PFLOP/s", "TFLOPS", 312),
        ("6e21 FLOPs", "ZFLOP", 6),
        ("900 GB/s", "TB/s", 0.9),
        ("900 GB", "GB/s", 900),
        ("1.2 TB/min", "GB/s", 20),
        ("12K", "tokens/s", 12_000),
        ("12 tokens per second", "tokens/s", 12),
        ("4.5 bits", "bits/weight", 4.5),
        ("3×", "x", 3),
        ("3 倍", "x", 3),
    ],
)
def test_what_people_type(typed: str, unit: str | None, value: float):
    assert parse_quantity(typed, unit) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    "typed",
    [
        *("", "  ", "abc", "nan", "inf", "-inf", "1e999", "1e400", "--5", "5-3", "1,5", "1,0000", "1.2.3"),
        *("1..2", "1 000", "1_", "1½", "1 2/3", "1/0", "0/0", "1/", "12abc", "0x10", "5 apples", ".", "-"),
        *("e5", "%", "9" * 101, "2^9999", "1(2)"),
    ],
)
def test_what_is_no_number(typed: str):
    with pytest.raises(QuantityError) as caught:
        parse_quantity(typed, None)
    assert str(caught.value)
    assert caught.value.zh
    assert caught.value.text.zh == caught.value.zh


@pytest.mark.parametrize(
    ("typed", "unit", "offered"),
    [
        ("5 s", "GiB", "GB"),
        ("5 GiB", "s", "ms"),
        ("5 GB", None, "K"),
        ("5 tokens", "steps", "steps"),
        ("5 GB", "%", "%"),
        ("5 FLOP/s", "FLOP/byte", "GFLOP/byte"),
        ("70 亿", "GB", "GiB"),
    ],
)
def test_a_foreign_unit_says_which_are_accepted(typed: str, unit: str | None, offered: str):
    with pytest.raises(QuantityError, match="accepted") as caught:
        parse_quantity(typed, unit)
    assert offered in str(caught.value).partition("accepted: ")[2]
    assert offered in caught.value.zh


def test_an_error_repeats_no_more_than_needed():
    with pytest.raises(QuantityError) as caught:
        parse_quantity("x" * 5000, None)
    assert len(str(caught.value)) < 150


NUMBERS = st.floats(1e-12, 1e12)


@given(NUMBERS, st.booleans(), st.sampled_from(["{!r}", " {!r} ", "+{!r}", "{:.17e}", "={!r}"]))
def test_any_number_comes_back(value: float, negative: bool, form: str):
    typed = form.format(value)
    if negative:
        typed, value = typed.replace("+", "").replace(repr(value), repr(-value)), value
        value = float(typed.strip().removeprefix("="))
    assert parse_quantity(typed, None) == value


@given(st.integers(0, 10**15))
def test_any_spelling_of_an_integer(value: int):
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in str(value))
    for typed in (f"{value}", f"{value:,}", f"{value:_}", wide):
        assert parse_quantity(typed, None) == value


@given(NUMBERS, st.sampled_from([BYTES, SECONDS, FLOPS]), st.data())
def test_there_and_back_between_any_two_units(value: float, family: dict[str, float], data: st.DataObject):
    one, other = (data.draw(st.sampled_from(sorted(family))) for _ in range(2))
    there = parse_quantity(f"{value!r} {one}", other)
    assert there == pytest.approx(value * family[one] / family[other])
    assert parse_quantity(f"{there!r} {other}", one) == pytest.approx(value)


@given(st.text(max_size=30), st.sampled_from([None, "GiB", "%", "tokens/s", "s", "", "million", "/"]))
def test_no_text_raises_anything_else(typed: str, unit: str | None):
    with contextlib.suppress(QuantityError):
        assert math.isfinite(parse_quantity(typed, unit))


@pytest.mark.parametrize(
    ("given", "exact", "said"),
    [
        (16 / 1.073741824, 16, "GiB"),
        (128, 16, "bits"),
        (2, 16, "bits"),
        (-5, 5, "sign"),
        (0.25, 25, "percent"),
    ],
)
def test_the_usual_slips_are_recognised(given: float, exact: float, said: str):
    hint = slip(given, exact)
    assert hint is not None
    assert said in hint[0]


@pytest.mark.parametrize(("given", "exact"), [(0, 5), (5, 0), (7, 5)])
def test_other_mistakes_have_no_name(given: float, exact: float):
    assert slip(given, exact) is None
