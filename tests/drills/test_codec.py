"""The codec between judge and runner: exact types travel, everything else is opaque, nothing is executed."""

from __future__ import annotations

import math
import pickle
import socket
import struct
from collections import Counter, OrderedDict, deque
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from drills.grading import codec


def there_and_back(value: Any) -> Any:
    here, there = socket.socketpair()
    with here, there:
        here.settimeout(5)
        there.settimeout(5)
        codec.send(here, value)
        return codec.receive(there)


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.binary(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=3)
    ),
    max_leaves=8,
)


def same(one: Any, other: Any) -> bool:
    """Equal in type and value, NaN and the sign of zero included."""
    if type(one) is not type(other):
        return False
    if isinstance(one, float):
        return struct.pack("d", one) == struct.pack("d", other) or (math.isnan(one) and math.isnan(other))
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    return bool(one == other)


@given(plain)
def test_plain_values_travel_exactly(value: Any) -> None:
    assert same(there_and_back(value), value)


@given(
    hnp.arrays(
        hnp.integer_dtypes() | hnp.floating_dtypes(sizes=(16, 32, 64)) | hnp.boolean_dtypes(),
        hnp.array_shapes(min_dims=0, min_side=0, max_side=3),
    )
)
def test_arrays_travel_exactly_and_writable(array: np.ndarray) -> None:
    back = there_and_back(array)
    assert type(back) is np.ndarray
    assert back.dtype == array.dtype
    assert back.shape == array.shape
    assert back.tobytes() == np.ascontiguousarray(array).tobytes()
    assert back.flags.writeable


def test_a_scalar_keeps_its_dtype() -> None:
    back = there_and_back(np.float32(1.5))
    assert type(back) is np.float32
    assert back == 1.5


@pytest.mark.parametrize("bits", [np.random.PCG64, np.random.MT19937, np.random.Philox, np.random.SFC64])
def test_a_generator_goes_on_where_it_stood(bits: Any) -> None:
    rng = np.random.Generator(bits(7))
    rng.standard_normal(3)
    back = there_and_back(rng)
    assert back.standard_normal(5).tolist() == rng.standard_normal(5).tolist()


class Sly(np.ndarray):
    """An array by another name."""


@pytest.mark.parametrize(
    "value",
    [
        np.zeros(2).view(Sly),
        object(),
        {1, 2},
        np.array([None]),
        type("Int", (int,), {})(3),
        np.ma.masked_array([1.0]),
    ],
)
def test_another_type_arrives_opaque(value: Any) -> None:
    back = there_and_back(value)
    assert isinstance(back, codec.Opaque)
    assert back.type_name.endswith(type(value).__name__)


def test_a_string_of_numpys_is_a_string() -> None:
    assert type(there_and_back([np.array(["a"])[0]])[0]) is str


def test_a_function_arrives_as_its_number() -> None:
    here, there = socket.socketpair()
    with here, there:
        functions = codec.send(here, {"f": len, "g": [max]})
        assert functions == [len, max]
        back = codec.receive(there, lambda number: functions[number])
    assert back == {"f": len, "g": [max]}


def test_tensors_travel_with_dtype_and_gradient_flag() -> None:
    torch = pytest.importorskip("torch")
    for dtype in (torch.float32, torch.float64, torch.bfloat16, torch.int64, torch.bool):
        for shape in ((2, 3), (), (0, 2)):
            value = torch.ones(shape, dtype=dtype)
            back = there_and_back(value)
            assert back.dtype == dtype
            assert torch.equal(back, value)
    assert there_and_back(torch.ones(2, requires_grad=True)).requires_grad


@pytest.mark.parametrize(
    "tree",
    [
        '[{"t": "nd", "d": "|O", "s": [1], "b": 0}, [8]]',
        '[{"t": "nd", "d": "<f8", "s": [9], "b": 0}, [8]]',
        '[{"t": "rng", "n": "__class__", "v": null}, []]',
        '[{"t": "what"}, []]',
        "[]",
        "{",
    ],
)
def test_a_forged_message_is_refused(tree: str) -> None:
    with pytest.raises(codec.CodecError):
        codec.Decoder().value(tree.encode(), b"\0" * 8)


def test_a_pickle_is_no_message() -> None:
    data = pickle.dumps([1, 2])
    with pytest.raises(codec.CodecError):
        codec.Decoder().value(data, b"")


def test_a_message_that_claims_to_be_huge_is_refused_before_it_is_read() -> None:
    here, there = socket.socketpair()
    with here, there:
        here.sendall(struct.pack("<QQ", 1, codec.MAX_BYTES))
        with pytest.raises(codec.CodecError, match="too large"):
            codec.receive(there)


def test_the_other_side_gone_is_the_end() -> None:
    here, there = socket.socketpair()
    with there:
        here.close()
        with pytest.raises(EOFError):
            codec.receive(there)


def travelled(value: Any) -> Any:
    """What arrives on the other side."""
    return codec.decode(codec.Encoder().message(value))


class Scores(NamedTuple):
    precision: float
    recall: np.ndarray


def test_kinds_of_containers_travel_as_plain_ones():
    named = Scores(0.5, np.arange(2.0))
    back = travelled(named)
    assert type(back) is tuple
    assert back[0] == 0.5
    assert np.array_equal(back[1], named.recall)
    counted = travelled(Counter("aab"))
    assert type(counted) is dict
    assert counted == {"a": 2, "b": 1}
    assert type(travelled(deque([1]))) is codec.Opaque
    assert type(travelled(OrderedDict(a=1))) is dict
