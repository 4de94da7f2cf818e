"""The functions that `lambdatop logs` was asked about, each proven to have a log that answers before anything is read.

Who is wrong about a name, a permission or a pattern learns it at once and in one line; what goes wrong later, time can
heal, and the tail waits for it.
"""

from collections.abc import Sequence

from msgspec import Struct

from lambdatop.aws.errors import (
    AccessDenied,
    AwsError,
    CredentialsError,
    NotFound,
    SettingsError,
    Throttled,
    Unreachable,
)
from lambdatop.aws.gate import Gate
from lambdatop.cli.exits import Exit, complain
from lambdatop.clock import Clock
from lambdatop.model.function import Function
from lambdatop.model.function_name import plain_name
from lambdatop.sources.fleet.by_name import named
from lambdatop.sources.fleet.inventory import decode_function
from lambdatop.sources.logs.log_group import LogGroup
from lambdatop.sources.logs.tail import LogTail, explained


class FoundFunctions(Struct, frozen=True):
    """The functions whose logs can be read."""

    functions: tuple[Function, ...]
    complete: bool
    """False if something was refused, which has been said on stderr."""


class UsageError(Exception):
    """The words of the command line ask for what cannot be; the message says why."""


async def find(aws: Gate, clock: Clock, names: Sequence[str], *, pattern: str | None, follow: bool) -> FoundFunctions:
    """The functions of these names. Raises NotFound for an unknown one, UsageError for an invalid pattern, AwsError."""
    usable, complete = [], True
    for name in dict.fromkeys(names):
        try:
            function = await named(aws, name)
        except AccessDenied as error:
            function, complete = decode_function({"FunctionName": plain_name(name)}), False
            complain(f"{error}; reading {function.log_group}, which is its log group unless configured", Exit.PARTIAL)
        trouble = await _trouble(aws, clock, function, pattern, follow=follow)
        if trouble is None:
            usable.append(function)
        else:
            complete = False
            complain(f"{name}: {trouble}", Exit.PARTIAL)
    return FoundFunctions(tuple(usable), complete)


async def _trouble(aws: Gate, clock: Clock, function: Function, pattern: str | None, *, follow: bool) -> str | None:
    """Why the function's log cannot be read, told by reading an empty stretch of it; None if it can."""
    now = clock.now()
    try:
        async for _ in LogTail((function,), since=now, until=now, pattern=pattern).read(aws, clock):
            pass
    except NotFound:
        return None if follow else f"has no log group {function.log_group} yet: it has not run, or may not write logs"
    except (Throttled, Unreachable):
        if not follow:
            raise  # else the tail waits until it is over
    except (CredentialsError, SettingsError):
        raise
    except AwsError as error:
        if pattern and "InvalidParameterException" in str(error):
            raise UsageError(f"--filter: {error}{_hint(pattern)}") from error
        return explained(error, (LogGroup(function.log_group, (function,)),)).line()
    return None


def _hint(pattern: str) -> str:
    """The likeliest cause, if it may be that one: a request id, a path or a mail address without quotes."""
    bare = not pattern.startswith(("{", "[", '"', "%"))
    return """; a term with other than letters and digits stands in quotes: --filter '"…"'""" if bare else ""
