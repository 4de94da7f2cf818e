"""An emulated account for all tests of a module: seeded and its clock held still, so that what is seen is known."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from lambdatop.emulator.server import Emulator
from tests.remembering import RememberingEmulator, remembering
from tests.ui.driving import AT
from tests.ui.idle import known

FUNCTIONS = 14


@pytest.fixture(autouse=True, scope="session")
def pilots_know_what_is_idle() -> Iterator[None]:
    """No test takes a program that is kept waiting for one that has nothing to do."""
    with known():
        yield


@pytest.fixture(scope="module")
def reads_remembered() -> Iterator[None]:
    """What is read of an account whose clock stands is computed for the first test only."""
    with remembering():
        yield


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(reads_remembered: None) -> AsyncIterator[Emulator]:
    """The account's server, for the module's one event loop (`pytest.mark.asyncio(loop_scope="module")`)."""
    async with RememberingEmulator(functions=FUNCTIONS, clock=AT.timestamp) as emulator:
        yield emulator


@pytest.fixture
def account(served: Emulator) -> Emulator:
    """The account without the troubles that the last test made."""
    served.faults.clear()
    served.calls.clear()
    return served
