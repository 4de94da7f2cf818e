"""From the command line's words to a gate: the real account, another endpoint, or the embedded one."""

from collections.abc import Iterator
from contextlib import contextmanager

from lambdatop.aws.gate import Gate
from lambdatop.aws.session import Connection
from lambdatop.cli.demo import DEMO_CREDENTIALS, DEMO_REGION, DemoAccount
from lambdatop.clock import Clock
from lambdatop.config import Config


@contextmanager
def gate(config: Config, clock: Clock) -> Iterator[Gate]:
    """The gate these settings ask for. The embedded account, if asked for, lives as long as the context."""
    if config.demo:
        with DemoAccount() as account:
            yield Gate(
                Connection(
                    region=config.region or DEMO_REGION,
                    endpoint_url=account.endpoint_url,
                    credentials=DEMO_CREDENTIALS,
                    read_only=config.read_only,
                ),
                clock,
            )
    else:
        url = config.endpoint_url
        yield Gate(
            Connection(
                profile=config.profile,
                region=config.region,
                endpoint_url=(lambda: url) if url else None,
                read_only=config.read_only,
            ),
            clock,
        )
