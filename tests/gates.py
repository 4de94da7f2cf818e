"""Gates for tests: to any URL, closed when the block ends."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from lambdatop.aws.gate import DEADLINE_S, Gate
from lambdatop.aws.session import Connection
from lambdatop.clock import Clock, SystemClock

CREDENTIALS = ("AKIDTEST", "not-a-secret")


@asynccontextmanager
async def gate_to(
    url: str, clock: Clock | None = None, *, read_only: bool = False, deadline_s: float = DEADLINE_S
) -> AsyncIterator[Gate]:
    """A gate with credentials of no worth."""
    connection = Connection(region="eu-west-1", endpoint_url=lambda: url, credentials=CREDENTIALS, read_only=read_only)
    gate = Gate(connection, clock or SystemClock(), deadline_s=deadline_s)
    try:
        yield gate
    finally:
        await gate.close()
