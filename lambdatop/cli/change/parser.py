"""The words of `lambdatop set`, `undo`, `journal` and `invoke`. The parser imports this: nothing heavy here."""

import argparse
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from lambdatop.cli.change.arguments import ACTIONS
from lambdatop.cli.options import TIMES, account_options, function_name, function_names, when
from lambdatop.config import Config

if TYPE_CHECKING:
    from lambdatop.cli.change.confirm import Consent

_SET = """\
Changes a function, by the same plans as the keys of the screen: prints what will change, from what to what, what it
costs, what to know of it and the literal calls as lines for the AWS CLI; asks; applies; and waits until it has settled.
The change is in the journal before it is sent, and `lambdatop undo` takes it back. Several functions are changed by one
plan, and how many they are has to be typed, or given as --typed with --yes.
"""
_SET_EXAMPLES = f"""\
actions:
{chr(10).join(f"  {name:<14}{text}" for name, text in ACTIONS.items())}

PUBLISH is an alias: a version with the change is published and the alias moved to it, as its callers see nothing of
$LATEST; none changes $LATEST alone. A value that is left out is as the screen would propose it (the plan tells), and
NAME=VALUE answers out of order: set memory api 512 publish=none. Without any value the questions are printed.

An alarm is on errors, throttles, duration, …, or on all of these that are lacking: set. One that is there is called by
its name, or by what lambdatop made it on; what is left out stays as it is. on and off are its actions, test lets it go
off, to see who is told. To change or delete one that lambdatop did not make, its name is typed.

examples:
  lambdatop set memory image-resize 1536 --dry-run
  lambdatop set timeout checkout-api,orders-api 30
  lambdatop set provisioned checkout-api live 10
  lambdatop set brake orders-consumer --yes
  lambdatop set alarm checkout-api duration "1.5 s" "2 of 3" oncall
  lambdatop set alarm checkout-api duration off
  lambdatop undo

exit codes: 0 ok, 1 not applied, 2 usage (also a value that cannot be), 3 applied in part, 4 credentials, 5 network
"""
_UNDO = """\
Takes a change back: the last one of this account and Region that was not taken back yet, or that of the ID (see
lambdatop journal). Shows and asks as set does. What somebody else has changed since is shown with the difference, and
asked about; with --yes it is left as it is.
"""
_JOURNAL = """\
Prints what lambdatop changed from this machine, oldest first: when, who, which function, from what to what, and what
became of it. With --json one object a line, with the plan, its calls and the outcome of every step.
"""


_INVOKE = """\
Invokes a function once, by hand, and waits for the answer, which goes to standard output exactly as it came; what it
came to goes to stderr. It asks before, and is in the journal without its payload. Ends with 1 if the function failed.
"""


def set_command(words: Sequence[str]) -> Callable[[], int]:
    """The command that the words ask for. Ends the process with code 2 for words it does not know, as all here do."""
    args = _set_parser().parse_intermixed_args(words)

    def run() -> int:
        from lambdatop.cli.change import set_command as change

        return change.run(
            _config(args), change.SetArguments(args.action, args.functions, tuple(args.values)), _consented(args)
        )

    return run


def undo_command(words: Sequence[str]) -> Callable[[], int]:
    """The same for `undo`."""
    args = _undo_parser().parse_args(words)

    def run() -> int:
        from lambdatop.cli.change import undo_command as undo

        return undo.run(_config(args), args.id, _consented(args))

    return run


def journal_command(words: Sequence[str]) -> Callable[[], int]:
    """The same for `journal`."""
    args = _journal_parser().parse_args(words)

    def run() -> int:
        from lambdatop.cli.change import journal_command as journal

        return journal.run(journal.JournalArguments(since=args.since, function=args.function, as_json=args.json))

    return run


def invoke_command(words: Sequence[str]) -> Callable[[], int]:
    """The same for `invoke`."""
    args = _invoke_parser().parse_args(words)

    def run() -> int:
        from lambdatop.cli.change import invoke_command as invoke

        wanted = invoke.InvokeArguments(
            function=args.function, qualifier=args.qualifier, payload=args.payload, event=args.event, log=args.log
        )
        return invoke.run(_config(args), wanted, _consented(args))

    return run


def _config(args: argparse.Namespace) -> Config:
    return Config(
        profile=args.profile,
        region=args.region,
        endpoint_url=args.endpoint_url,
        read_only=args.read_only,
        demo=args.demo,
    )


def _consented(args: argparse.Namespace) -> "Consent":
    from lambdatop.cli.change.confirm import Consent

    return Consent(dry_run=args.dry_run, yes=args.yes, typed=args.typed, as_json=args.json)


def _set_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lambdatop set",
        usage="lambdatop set ACTION FUNCTION [VALUE...] [NAME=VALUE...] [--dry-run] [--yes] [--json]",
        description=_SET,
        epilog=_SET_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("action", metavar="ACTION", choices=ACTIONS, help=", ".join(ACTIONS))
    parser.add_argument("functions", metavar="FUNCTION", type=function_names, help="name or ARN; several with commas")
    parser.add_argument("values", metavar="VALUE", nargs="*", help="the new value, or several")
    _consent(parser)
    return parser


def _undo_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lambdatop undo",
        usage="lambdatop undo [ID] [--dry-run] [--yes] [--json]",
        description=_UNDO,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("id", metavar="ID", nargs="?", type=_id, help="of the journal, or the end of it")
    _consent(parser)
    return parser


def _id(text: str) -> str:
    if not text:
        raise argparse.ArgumentTypeError("it is empty; without one it is the last change")
    return text


def _journal_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lambdatop journal",
        usage="lambdatop journal [--since TIME] [--function NAME] [--json]",
        description=_JOURNAL,
        epilog=TIMES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--since", metavar="TIME", type=when, help="from then on (else all of it)")
    parser.add_argument("--function", metavar="NAME", help="of this function alone, by name or ARN")
    parser.add_argument("--json", action="store_true", help="one object a line")
    return parser


def _invoke_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lambdatop invoke",
        usage="lambdatop invoke FUNCTION [--payload JSON|FILE|-] [--qualifier Q] [--yes] [--json]",
        description=_INVOKE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("function", metavar="FUNCTION", type=function_name, help="name or ARN")
    what = parser.add_argument_group("what is sent").add_mutually_exclusive_group()
    what.add_argument("--payload", metavar="P", help="JSON, the name of a file with it, or - for standard input")
    what.add_argument("--event", metavar="NAME", help="a test event that was saved on the screen, or: last")
    parser.add_argument("--qualifier", metavar="Q", help="an alias or a version (else $LATEST)")
    parser.add_argument("--log", action="store_true", help="print the end of its log, too, on stderr")
    _consent(parser)
    return parser


def _consent(parser: argparse.ArgumentParser) -> None:
    consent = parser.add_argument_group("consent")
    consent.add_argument("--dry-run", action="store_true", help="print the plan, change nothing")
    consent.add_argument("--yes", action="store_true", help="do not ask")
    consent.add_argument("--typed", metavar="TEXT", help="with --yes: what is to be typed: a name, how many functions")
    consent.add_argument("--json", action="store_true", help="print the plan and its result as one JSON object")
    account = account_options(parser)
    account.add_argument("--read-only", action="store_true", help="refuse every call that changes something")
