"""The words of the command line. Imports argparse and nothing heavy: --help and --version answer at once."""

import argparse
import gc
import re
from collections.abc import Callable, Sequence
from datetime import datetime

from lambdatop import __version__
from lambdatop.cli.options import account_options
from lambdatop.config import SORT_COLUMNS, Config

Command = Callable[[], int]

_EXAMPLES = """\
examples:
  lambdatop --demo                       the whole program on an embedded account: no AWS, no credentials
  lambdatop                              the functions of your default profile and Region, sick first
  lambdatop checkout-api                 opened on one function: charts, logs, traces
  lambdatop --profile prod --region eu-west-1 --filter orders
  lambdatop --once --json | jq '.functions[] | select(.errors > 0) | .name'
  lambdatop logs checkout-api -f         its log, followed
  lambdatop traces checkout-api --slow 1 its traces of a second and more; --id slowest opens one
  lambdatop set memory image-resize 1536 shows the plan, asks, applies; undo takes it back, journal lists it
  lambdatop emulator --port 4599         the embedded account alone, for any AWS client

exit codes: 0 ok, 1 failed, 2 usage, 3 partial (some API refused), 4 credentials, 5 network, 130 interrupted
"""
_DURATION = re.compile(r"(\d+)(m|h)$")
_LONGEST_WINDOW_MINUTES = 24 * 60


def parse(argv: Sequence[str]) -> Command:
    """The command that these words ask for, not yet run. Ends the process with code 2 for words it does not know."""
    match argv:
        case ["emulator", *words]:
            return _emulator(_emulator_parser().parse_args(words))
        case ["logs", *words]:
            from lambdatop.cli.logs.parser import parse_logs

            return _logs(parse_logs(words))
        case ["set", *words]:
            from lambdatop.cli.change.parser import set_command

            return set_command(words)
        case ["undo", *words]:
            from lambdatop.cli.change.parser import undo_command

            return undo_command(words)
        case ["journal", *words]:
            from lambdatop.cli.change.parser import journal_command

            return journal_command(words)
        case ["invoke", *words]:
            from lambdatop.cli.change.parser import invoke_command

            return invoke_command(words)
        case ["traces", *words]:
            from lambdatop.cli.traces.parser import parse_traces

            return _traces(parse_traces(words))
        case ["config", *words]:
            return _config(_config_parser().parse_args(words))
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
        from lambdatop.cli.logs import command as logs

        wanted = logs.LogsArguments(
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


def _traces(args: argparse.Namespace) -> Command:
    config = Config(profile=args.profile, region=args.region, endpoint_url=args.endpoint_url, demo=args.demo)

    def run() -> int:
        from lambdatop.cli.traces import command as traces
        from lambdatop.cli.traces.queries import Narrowed

        wanted = traces.TracesArguments(
            function=args.function,
            since=args.since,
            until=args.until,
            narrowed=Narrowed(slow_s=args.slow, errors=args.errors, cold=args.cold),
            trace_id=args.id,
            limit=args.limit,
            as_json=args.json,
        )
        return traces.run(config, wanted)

    return run


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


def _config(args: argparse.Namespace) -> Command:
    def run() -> int:
        from lambdatop.cli import config_command as preferences_told

        return preferences_told.run(args.what)

    return run


def _config_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lambdatop config", description="The settings file, config.toml.")
    what = "where it is, whether it is right, or one to start from"
    parser.add_argument("what", choices=("path", "check", "default"), help=what)
    return parser


def _monitor_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lambdatop",
        description="htop for AWS Lambda: an account's functions live, what is wrong with them, and why.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("function", nargs="?", metavar="FUNCTION", help="open on this function")
    parser.add_argument("--version", action="version", version=f"lambdatop {__version__}")
    account = account_options(parser)
    account.add_argument("--read-only", action="store_true", help="refuse every call that changes something")
    table = parser.add_argument_group("table")
    table.add_argument("--filter", metavar="TEXT", default="", help="only functions that match; !TEXT inverts")
    table.add_argument("--sort", metavar="COLUMN", choices=SORT_COLUMNS, default="sick", help=", ".join(SORT_COLUMNS))
    table.add_argument("--last", metavar="TIME", type=_minutes, default=15, help="window of the figures: 15m, 1h, …")
    batch = parser.add_argument_group("batch")
    batch.add_argument("--once", action="store_true", help="print one snapshot of the table and end")
    batch.add_argument("--json", action="store_true", help="print the snapshot as JSON (implies --once)")
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
