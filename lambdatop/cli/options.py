"""Options that several commands share. The parser imports this: nothing heavy here."""

import argparse
import re

from lambdatop.cli.times import When, parse_when
from lambdatop.model.function_name import parse_called

TIMES = (
    "times are 30s, 10m, 2h, 1d or 1w ago; 14:30 today, local; "
    "or ISO 8601 such as 2026-11-23T14:30 or 2026-11-23T14:30Z"
)


def account_options(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """Add the options that choose an account; the group, for more of them."""
    account = parser.add_argument_group("account")
    account.add_argument("--profile", metavar="P", help="profile of ~/.aws (else AWS_PROFILE)")
    account.add_argument("--region", metavar="R", help="Region (else AWS_REGION, AWS_DEFAULT_REGION, the profile's)")
    account.add_argument("--endpoint-url", metavar="URL", type=_url, help="another endpoint, such as the emulator's")
    account.add_argument("--demo", action="store_true", help="use an embedded account: no AWS, no credentials")
    return account


def _url(text: str) -> str:
    if not re.match(r"https?://[^/\s]+", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a URL such as http://127.0.0.1:4599")
    return text


def when(text: str) -> When:
    """A moment, as an option's value."""
    try:
        return parse_when(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def function_names(text: str) -> tuple[str, ...]:
    """Functions by name or ARN, as an argument: `api`, or `api,worker`; each once."""
    return tuple(dict.fromkeys(function_name(name.strip()) for name in text.split(",")))


def function_name(text: str) -> str:
    """A function's name or ARN, as an argument."""
    if parse_called(text) is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a function's name or ARN")
    return text
