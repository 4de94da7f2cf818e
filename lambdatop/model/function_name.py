"""A function as people call it: by its name, or by an ARN, whole or from the account on, perhaps with a qualifier."""

import re
from typing import Final, NamedTuple

_CALLED: Final = re.compile(
    r"(?:(?:arn:aws[\w-]*:lambda:(?P<region>[a-z0-9-]+):)?(?P<account>\d{12}):function:)?"
    r"(?P<name>[\w-]{1,140})(?::(?P<qualifier>\$LATEST|[\w-]{1,128}))?",
    re.ASCII,
)


class Called(NamedTuple):
    """The parts of such a name; None for a part it does not state."""

    name: str
    region: str | None = None
    account: str | None = None
    qualifier: str | None = None
    """An alias or a version."""


def parse_called(text: str) -> Called | None:
    """`api`, `api:live`, `123456789012:function:api`, `arn:aws:lambda:eu-west-1:123456789012:function:api:42`."""
    match = _CALLED.fullmatch(text)
    return Called(match["name"], match["region"], match["account"], match["qualifier"]) if match else None


def plain_name(text: str) -> str:
    """The name alone; what is no such name is left as it is."""
    called = parse_called(text)
    return called.name if called is not None else text
