"""As much of CBOR (RFC 8949) as Smithy's RPC v2 needs: definite and indefinite items, floats, and tag 1 for times."""

import struct
from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from lambdatop.emulator.errors import ServiceError

_BREAK = 0xFF
_INDEFINITE = 31
_SIMPLE = {20: False, 21: True, 22: None, 23: None}
_FLOATS = {25: ">e", 26: ">f", 27: ">d"}


class Timestamp(Struct, frozen=True):
    """Epoch seconds that shall be written with tag 1."""

    seconds: float


def encode(value: Any) -> bytes:
    """Encode None, bool, int, float, str, bytes, `Timestamp`, and lists and string-keyed dicts of them."""
    out = bytearray()
    _write(out, value)
    return bytes(out)


def decode(data: bytes) -> Any:
    """Decode one item; a tag 1 gives its epoch seconds. Raises `ServiceError` on anything malformed."""
    try:
        value, end = _read(memoryview(data), 0)
    except (IndexError, struct.error, UnicodeDecodeError, KeyError, TypeError, RecursionError) as malformed:
        raise ServiceError("SerializationException", f"malformed CBOR: {malformed}") from malformed
    if end != len(data):
        raise ServiceError("SerializationException", "malformed CBOR: bytes after the end")
    return value


def _head(major: int, count: int) -> bytes:
    if count < 24:
        return bytes([major << 5 | count])
    for info, size, form in ((24, 0xFF, ">B"), (25, 0xFFFF, ">H"), (26, 0xFFFF_FFFF, ">I")):
        if count <= size:
            return bytes([major << 5 | info]) + struct.pack(form, count)
    return bytes([major << 5 | 27]) + struct.pack(">Q", count)


def _write(out: bytearray, value: Any) -> None:
    match value:
        case None:
            out.append(0xF6)
        case bool():
            out.append(0xF5 if value else 0xF4)
        case int():
            out += _head(0, value) if value >= 0 else _head(1, -1 - value)
        case float():
            out += b"\xfb" + struct.pack(">d", value)
        case str():
            text = value.encode()
            out += _head(3, len(text)) + text
        case bytes():
            out += _head(2, len(value)) + value
        case Timestamp():
            out += b"\xc1\xfb" + struct.pack(">d", value.seconds)
        case dict():
            out += _head(5, len(value))
            for key, item in value.items():
                _write(out, key)
                _write(out, item)
        case list() | tuple():
            out += _head(4, len(value))
            for item in value:
                _write(out, item)
        case _:
            raise TypeError(f"CBOR cannot carry {type(value).__name__}")


def _argument(data: memoryview, at: int, info: int) -> tuple[int, int]:
    if info < 24:
        return info, at
    size = {24: 1, 25: 2, 26: 4, 27: 8}[info]
    return int.from_bytes(_slice(data, at, size), "big"), at + size


def _slice(data: memoryview, at: int, size: int) -> bytes:
    if at + size > len(data):
        raise IndexError("it ends too early")
    return bytes(data[at : at + size])


def _read(data: memoryview, at: int) -> tuple[Any, int]:
    major, info, at = data[at] >> 5, data[at] & 31, at + 1
    if major == 7:
        return _read_simple(data, at, info)
    if info == _INDEFINITE:
        return _read_indefinite(data, at, major)
    count, at = _argument(data, at, info)
    if major == 0:
        return count, at
    if major == 1:
        return -1 - count, at
    if major in (2, 3):
        chunk = _slice(data, at, count)
        return (chunk if major == 2 else chunk.decode()), at + count
    if major == 6:
        return _read(data, at)
    items, at = _read_items(data, at, count if major == 4 else 2 * count)
    return (items if major == 4 else _pairs(items)), at


def _read_items(data: memoryview, at: int, count: int) -> tuple[list[Any], int]:
    items = []
    for _ in range(count):
        item, at = _read(data, at)
        items.append(item)
    return items, at


def _read_indefinite(data: memoryview, at: int, major: int) -> tuple[Any, int]:
    items = []
    while data[at] != _BREAK:
        item, at = _read(data, at)
        items.append(item)
    joined: Any = {2: b"".join, 3: "".join, 4: list, 5: _pairs}[major](items)  # type: ignore[operator]
    return joined, at + 1


def _read_simple(data: memoryview, at: int, info: int) -> tuple[Any, int]:
    if info in _SIMPLE:
        return _SIMPLE[info], at
    form = _FLOATS[info]
    size = struct.calcsize(form)
    return struct.unpack(form, _slice(data, at, size))[0], at + size


def _pairs(items: Iterable[Any]) -> dict[str, Any]:
    flat = iter(items)
    return dict(zip(flat, flat, strict=True))
