"""The plain codec between judge and runner: a JSON tree and raw buffers, never pickle.

A message is two little-endian lengths (tree, buffers), a JSON tree, and the buffers it refers to. Only exact
types travel as themselves, and containers that are kinds of tuple, list or dict (a named tuple, a Counter) as those;
anything else arrives as `Opaque`, which equals nothing.
"""

from __future__ import annotations

import json
import socket
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

_LENGTHS = struct.Struct("<QQ")
MAX_BYTES = 1 << 30
_FIRST = 1 << 16  # most messages arrive by one read
_PLAIN = "biufc"

Reference = Callable[[Any], int | None]


class CodecError(Exception):
    """A value that cannot travel, or a message that is not one."""


@dataclass(frozen=True)
class Opaque:
    """A value of a type that does not travel, known by its type's name and an excerpt of its text."""

    type_name: str
    text: str = ""


@dataclass(frozen=True)
class Remote:
    """A function that stays on its own side and is called back by number."""

    number: int


class Encoder:
    """Turns values into one message; functions are collected in `functions`.

    `reference` numbers the values that stay on the other side and travel by their number (None for all others).
    """

    def __init__(self, reference: Reference | None = None) -> None:
        self.reference = reference
        self.buffers: list[bytes] = []
        self.functions: list[Callable[..., Any]] = []

    def tree(self, value: Any) -> Any:
        kind = type(value)
        if self.reference is not None and (number := self.reference(value)) is not None:
            return {"t": "obj", "v": number}
        if value is None or kind in (bool, str):
            return value
        if kind is int:
            return value if abs(value) < 1 << 53 else {"t": "int", "v": hex(value)}
        if kind is float:
            return {"t": "float", "v": value.hex()}
        if kind is np.str_:
            return str(value)
        if kind is bytes:
            return {"t": "bytes", "b": self._buffer(value)}
        if kind in (list, tuple):
            return {"t": kind.__name__, "v": [self.tree(item) for item in value]}
        if kind is dict:
            return {"t": "dict", "v": [[self.tree(key), self.tree(item)] for key, item in value.items()]}
        if kind is np.ndarray and value.dtype.kind in _PLAIN:
            data = np.ascontiguousarray(value).tobytes()
            return {"t": "nd", "d": value.dtype.str, "s": list(value.shape), "b": self._buffer(data)}
        if isinstance(value, np.generic) and value.dtype.kind in _PLAIN:
            return {"t": "scalar", "d": value.dtype.str, "b": self._buffer(value.tobytes())}
        if kind is np.random.Generator:
            state = value.bit_generator.state
            return {"t": "rng", "n": state["bit_generator"], "v": self.tree(_plain_state(state))}
        if kind is Opaque:
            return {"t": "opaque", "n": value.type_name, "v": value.text}
        if kind is Remote:
            return {"t": "fn", "v": value.number}
        if (torch := sys.modules.get("torch")) is not None:
            if kind in (torch.Tensor, torch.nn.Parameter):
                return self._tensor(value)
            if kind is torch.Generator:
                return {"t": "torch_rng", "b": self._buffer(value.get_state().numpy().tobytes())}
            if kind is torch.dtype:
                return {"t": "dtype", "v": str(value).removeprefix("torch.")}
            if kind is torch.nn.Linear:
                return {"t": "linear", "v": [self.tree(value.weight), self.tree(value.bias)]}
        for plain in (tuple, list, dict):
            if isinstance(value, plain):
                return self.tree(plain(value))
        if callable(value) and not isinstance(value, type):
            self.functions.append(value)
            return {"t": "fn", "v": len(self.functions) - 1}
        return {"t": "opaque", "n": f"{kind.__module__}.{kind.__qualname__}", "v": _excerpt(value)}

    def _tensor(self, value: Any) -> Any:
        data = tensor_bytes(value)
        return {
            "t": "tensor",
            "d": str(value.dtype).removeprefix("torch."),
            "s": list(value.shape),
            "g": bool(value.requires_grad),
            "b": self._buffer(data),
        }

    def _buffer(self, data: bytes) -> int:
        self.buffers.append(data)
        return len(self.buffers) - 1

    def message(self, value: Any) -> bytes:
        """The whole message for `value`."""
        try:
            tree = self.tree(value)
            text = json.dumps([tree, [len(buffer) for buffer in self.buffers]]).encode()
        except RecursionError as error:
            raise CodecError("the value is nested too deeply") from error
        body = b"".join(self.buffers)
        return _LENGTHS.pack(len(text), len(body)) + text + body


class Decoder:
    """Rebuilds values; `function` makes a callable from a number on the other side, `kept` finds what stayed here."""

    def __init__(
        self,
        function: Callable[[int], Any] = Remote,
        kept: Callable[[int], Any] | None = None,
        device: str | None = None,
    ) -> None:
        self.function, self.kept, self.device = function, kept, device
        self.buffers: list[memoryview] = []

    def value(self, text: bytes, body: bytes) -> Any:
        try:
            tree, lengths = json.loads(text)
            view, start = memoryview(body), 0
            for length in lengths:
                self.buffers.append(view[start : start + length])
                start += length
            return self._value(tree)
        except (ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
            raise CodecError(f"not a message: {error}") from error

    def _value(self, node: Any) -> Any:
        if not isinstance(node, dict):
            return node
        match node["t"]:
            case "int":
                return int(node["v"], 16)
            case "float":
                return float.fromhex(node["v"])
            case "bytes":
                return bytes(self.buffers[node["b"]])
            case "list":
                return [self._value(item) for item in node["v"]]
            case "tuple":
                return tuple(self._value(item) for item in node["v"])
            case "dict":
                return {self._value(key): self._value(item) for key, item in node["v"]}
            case "nd":
                flat = np.frombuffer(self.buffers[node["b"]], dtype=_dtype(node["d"]))
                return flat.reshape(node["s"]).copy()
            case "scalar":
                return np.frombuffer(self.buffers[node["b"]], dtype=_dtype(node["d"]))[0]
            case "rng":
                return _generator(node["n"], self._value(node["v"]))
            case "tensor" | "torch_rng":
                return self._torch(node)
            case "dtype":
                return _torch_dtype(node["v"])
            case "linear":
                return _linear(*(self._value(part) for part in node["v"]))
            case "obj" if self.kept is not None:
                return self.kept(int(node["v"]))
            case "fn":
                return self.function(int(node["v"]))
            case "opaque":
                return Opaque(str(node["n"]), str(node["v"]))
        raise CodecError(f"unknown node {node['t']!r}")

    def _torch(self, node: Any) -> Any:
        import torch

        data = bytearray(self.buffers[node["b"]])  # the tensor's memory from here on
        if node["t"] == "torch_rng":
            generator = torch.Generator()
            generator.set_state(torch.frombuffer(data, dtype=torch.uint8))
            return generator
        dtype = _torch_dtype(node["d"])
        flat = torch.frombuffer(data, dtype=dtype) if data else torch.empty(0, dtype=dtype)
        tensor = flat.reshape(node["s"])
        if self.device is not None:
            tensor = tensor.to(self.device)
        return tensor.requires_grad_() if node["g"] else tensor


def _dtype(text: str) -> np.dtype:
    dtype = np.dtype(text)
    if dtype.kind not in _PLAIN:
        raise CodecError(f"dtype {text} does not travel")
    return dtype


def tensor_bytes(value: Any) -> bytes:
    """The elements of a tensor in the order of its axes."""
    import torch

    plain = value.detach()
    try:
        data: bytes = plain.numpy().tobytes()
    except (TypeError, RuntimeError):  # bfloat16, a lazy conjugate, another device
        plain = plain.cpu().resolve_conj().resolve_neg().clone(memory_format=torch.contiguous_format)
        data = plain.reshape(-1).view(torch.uint8).numpy().tobytes()
    return data


def fingerprint(value: Any) -> Any:
    """What tells whether a value was changed in place: equal before and after when it was not."""
    if type(value) is np.ndarray and value.dtype.kind in _PLAIN:
        return value.dtype, value.shape, value.tobytes()
    torch = sys.modules.get("torch")
    if torch is not None and type(value) in (torch.Tensor, torch.nn.Parameter):
        return value.dtype, tuple(value.shape), value.requires_grad, tensor_bytes(value)
    return Encoder().message(value)


def _torch_dtype(name: str) -> Any:
    import torch

    dtype = getattr(torch, name, None)
    if not isinstance(dtype, torch.dtype):
        raise CodecError(f"not a dtype: {name!r}")
    return dtype


def _linear(weight: Any, bias: Any) -> Any:
    """A plain linear layer with these parameters."""
    import torch

    n_out, n_in = weight.shape
    layer = torch.nn.Linear(n_in, n_out, bias=bias is not None, dtype=weight.dtype, device="meta")
    for name, value in (("weight", weight), ("bias", bias)):
        if value is not None:
            kept = torch.nn.Parameter(value.detach(), requires_grad=value.requires_grad)
            setattr(layer, name, kept)
    return layer


def travels(value: Any) -> bool:
    """Whether a value arrives as itself and not as an `Opaque` or a function."""
    kind = type(value)
    if kind in (list, tuple):
        return all(map(travels, value))
    if kind is dict:
        return all(travels(key) and travels(item) for key, item in value.items())
    if value is None or kind in (bool, int, float, str, bytes, np.str_):
        return True
    if isinstance(value, (np.ndarray, np.generic)):
        return (kind is np.ndarray or isinstance(value, np.generic)) and value.dtype.kind in _PLAIN
    torch = sys.modules.get("torch")
    return torch is not None and kind in (torch.Tensor, torch.nn.Parameter, torch.dtype)


def _plain_state(state: Any) -> Any:
    """A bit generator's state without its arrays (MT19937) left as they are."""
    return {key: _plain_state(item) if isinstance(item, dict) else item for key, item in state.items()}


def _generator(name: str, state: Any) -> np.random.Generator:
    if name not in ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"):
        raise CodecError(f"unknown bit generator {name!r}")
    bits = getattr(np.random, name)()
    bits.state = state
    return np.random.Generator(bits)


def _excerpt(value: Any) -> str:
    try:
        return repr(value)[:200]
    except Exception:  # a learner's __repr__ may do anything
        return ""


def decode(message: bytes) -> Any:
    """The value of one whole message; raises CodecError when it is not one."""
    try:
        text_length, body_length = _LENGTHS.unpack_from(message)
    except struct.error as error:
        raise CodecError("not a message") from error
    start = _LENGTHS.size
    body = start + text_length
    return Decoder().value(message[start:body], message[body : body + body_length])


def tensors_of(value: Any) -> list[Any]:
    """The tensors that travel in a result: it is one, or a tuple or list that holds some."""
    import torch

    values = value if isinstance(value, (tuple, list)) else (value,)
    return [item for item in values if type(item) in (torch.Tensor, torch.nn.Parameter)]


def send(
    connection: socket.socket, value: Any, reference: Reference | None = None
) -> list[Callable[..., Any]]:
    """Send one message; returns the functions it referred to by number."""
    encoder = Encoder(reference)
    connection.sendall(encoder.message(value))
    return encoder.functions


def receive(
    connection: socket.socket,
    function: Callable[[int], Any] = Remote,
    kept: Callable[[int], Any] | None = None,
    device: str | None = None,
) -> Any:
    """The next message, its tensors on `device`; EOFError when the other side has gone, TimeoutError by the socket's time-out."""
    data = bytearray(connection.recv(_FIRST))
    if not data:
        raise EOFError("the connection closed")
    _fill(connection, data, _LENGTHS.size)
    text_length, body_length = _LENGTHS.unpack_from(data)
    whole = _LENGTHS.size + text_length + body_length
    if whole > MAX_BYTES:
        raise CodecError(f"a message of {whole} bytes is too large")
    _fill(connection, data, whole)
    if len(data) > whole:
        raise CodecError("more than one message at once")
    body = _LENGTHS.size + text_length
    return Decoder(function, kept, device).value(bytes(data[_LENGTHS.size : body]), bytes(data[body:]))


def _fill(connection: socket.socket, data: bytearray, length: int) -> None:
    """Read until there are `length` bytes."""
    while len(data) < length:
        part = connection.recv(min(length - len(data), 1 << 24))
        if not part:
            raise EOFError("the connection closed")
        data += part
