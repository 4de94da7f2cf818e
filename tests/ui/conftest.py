"""An emulated account for all tests of a module: seeded and its clock held still, so that what is seen is known."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio

from lambdatop.emulator.account import Account
from lambdatop.emulator.gateway import load_everything
from lambdatop.emulator.operations import OPERATIONS
from lambdatop.emulator.server import Emulator
from tests.ui.driving import AT
from tests.ui.idle import known

FUNCTIONS = 14
METRICS = "cloudwatch.GetMetricData"


_known: dict[tuple[float, int, str], Any] = {}


@pytest.fixture(autouse=True, scope="session")
def pilots_know_what_is_idle() -> Iterator[None]:
    """No test takes a program that is kept waiting for one that has nothing to do."""
    with known():
        yield


@pytest.fixture(scope="module")
def metrics_once() -> Iterator[None]:
    """Figures of an account whose clock stands are the same in every test, and computed for the first one only."""
    load_everything()
    compute = OPERATIONS[METRICS]

    def answer(account: Account, params: dict[str, Any]) -> Any:
        key = (account.clock(), len(account.functions), repr(params))
        if key not in _known:
            _known[key] = compute(account, params)
        return _known[key]

    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(OPERATIONS, METRICS, answer)
        yield


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(metrics_once: None) -> AsyncIterator[Emulator]:
    """The account's server, for the module's one event loop (`pytest.mark.asyncio(loop_scope="module")`)."""
    async with Emulator(functions=FUNCTIONS, clock=AT.timestamp) as emulator:
        yield emulator


@pytest.fixture
def account(served: Emulator) -> Emulator:
    """The account without the troubles that the last test made."""
    served.faults.clear()
    served.calls.clear()
    return served
