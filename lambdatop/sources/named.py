"""Functions by their names, one call each: a command that names its functions does not list the whole account."""

from difflib import get_close_matches

from lambdatop.aws.errors import AwsError, NotFound
from lambdatop.aws.gate import Gate
from lambdatop.model.function import Function
from lambdatop.sources.inventory import decode_function, functions
from lambdatop.updates import FunctionsListed

SUGGESTIONS = 3


async def named(aws: Gate, name: str) -> Function:
    """The function of that name, or ARN. Raises NotFound, with the names that are nearest, and other AwsErrors."""
    try:
        return decode_function(await aws.call("lambda", "GetFunctionConfiguration", FunctionName=name))
    except NotFound:
        near = get_close_matches(name, await _names(aws), n=SUGGESTIONS)
    hint = f"; did you mean {', '.join(near)}?" if near else ""
    raise NotFound(f"there is no function {name} in {aws.region or 'this Region'}{hint}")


async def _names(aws: Gate) -> tuple[str, ...]:
    """Every function's name, as far as they may be listed."""
    names: tuple[str, ...] = ()
    try:
        async for update in functions(aws, aws.clock):
            if isinstance(update, FunctionsListed):
                names = tuple(function.name for function in update.functions)
    except AwsError:
        pass  # suggestions are a courtesy: what matters is that there is no such function
    return names
