"""What every test stands on: no real credentials, no real network, and the emulated account on a socket of its own."""

import gc
import os
import secrets
from collections.abc import AsyncIterator

import pytest
from hypothesis import settings

from lambdatop.aws.gate import Gate
from lambdatop.aws.session import Connection
from lambdatop.clock import SystemClock
from lambdatop.emulator.server import Emulator

settings.register_profile("patient", deadline=None)  # how long an example takes says how busy the machine is
settings.load_profile("patient")

CREDENTIALS = ("AKIDTEST", "not-a-secret")


def pytest_collection_finish() -> None:
    """What was imported by now will not become garbage: looking through it would stop the loop of a test in between."""
    gc.freeze()


@pytest.fixture(autouse=True, scope="session")
def no_account_of_yours() -> None:
    """Nothing of the machine's own AWS settings reaches a test."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(
        AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull, AWS_EC2_METADATA_DISABLED="true"
    )


@pytest.fixture(autouse=True)
def no_files_of_yours(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings, journal and saved events are each test's own, and begin empty."""
    home = tmp_path_factory.getbasetemp() / secrets.token_hex(8)
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """An account of 60 functions, its answers held against botocore's model."""
    async with Emulator(functions=60, lint=True) as running:
        yield running
        assert not running.problems


@pytest.fixture
async def gate(emulator: Emulator) -> AsyncIterator[Gate]:
    """A gate to the emulated account."""
    gate = Gate(
        Connection(region="eu-west-1", endpoint_url=lambda: emulator.url, credentials=CREDENTIALS), SystemClock()
    )
    yield gate
    await gate.close()
