"""The plain codec between judge and runner: a JSON tree and raw buffers, never pickle.

A message is two little-endian lengths (tree, buffers), a JSON tree, and the buffers it refers to. Only exact
types travel as themselves; anything else arrives as `Opaque`, which equals nothing.
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
_PLAIN = "biufc"


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
    """Turns values into one message; functions are collected in `functions`."""

    def __init__(self) -> None:
        self.buffers: list[bytes] = []
        self.functions: list[Callable[..., Any]] = []

    def tree(self, value: Any) -> Any:
        kind = type(value)
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
        if kind is Remote:
            return {"t": "fn", "v": value.number}
        if (torch := sys.modules.get("torch")) is not None:
            if kind in (torch.Tensor, torch.nn.Parameter):
                return self._tensor(value)
            if kind is torch.Generator:
                return {"t": "torch_rng", "b": self._buffer(value.get_state().numpy().tobytes())}
        if callable(value) and not isinstance(value, type):
            self.functions.append(value)
            return {"t": "fn", "v": len(self.functions) - 1}
        return {"t": "opaque", "n": f"{kind.__module__}.{kind.__qualname__}", "v": _excerpt(value)}

    def _tensor(self, value: Any) -> Any:
        import torch

        data = (
            value.detach()
            .cpu()
            .clone(memory_format=torch.contiguous_format)
            .reshape(-1)
            .view(torch.uint8)
            .numpy()
            .tobytes()
        )
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
    """Rebuilds values; `function` makes a callable from a number on the other side."""

    def __init__(self, function: Callable[[int], Any] = Remote) -> None:
        self.function = function
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
            case "fn":
                return self.function(int(node["v"]))
            case "opaque":
                return Opaque(str(node["n"]), str(node["v"]))
        raise CodecError(f"unknown node {node['t']!r}")

    def _torch(self, node: Any) -> Any:
        import torch

        data = bytearray(self.buffers[node["b"]])
        flat = torch.frombuffer(data, dtype=torch.uint8) if data else torch.empty(0, dtype=torch.uint8)
        if node["t"] == "torch_rng":
            generator = torch.Generator()
            generator.set_state(flat)
            return generator
        dtype = getattr(torch, node["d"])
        if not isinstance(dtype, torch.dtype):
            raise CodecError(f"not a dtype: {node['d']!r}")
        return flat.view(dtype).reshape(node["s"]).clone().requires_grad_(bool(node["g"]))


def _dtype(text: str) -> np.dtype:
    dtype = np.dtype(text)
    if dtype.kind not in _PLAIN:
        raise CodecError(f"dtype {text} does not travel")
    return dtype


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

    values = value if type(value) in (tuple, list) else (value,)
    return [item for item in values if type(item) in (torch.Tensor, torch.nn.Parameter)]


def send(connection: socket.socket, value: Any) -> list[Callable[..., Any]]:
    """Send one message; returns the functions it referred to by number."""
    encoder = Encoder()
    connection.sendall(encoder.message(value))
    return encoder.functions


def receive(connection: socket.socket, function: Callable[[int], Any] = Remote) -> Any:
    """The next message; EOFError when the other side has gone, TimeoutError by the socket's time-out."""
    text_length, body_length = _LENGTHS.unpack(_exactly(connection, _LENGTHS.size))
    if text_length + body_length > MAX_BYTES:
        raise CodecError(f"a message of {text_length + body_length} bytes is too large")
    text = _exactly(connection, text_length)
    return Decoder(function).value(text, _exactly(connection, body_length))


def _exactly(connection: socket.socket, length: int) -> bytes:
    data = bytearray(length)
    view, done = memoryview(data), 0
    while done < length:
        count = connection.recv_into(view[done:])
        if count == 0:
            raise EOFError("the connection closed")
        done += count
    return bytes(data)
