"""An emulated account for all tests of a module: seeded and its clock held still, so that what is seen is known."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from lambdatop.emulator.server import Emulator
from tests.ui.driving import AT

FUNCTIONS = 14


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served() -> AsyncIterator[Emulator]:
    """The account's server, for the module's one event loop (`pytest.mark.asyncio(loop_scope="module")`)."""
    async with Emulator(functions=FUNCTIONS, clock=AT.timestamp) as emulator:
        yield emulator


@pytest.fixture
def account(served: Emulator) -> Emulator:
    """The account without the troubles that the last test made."""
    served.faults.clear()
    served.calls.clear()
    return served
