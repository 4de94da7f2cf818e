"""Real AWS clients pointed at an emulator in the same process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import boto3
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.config import Config
from botocore.session import Session

from lambdatop.emulator.server import Emulator

_KEYS = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "secret"}
_ONCE: Any = {"total_max_attempts": 1}


@asynccontextmanager
async def client(emulator: Emulator, service: str, region: str = "eu-west-1") -> AsyncIterator[Any]:
    """An aiobotocore client that never retries."""
    config = AioConfig(inject_host_prefix=False, retries=_ONCE)
    async with get_session().create_client(
        service, endpoint_url=emulator.url, region_name=region, config=config, **_KEYS
    ) as made:
        yield made


def blocking(url: str, service: str, protocol: str | None = None) -> Any:
    """A boto3 client that never retries, speaking one of the service's protocols if one is named."""
    session = Session()
    if protocol is not None:
        model = session.get_component("data_loader").load_service_model(service, "service-2")
        model["metadata"] |= {"protocol": protocol, "protocols": [protocol]}
    made: Any = boto3.Session(botocore_session=session)
    return made.client(service, endpoint_url=url, region_name="eu-west-1", config=Config(retries=_ONCE), **_KEYS)
