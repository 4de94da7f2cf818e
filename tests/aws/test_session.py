"""Credentials of the connection are never part of what is printed."""

import traceback
from collections.abc import Callable

import pytest

from lambdatop.aws.session import Clients, Connection

KEY, SECRET = "AKIACANARY", "canary-secret"
CONNECTION = Connection(profile="prod", region="eu-west-1", credentials=(KEY, SECRET))


@pytest.mark.parametrize(
    "printed",
    [repr, str, "{}".format, "{!r}".format, "%s".__mod__, lambda each: f"{each}", lambda each: repr(Clients(each))],
    ids=["repr", "str", "format", "format !r", "%", "f-string", "inside another"],
)
def test_a_connection_that_is_printed_shows_no_credentials(printed: Callable[[object], str]) -> None:
    text = printed(CONNECTION)

    assert "prod" in text
    assert "eu-west-1" in text
    assert KEY not in text
    assert SECRET not in text
    assert "credentials" not in text


def test_a_connection_in_a_chain_of_exceptions_shows_no_credentials() -> None:
    def failing() -> None:
        try:
            raise LookupError(CONNECTION)
        except LookupError as error:
            raise ValueError(f"no session for {CONNECTION}") from error

    with pytest.raises(ValueError, match="prod") as caught:
        failing()

    text = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "LookupError" in text
    assert KEY not in text
    assert SECRET not in text
