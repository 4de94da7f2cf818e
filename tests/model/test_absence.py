"""Why there are no traces, in a sentence that names what mends it."""

import pytest
from msgspec.structs import replace

from lambdatop.model.traces.why_no_traces import Destination, why_no_traces
from tests.model.factories import function

UNTRACED = function()
TRACED = replace(UNTRACED, tracing=True)


def test_tracing_that_is_off_is_named_first_with_the_command() -> None:
    told = why_no_traces(UNTRACED, invocations=0, destination=Destination.LOGS)

    assert told.startswith(f"X-Ray tracing is off for {UNTRACED.name} (PassThrough); switch it on with: aws lambda ")
    assert told.endswith(f"--function-name {UNTRACED.name} --tracing-config Mode=Active")


def test_the_key_that_switches_it_on_is_named_where_there_is_one() -> None:
    told = why_no_traces(UNTRACED, key="X")

    assert "(PassThrough); X switches it on, as does: aws lambda update-function-configuration" in told


@pytest.mark.parametrize(
    ("invocations", "destination", "told"),
    [
        (0, None, "the function was not invoked"),
        (1, None, "1 invocation in this window, and none was traced: its caller decided not to sample"),
        (4_200, Destination.XRAY, "4,200 invocations in this window, and none was traced"),
        (12, Destination.LOGS, "Transaction Search is on"),
        (None, None, "no traces in this window"),
    ],
)
def test_each_other_reason_is_told(invocations: float | None, destination: Destination | None, told: str) -> None:
    assert told in why_no_traces(TRACED, invocations=invocations, destination=destination)


def test_a_function_that_is_not_known_is_not_said_to_be_untraced() -> None:
    assert why_no_traces(None) == "no traces in this window"
