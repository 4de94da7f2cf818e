"""Frames of `application/vnd.amazon.eventstream`, the form in which Live Tail's events travel."""

import json
import struct
import zlib
from collections.abc import Mapping
from typing import Any

_STRING = b"\x07"


def frame(headers: Mapping[str, str], payload: bytes) -> bytes:
    """One message: lengths, their CRC, string headers, payload, and the CRC of all before."""
    head = b"".join(_header(name, value) for name, value in headers.items())
    prelude = struct.pack("!II", 16 + len(head) + len(payload), len(head))
    message = prelude + struct.pack("!I", zlib.crc32(prelude)) + head + payload
    return message + struct.pack("!I", zlib.crc32(message))


def event(name: str, members: Mapping[str, Any]) -> bytes:
    """An event of the output's stream shape; `initial-response` must be the first (AWS: RPC protocols)."""
    headers = {":message-type": "event", ":event-type": name, ":content-type": "application/json"}
    return frame(headers, json.dumps(members, ensure_ascii=False).encode())


def exception(name: str, message: str) -> bytes:
    """A modelled exception of the stream, with which it ends."""
    headers = {":message-type": "exception", ":exception-type": name, ":content-type": "application/json"}
    return frame(headers, json.dumps({"message": message}).encode())


def _header(name: str, value: str) -> bytes:
    text = value.encode()
    return bytes([len(name)]) + name.encode() + _STRING + struct.pack("!H", len(text)) + text
