"""An emulated account whose time is the test's own: what takes AWS minutes to settle takes no time here."""

from collections.abc import AsyncIterator, Iterator

import pytest

from lambdatop.aws.gate import Gate
from lambdatop.emulator.server import Emulator
from tests.clocks import HandClock
from tests.gates import gate_to
from tests.serving import as_new, serving


@pytest.fixture(scope="package")
def shared() -> Iterator[tuple[Emulator, HandClock]]:
    clock = HandClock()
    with serving(Emulator(functions=60, lint=True, clock=clock.monotonic)) as emulator:
        yield emulator, clock


@pytest.fixture
def clock(shared: tuple[Emulator, HandClock]) -> HandClock:
    """The account's clock and the program's: at a new minute, since an alarm is judged at the end of each."""
    shared[1].slept.clear()
    shared[1].move(660 - shared[1].monotonic() % 60)
    return shared[1]


@pytest.fixture
def account(shared: tuple[Emulator, HandClock]) -> Iterator[Emulator]:
    yield from as_new(shared[0])


@pytest.fixture
async def aws(account: Emulator, clock: HandClock) -> AsyncIterator[Gate]:
    async with gate_to(account.url, clock, deadline_s=5.0) as gate:
        yield gate
