"""An account for the commands that change it, and where they write down what they did."""

import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lambdatop.emulator.server import Emulator


@pytest.fixture
async def served() -> AsyncIterator[Emulator]:
    """An account whose clock is the machine's, its answers held against botocore's model."""
    async with Emulator(functions=20, lint=True, clock=time.time) as running:
        yield running
        assert not running.problems


@pytest.fixture
def state() -> Path:
    """Where the journal and the events are: the test's own folder."""
    folder = Path(os.environ["XDG_STATE_HOME"])
    folder.mkdir(parents=True)
    return folder
