"""Exit codes, as scripts and CI rely on them, and the one way to end with a line on stderr."""

import sys
from enum import IntEnum

from lambdatop.aws.errors import AwsError, CredentialsError, SettingsError, Throttled, Unreachable


class Exit(IntEnum):
    """What the process tells its caller."""

    OK = 0
    FAILED = 1
    USAGE = 2
    PARTIAL = 3
    CREDENTIALS = 4
    NETWORK = 5
    INTERRUPTED = 130


def complain(message: str, code: Exit) -> int:
    """One line on stderr; returns the code."""
    print(f"lambdatop: {message}", file=sys.stderr)
    return int(code)


def code_of(error: AwsError) -> Exit:
    """The exit code for a failure that ends the command."""
    if isinstance(error, CredentialsError):
        return Exit.CREDENTIALS
    if isinstance(error, SettingsError):
        return Exit.USAGE
    if isinstance(error, Unreachable | Throttled):
        return Exit.NETWORK
    return Exit.FAILED
