"""The words of `lambdatop logs`. The parser imports this: nothing heavy here."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lambdatop.cli.options import TIMES, account_options, function_name, when

if TYPE_CHECKING:
    from lambdatop.model.logs.levels import Level

_DESCRIPTION = """\
Prints the log lines of one or several functions, oldest first, or follows them with -f.

CloudWatch chooses by --since, --until and --filter, whose syntax is CloudWatch's own (case-sensitive):
  ERROR            a word        "Task timed out"   a phrase; quotes also for what has more than letters and digits
  ?ERROR ?WARN     any of these  -DEBUG             lines without it, written --filter=-DEBUG
  '{ $.level = "ERROR" && $.latency > 100 }'        members of lines that are JSON objects
The rest is chosen here, among the lines that CloudWatch sends: --level, by the level that a line names in its runtime's
own way (a line without one counts as INFO), and --request, by the request that runs in the line's stream.
"""
_EXAMPLES = f"""\
{TIMES}

examples:
  lambdatop logs checkout-api --since 2h --level error
  lambdatop logs checkout-api payments-worker -f --filter '?ERROR ?"Task timed out"'
  lambdatop logs checkout-api --since 1d --request 8f507cfc-1b1e-4697-b07a-ac58fc914c95
  lambdatop logs checkout-api --invocations --json | jq 'select(.cold)'

exit codes: 0 ok, 1 failed, 2 usage, 3 partial (some function refused), 4 credentials, 5 network, 130 interrupted
"""


def parse_logs(words: Sequence[str]) -> argparse.Namespace:
    """What the words say. Ends the process with code 2 for words it does not know, or that contradict each other."""
    parser = _parser()
    args = parser.parse_args(words)
    if problem := _contradiction(args):
        parser.error(problem)
    return args


def _contradiction(args: argparse.Namespace) -> str | None:
    if args.until is not None and (args.follow or args.live):
        return "--until ends what -f and --live would go on with"
    if args.invocations and (args.filter or args.level):
        return "--invocations needs all lines: not with --filter or --level"
    return None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lambdatop logs",
        usage="lambdatop logs FUNCTION... [-f] [options]",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "functions", nargs="+", metavar="FUNCTION", type=function_name, help="name or ARN; several are merged by time"
    )
    reach = parser.add_argument_group("which stretch")
    reach.add_argument("-f", "--follow", action="store_true", help="begin with the newest lines, go on with new ones")
    reach.add_argument("--live", action="store_true", help="follow by Live Tail: sooner, but sampled above 500 lines/s")
    reach.add_argument("--since", metavar="TIME", type=when, help="from then on (without -f: 10m)")
    reach.add_argument("--until", metavar="TIME", type=when, help="up to then (else now)")
    lines = parser.add_argument_group("which lines")
    lines.add_argument("--filter", metavar="PATTERN", help="CloudWatch filter pattern, chosen by CloudWatch")
    lines.add_argument("--level", metavar="L", type=_level, help="this and louder: trace debug info warn error fatal")
    lines.add_argument("--request", metavar="ID", type=_request, help="all lines of this request")
    form = parser.add_argument_group("form")
    form.add_argument("--invocations", action="store_true", help="one line for each invocation, and totals at the end")
    form.add_argument("--json", action="store_true", help="one object a line, messages exactly as they are")
    account_options(parser)
    return parser


def _level(text: str) -> "Level":
    from lambdatop.model.logs.levels import level_of

    level = level_of(text)
    if level is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a level: trace debug info warn error fatal")
    return level


def _request(text: str) -> str:
    if not text.isprintable() or not text.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is not a request id")
    return text.strip()
