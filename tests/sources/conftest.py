"""An emulated account whose time is the test's own, and a gate to it that remembers what was asked."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from lambdatop.aws.gate import Answer, Gate
from lambdatop.aws.session import Connection
from lambdatop.clock import Clock
from lambdatop.emulator.server import Emulator
from tests.clocks import HandClock
from tests.gates import CREDENTIALS, gate_to
from tests.model.factories import NOW
from tests.serving import as_new, serving
from tests.sources.xray_desk import Desk, desk


class NotingGate(Gate):
    """A gate that notes the parameters of every call."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        super().__init__(connection, clock)
        self.asked: list[tuple[str, dict[str, Any]]] = []

    async def call(self, service: str, operation: str, **params: Any) -> Answer:
        self.asked.append((operation, params))
        return await super().call(service, operation, **params)

    def asked_of(self, operation: str) -> list[dict[str, Any]]:
        """The parameters of each call of one operation."""
        return [params for name, params in self.asked if name == operation]


@pytest.fixture(scope="package")
def shared() -> Iterator[tuple[Emulator, HandClock]]:
    clock = HandClock()
    with serving(Emulator(functions=60, lint=True, clock=clock.monotonic)) as emulator:
        yield emulator, clock


@pytest.fixture
def clock(shared: tuple[Emulator, HandClock]) -> HandClock:
    """The account's clock and the program's; each test begins at the same moment."""
    shared[1].at = NOW
    shared[1].slept.clear()
    return shared[1]


@pytest.fixture
def account(shared: tuple[Emulator, HandClock]) -> Iterator[Emulator]:
    yield from as_new(shared[0])


@pytest.fixture
async def aws(account: Emulator, clock: HandClock) -> AsyncIterator[NotingGate]:
    gate = NotingGate(Connection(region="eu-west-1", endpoint_url=lambda: account.url, credentials=CREDENTIALS), clock)
    yield gate
    await gate.close()


@pytest.fixture
async def xray(clock: HandClock) -> AsyncIterator[Desk]:
    async with desk(clock.monotonic) as answering:
        yield answering


@pytest.fixture
async def to_xray(xray: Desk, clock: HandClock) -> AsyncIterator[Gate]:
    async with gate_to(xray.url, clock) as gate:
        yield gate
