"""The words of the command line. Imports argparse and nothing heavy: --help and --version answer at once."""

import argparse
import gc
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from lambdatop import __version__
from lambdatop.cli.times import When, parse_when
from lambdatop.config import SORT_COLUMNS, Config

if TYPE_CHECKING:
    from lambdatop.model.levels import Level

Command = Callable[[], int]

_EXAMPLES = """\
examples:
  lambdatop --demo                       the whole program on an embedded account: no AWS, no credentials
  lambdatop                              the functions of your default profile and Region, sick first
  lambdatop checkout-api                 opened on one function: charts, logs, traces
  lambdatop --profile prod --region eu-west-1 --filter orders
  lambdatop --once --json | jq '.functions[] | select(.errors > 0) | .name'
  lambdatop logs checkout-api -f         its log, followed
  lambdatop emulator --port 4599         the embedded account alone, for any AWS client

exit codes: 0 ok, 1 failed, 2 usage, 3 partial (some API refused), 4 credentials, 5 network, 130 interrupted
"""
_LOGS = """\
Prints the log lines of one or several functions, oldest first, or follows them with -f.

CloudWatch chooses by --since, --until and --filter, whose syntax is CloudWatch's own (case-sensitive):
  ERROR            a word        "Task timed out"   a phrase; quotes also for what has more than letters and digits
  ?ERROR ?WARN     any of these  -DEBUG             lines without it
  '{ $.level = "ERROR" && $.latency > 100 }'        members of lines that are JSON objects
The rest is chosen here, among the lines that CloudWatch sends: --level, by the level that a line names in its runtime's
own way (a line without one counts as INFO), and --request, by the request that runs in the line's stream.
"""
_LOGS_EXAMPLES = """\
times are 30s, 10m, 2h, 1d or 1w ago; 14:30 today, local; or ISO 8601 such as 2026-11-23T14:30 or 2026-11-23T14:30Z

examples:
  lambdatop logs checkout-api --since 2h --level error
  lambdatop logs checkout-api payments-worker -f --filter '?ERROR ?"Task timed out"'
  lambdatop logs checkout-api --since 1d --request 8f507cfc-1b1e-4697-b07a-ac58fc914c95
  lambdatop logs checkout-api --invocations --json | jq 'select(.cold)'

exit codes: 0 ok, 1 failed, 2 usage, 3 partial (some function refused), 4 credentials, 5 network, 130 interrupted
"""
_DURATION = re.compile(r"(\d+)(m|h)$")
_LONGEST_WINDOW_MINUTES = 24 * 60


def parse(argv: Sequence[str]) -> Command:
    """The command that these words ask for, not yet run. Ends the process with code 2 for words it does not know."""
    match argv:
        case ["emulator", *words]:
            return _emulator(_emulator_parser().parse_args(words))
        case ["logs", *words]:
            parser = _logs_parser()
            args = parser.parse_args(words)
            if problem := _contradiction(args):
                parser.error(problem)
            return _logs(args)
    return _monitor(_monitor_parser().parse_args(argv))


def _monitor(args: argparse.Namespace) -> Command:
    config = Config(
        function=args.function,
        profile=args.profile,
        region=args.region,
        endpoint_url=args.endpoint_url,
        filter=args.filter,
        sort=args.sort,
        window_minutes=args.last,
        read_only=args.read_only,
        demo=args.demo,
        once=args.once or args.json,
        as_json=args.json,
    )

    def run() -> int:
        if config.once:
            from lambdatop.cli import once

            return once.run(config)
        gc.disable()  # until rows stand on the screen: collections among what is imported find nothing and cost 40 ms
        from lambdatop.cli import monitor

        return monitor.run(config)

    return run


def _logs(args: argparse.Namespace) -> Command:
    config = Config(profile=args.profile, region=args.region, endpoint_url=args.endpoint_url, demo=args.demo)

    def run() -> int:
        from lambdatop.cli import logs

        wanted = logs.Wanted(
            functions=tuple(args.functions),
            follow=args.follow or args.live,
            since=args.since,
            until=args.until,
            pattern=args.filter,
            level=args.level,
            request_id=args.request,
            live=args.live,
            invocations=args.invocations,
            as_json=args.json,
        )
        return logs.run(config, wanted)

    return run


def _contradiction(args: argparse.Namespace) -> str | None:
    if args.until is not None and (args.follow or args.live):
        return "--until ends what -f and --live would go on with"
    if args.invocations and (args.filter or args.level):
        return "--invocations needs all lines: not with --filter or --level"
    return None


def _emulator(args: argparse.Namespace) -> Command:
    def run() -> int:
        from lambdatop.emulator import serve

        return serve.run(
            port=args.port,
            functions=args.functions,
            seed=args.seed,
            at=args.at,
            deny=args.deny,
            until_stdin_closes=args.until_stdin_closes,
        )

    return run


def _monitor_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lambdatop",
        description="htop for AWS Lambda: an account's functions live, what is wrong with them, and why.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("function", nargs="?", metavar="FUNCTION", help="open on this function")
    parser.add_argument("--version", action="version", version=f"lambdatop {__version__}")
    account = _account_options(parser)
    account.add_argument("--read-only", action="store_true", help="refuse every call that changes something")
    table = parser.add_argument_group("table")
    table.add_argument("--filter", metavar="TEXT", default="", help="only functions that match; !TEXT inverts")
    table.add_argument("--sort", metavar="COLUMN", choices=SORT_COLUMNS, default="sick", help=", ".join(SORT_COLUMNS))
    table.add_argument("--last", metavar="TIME", type=_minutes, default=15, help="window of the figures: 15m, 1h, …")
    batch = parser.add_argument_group("batch")
    batch.add_argument("--once", action="store_true", help="print one snapshot of the table and end")
    batch.add_argument("--json", action="store_true", help="print the snapshot as JSON (implies --once)")
    return parser


def _account_options(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    account = parser.add_argument_group("account")
    account.add_argument("--profile", metavar="P", help="profile of ~/.aws (else AWS_PROFILE)")
    account.add_argument("--region", metavar="R", help="Region (else AWS_REGION, AWS_DEFAULT_REGION, the profile's)")
    account.add_argument("--endpoint-url", metavar="URL", type=_url, help="another endpoint, such as the emulator's")
    account.add_argument("--demo", action="store_true", help="use an embedded account: no AWS, no credentials")
    return account


def _logs_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lambdatop logs",
        usage="lambdatop logs FUNCTION... [-f] [options]",
        description=_LOGS,
        epilog=_LOGS_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("functions", nargs="+", metavar="FUNCTION", help="name or ARN; several are merged by time")
    reach = parser.add_argument_group("which stretch")
    reach.add_argument("-f", "--follow", action="store_true", help="begin with the newest lines, go on with new ones")
    reach.add_argument("--live", action="store_true", help="follow by Live Tail: sooner, but sampled above 500 lines/s")
    reach.add_argument("--since", metavar="TIME", type=_when, help="from then on (without -f: 10m)")
    reach.add_argument("--until", metavar="TIME", type=_when, help="up to then (else now)")
    lines = parser.add_argument_group("which lines")
    lines.add_argument("--filter", metavar="PATTERN", help="CloudWatch filter pattern, chosen by CloudWatch")
    lines.add_argument("--level", metavar="L", type=_level, help="this and louder: trace debug info warn error fatal")
    lines.add_argument("--request", metavar="ID", type=_request, help="all lines of this request")
    form = parser.add_argument_group("form")
    form.add_argument("--invocations", action="store_true", help="one line for each invocation, and totals at the end")
    form.add_argument("--json", action="store_true", help="one object a line, messages exactly as they are")
    _account_options(parser)
    return parser


def _emulator_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lambdatop emulator",
        description="The embedded AWS account alone, on 127.0.0.1, for any AWS client (--endpoint-url).",
    )
    parser.add_argument("--port", type=_port, default=4599, metavar="N", help="0 picks a free one (default 4599)")
    parser.add_argument("--functions", type=_count, default=142, metavar="N", help="size of the fleet (default 142)")
    parser.add_argument("--seed", type=int, default=7, metavar="N", help="another seed, another fleet (default 7)")
    parser.add_argument("--at", type=_moment, metavar="TIME", help="hold the clock still at this ISO 8601 time")
    parser.add_argument(
        "--deny", action="append", default=[], metavar="OPERATION", help="refuse it, as in xray.GetTraceSummaries"
    )
    parser.add_argument("--until-stdin-closes", action="store_true", help="end when standard input ends")
    return parser


def _minutes(text: str) -> int:
    match = _DURATION.match(text)
    minutes = int(match[1]) * (60 if match[2] == "h" else 1) if match else 0
    if not 1 <= minutes <= _LONGEST_WINDOW_MINUTES:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time such as 15m or 3h (at most 24h)")
    return minutes


def _when(text: str) -> When:
    try:
        return parse_when(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time such as 10m, 14:30 or 2026-11-23T14:30") from None


def _level(text: str) -> "Level":
    from lambdatop.model.levels import level_of

    level = level_of(text)
    if level is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a level: trace debug info warn error fatal")
    return level


def _request(text: str) -> str:
    if not text.isprintable() or not text.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is not a request id")
    return text.strip()


def _url(text: str) -> str:
    if not re.match(r"https?://[^/\s]+", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a URL such as http://127.0.0.1:4599")
    return text


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port (0 to 65535)")
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) > 100_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of functions (0 to 100000)")
    return int(text)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not an ISO 8601 time") from None
    return moment.astimezone()
