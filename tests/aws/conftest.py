"""One emulated account for all tests of the gate: they need its answers, not a state of their own."""

from collections.abc import Iterator

import pytest

from lambdatop.emulator.server import Emulator
from tests.serving import as_new, serving


@pytest.fixture(scope="package")
def shared() -> Iterator[Emulator]:
    with serving(Emulator(functions=60, lint=True)) as emulator:
        yield emulator


@pytest.fixture
def emulator(shared: Emulator) -> Iterator[Emulator]:
    yield from as_new(shared)
