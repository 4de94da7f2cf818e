"""One invocation by hand: what is sent, and what came back, read with care since both are anybody's text."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from lambdatop.model.logs.report import Report, decode_object, parse_report

MOST_BYTES: Final = 6 * 1024 * 1024
"""AWS: of a payload that is waited for, there and back."""
EMPTY: Final = "{}"
"""What is sent where nothing was written."""
_ROOT = re.compile(r"[Rr]oot=(1-[0-9a-f]{8}-[0-9a-f]{24})")
_SAMPLED = re.compile(r"[Ss]ampled=1")


class ManualInvocation(Struct, frozen=True, kw_only=True):
    """What is to be sent."""

    function: str
    qualifier: str | None = None
    """An alias or a version; None for `$LATEST`."""
    payload: str = EMPTY

    @property
    def named(self) -> str:
        """`checkout-api:live`, as AWS writes a qualified function."""
        return self.function if self.qualifier is None else f"{self.function}:{self.qualifier}"

    @property
    def bytes(self) -> int:
        return len(self.payload.encode("utf-8", "surrogatepass"))


class Invoked(Struct, frozen=True, kw_only=True):
    """What came back. None is unknown."""

    invocation: ManualInvocation
    took_s: float
    """As it was waited for here, with the way there and back."""
    version: str | None = None
    payload: str = ""
    """The function's answer, or what it says of its failure; exactly as it came."""
    error: str | None = None
    """AWS's FunctionError: `Unhandled` or `Handled`; None where the function has answered."""
    log: str = ""
    """The last 4 kB of its log."""
    report: Report | None = None
    trace_id: str | None = None
    """Of a trace that X-Ray keeps."""
    refused: str | None = None
    """One line, where it was not run, or nobody can tell: then there is nothing else."""
    certain: bool = True
    """False if it was sent and may have run although nothing came back."""

    @property
    def failed(self) -> bool:
        return self.error is not None or self.refused is not None

    @property
    def reason(self) -> str | None:
        """What the function says of its failure: `KeyError: 'sku'`."""
        told = decode_object(self.payload) if self.error is not None else None
        if told is None:
            return self.error
        kind, message = told.get("errorType"), told.get("errorMessage")
        said = [each for each in (kind, message) if isinstance(each, str) and each]
        return ": ".join(said) or self.error


def problem(payload: str) -> str | None:
    """Why this cannot be sent, with the place; None if it can. Nothing at all can: it is sent as `{}`."""
    if not payload.strip():
        return None
    try:
        json.loads(payload)
    except json.JSONDecodeError as error:
        return f"no JSON: {error.msg[:1].lower()}{error.msg[1:]}, line {error.lineno}, column {error.colno}"
    except (ValueError, RecursionError):
        return "no JSON that can be read: too deep, or a number too long"
    size = len(payload.encode("utf-8", "surrogatepass"))
    return f"{size:,} bytes, and at most {MOST_BYTES:,} can be sent" if size > MOST_BYTES else None


def decode_invoked(invocation: ManualInvocation, answer: Mapping[str, Any], took_s: float) -> Invoked:
    """What an answer to Invoke says. Never raises."""
    payload, error = answer.get("Payload"), answer.get("FunctionError")
    log = _decoded(answer.get("LogResult"))
    lines = log.splitlines(keepends=True)
    starts = [index for index, line in enumerate(lines) if line.startswith(("REPORT ", "{"))]
    reports = (parse_report("".join(lines[index:])) or parse_report(lines[index]) for index in reversed(starts))
    report = next((found for found in reports if found is not None), None)
    version = answer.get("ExecutedVersion")
    return Invoked(
        invocation=invocation,
        took_s=took_s,
        version=version if isinstance(version, str) else None,
        payload=payload.decode(errors="replace") if isinstance(payload, bytes) else "",
        error=error if isinstance(error, str) and error else None,
        log=log,
        report=report,
        trace_id=(report.trace_id if report is not None else None) or _traced(answer),
    )


def _traced(answer: Mapping[str, Any]) -> str | None:
    """From the header in which Lambda tells the trace, if X-Ray keeps it."""
    metadata = answer.get("ResponseMetadata")
    headers = metadata.get("HTTPHeaders") if isinstance(metadata, Mapping) else None
    header = headers.get("x-amzn-trace-id") if isinstance(headers, Mapping) else None
    if not isinstance(header, str) or not _SAMPLED.search(header):
        return None
    root = _ROOT.search(header)
    return root[1] if root else None


def _decoded(encoded: object) -> str:
    if not isinstance(encoded, str):
        return ""
    try:
        return base64.b64decode(encoded, validate=False).decode(errors="replace")
    except (binascii.Error, ValueError):
        return ""
