"""Functions by their names, one call each: a command that names its functions does not list the whole account."""

from contextlib import suppress
from difflib import get_close_matches

from lambdatop.aws.errors import AccessDenied, AwsError, NotFound, SettingsError
from lambdatop.aws.gate import Gate
from lambdatop.model.function import Function
from lambdatop.model.function_name import Called, parse_called
from lambdatop.sources.fleet.inventory import decode_function, functions
from lambdatop.updates import FunctionsListed

SUGGESTIONS = 3


async def named(aws: Gate, text: str, *, qualified: bool = False) -> Function:
    """The function of that name, or ARN. Raises NotFound, with the names that are nearest, and other AwsErrors.

    An ARN of another Region or account is refused, and so is an alias or a version, unless the caller reads it itself.
    """
    meant = parse_called(text)
    if meant is None:
        raise SettingsError(f"{text} is not a function's name or ARN")
    if meant.qualifier is not None and not qualified:
        raise SettingsError(f"this is for a function, not for its {meant.qualifier}", remedy=f"say {meant.name}")
    try:
        function = decode_function(await aws.call("lambda", "GetFunctionConfiguration", FunctionName=meant.name))
    except AwsError as error:
        _in_region(meant, aws.region)
        if not isinstance(error, NotFound):
            raise
        raise await _unknown(aws, meant) from None
    _in_region(meant, aws.region)
    _in_account(meant, function.account)
    return function


def _in_region(meant: Called, region: str | None) -> None:
    if None not in (meant.region, region) and meant.region != region:
        raise SettingsError(
            f"{meant.name} is meant in {meant.region}, and this is {region}", remedy=f"use --region {meant.region}"
        )


def _in_account(meant: Called, account: str) -> None:
    if meant.account is not None and account and meant.account != account:
        raise SettingsError(
            f"{meant.name} is meant in account {meant.account}, and these credentials are of {account}",
            remedy="choose others with --profile",
        )


async def _unknown(aws: Gate, meant: Called) -> NotFound:
    """What to say of a function that is not there, unless the ARN is of another account."""
    if meant.account is not None:
        with suppress(AccessDenied):
            _in_account(meant, str((await aws.call("sts", "GetCallerIdentity")).get("Account", "")))
    near = get_close_matches(meant.name, await _names(aws), n=SUGGESTIONS)
    hint = f"; did you mean {', '.join(near)}?" if near else ""
    return NotFound(f"there is no function {meant.name} in {aws.region or 'this Region'}{hint}")


async def _names(aws: Gate) -> tuple[str, ...]:
    """The names of all functions that may be listed."""
    names: tuple[str, ...] = ()
    try:
        async for update in functions(aws, aws.clock):
            if isinstance(update, FunctionsListed):
                names = tuple(function.name for function in update.functions)
    except AwsError:
        pass  # suggestions are a courtesy: what matters is that there is no such function
    return names
