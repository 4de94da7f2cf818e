"""The words of `lambdatop traces`. The parser imports this: nothing heavy here."""

import argparse
import math
import re
from collections.abc import Sequence

from lambdatop.cli.options import TIMES, account_options, function_name, when

NEWEST, SLOWEST = "newest", "slowest"
LONGEST_LIMIT = 10_000
_DESCRIPTION = """\
Prints a function's recent traces, newest first, or with --id one of them as an indented timing tree: bars to scale,
the critical path marked, the bottleneck named. What was not traced, and why, is said on stderr.

Traces come from X-Ray, or, where Transaction Search is on, from the spans in the log group aws/spans as well.
X-Ray chooses by --slow, --errors and --cold; a trace is known to be cold by the annotation ColdStart, which Powertools
for AWS Lambda writes.
"""
_EXAMPLES = f"""\
{TIMES}

with --json a line is an object: id, start, duration_s, response_time_s, status (ok, error, throttle, fault), method,
url, http_status, cold, cause, in_progress. With --id there is one: id, function, start, end, duration_s, request_id,
in_progress, limited, unreadable, bottleneck, critical_path, and segments, each with its own as children.
Times are ISO 8601, durations seconds, and what is unknown is null.

examples:
  lambdatop traces checkout-api --since 3h --slow 2
  lambdatop traces checkout-api --id slowest
  lambdatop traces checkout-api --id 1-6ac7d554-62c6       the beginning of an id is enough
  lambdatop traces checkout-api --errors --json | jq -r .cause | sort | uniq -c

exit codes: 0 ok, 1 failed, 2 usage, 3 partial (something refused), 4 credentials, 5 network, 130 interrupted
"""
_HEX = r"[0-9a-f]"
_ID = re.compile(rf"{NEWEST}|{SLOWEST}|1-{_HEX}{{1,8}}|1-{_HEX}{{8}}-{_HEX}{{0,24}}")


def parse_traces(words: Sequence[str]) -> argparse.Namespace:
    """What the words say. Ends the process with code 2 for words it does not know."""
    return _parser().parse_args(words)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lambdatop traces",
        usage="lambdatop traces FUNCTION [options]",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("function", metavar="FUNCTION", type=function_name, help="name or ARN")
    which = parser.add_argument_group("which traces")
    which.add_argument("--since", metavar="TIME", type=when, help="from then on (default 1h)")
    which.add_argument("--until", metavar="TIME", type=when, help="up to then (else now)")
    which.add_argument("--slow", metavar="S", type=_seconds, help="that took so many seconds or more: 2, 0.5")
    which.add_argument("--errors", action="store_true", help="that ended in error, throttle or fault")
    which.add_argument("--cold", action="store_true", help="that were cold starts")
    which.add_argument("--limit", metavar="N", type=_limit, default=50, help="at most so many, the newest (default 50)")
    form = parser.add_argument_group("form")
    form.add_argument(
        "--id",
        metavar="ID",
        type=_trace_id,
        help=f"one as a tree: its id, the beginning of it, {NEWEST}, or {SLOWEST} of the newest 500",
    )
    form.add_argument("--json", action="store_true", help="one object a line, texts exactly as they are")
    account_options(parser)
    return parser


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < 1_000_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds such as 2 or 0.5")
    return seconds


def _limit(text: str) -> int:
    if not re.fullmatch(r"\d{1,6}", text, re.ASCII) or not 1 <= int(text) <= LONGEST_LIMIT:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of traces (1 to {LONGEST_LIMIT})")
    return int(text)


def _trace_id(text: str) -> str:
    """X-Ray's form, or that of W3C and OpenTelemetry: 32 digits without dashes."""
    lower = text.strip().lower()
    if re.fullmatch(rf"{_HEX}{{32}}", lower):
        return f"1-{lower[:8]}-{lower[8:]}"
    if not _ID.fullmatch(lower):
        raise argparse.ArgumentTypeError(f"{text!r} is not a trace id such as 1-6ac7d554-62c6…, {NEWEST} or {SLOWEST}")
    return lower
