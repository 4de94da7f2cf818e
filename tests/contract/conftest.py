"""Each contract test runs once against the emulated account and once against moto."""

import time
from collections.abc import AsyncIterator, Iterator

import pytest
from msgspec import Struct

from lambdatop.emulator.server import Emulator
from tests.contract.servers import Server, moto, reset
from tests.gates import gate_to


@pytest.fixture(scope="package")
def moto_url() -> Iterator[str]:
    with moto() as url:
        yield url


class AheadClock(Struct):
    """The machine's time, and as much more as the test has waited."""

    ahead_s: float = 0.0

    def now(self) -> float:
        return time.time() + self.ahead_s

    def wait_a_minute(self) -> None:
        self.ahead_s += 60


@pytest.fixture(params=["emulator", "moto"])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[Server]:
    if request.param == "moto":
        url = request.getfixturevalue("moto_url")
        await reset(url)
        async with gate_to(url) as gate:
            yield Server("moto", url, gate, lambda: None)  # everything is done at once there
    else:
        clock = AheadClock()
        async with Emulator(functions=5, lint=True, clock=clock.now) as emulator, gate_to(emulator.url) as gate:
            yield Server("emulator", emulator.url, gate, clock.wait_a_minute)
            assert not emulator.problems
