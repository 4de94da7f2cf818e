"""Sessions and clients of aiobotocore, imported and made late so that the first frame is painted without them."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct, field

from lambdatop import __version__
from lambdatop.aws.translate import bad_endpoint

CONNECT_TIMEOUT_S = 3
READ_TIMEOUT_S = 10
STREAM_SILENCE_S = 60
READ_ATTEMPTS = 3
_MODELS = ("service-2", "endpoint-rule-set-1")
_CERTIFICATES = "SSL_CERT_FILE"


class Connection(Struct, frozen=True, kw_only=True):
    """Which account to talk to, chosen as the AWS CLI does: flag, then environment, then profile."""

    profile: str | None = None
    region: str | None = None
    endpoint_url: Callable[[], str] | None = None
    """Called once, in a thread: it may wait for a server that is still starting."""
    credentials: tuple[str, str] | None = None
    """Access key and secret for the embedded account; None for the SDK's own chain."""
    read_only: bool = False

    def __repr__(self) -> str:
        """Without the credentials: what is printed is read by others."""
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__struct_fields__ if name != "credentials")
        return f"Connection({shown})"


class Login(Struct, eq=False):
    """One reading of the credentials, and the clients that sign with them, each made once."""

    session: Any = None
    made: dict[tuple[str, bool, float | None], Any] = field(default_factory=dict)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    connections: AsyncExitStack = field(default_factory=AsyncExitStack)
    in_use: int = 0
    """How many calls are in flight."""
    retired: bool = False


class Clients(Struct):
    """The clients of one connection. Everything slow happens in a thread."""

    connection: Connection
    endpoint_url: str | None = None
    region: str | None = None
    login: Login = field(default_factory=Login)

    @property
    def profile(self) -> str | None:
        """The profile in use, named by the connection or by the environment; None for the default one."""
        return self.connection.profile or os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE")

    @asynccontextmanager
    async def in_use(self) -> AsyncIterator[Login]:
        """The present login for one call with its whole answer: its connections stay open so long."""
        login = self.login
        login.in_use += 1
        try:
            yield login
        finally:
            login.in_use -= 1
            await _close_if_done(login)

    async def get(self, login: Login, service: str, *, once: bool = False, silence_s: float | None = None) -> Any:
        """The client of a service; with `once` one that never sends a request twice (for writes and streams).

        `silence_s` is how long an answer may let wait for itself, if not as long as usual.
        """
        wanted = service, once, silence_s
        made = login.made.get(wanted)
        if made is not None:
            return made
        async with login.lock:
            if wanted not in login.made:
                login.made[wanted] = await self._make(login, *wanted)
            return login.made[wanted]

    async def renew(self, refused: Login) -> None:
        """Reload the credentials at the next call, if these are still in use: the user may have logged in meanwhile.

        Calls in flight continue with the old ones: a write whose connection is cut may have taken effect.
        """
        if refused is self.login:
            self.login = Login()
            refused.retired = True
            await _close_if_done(refused)

    async def close(self) -> None:
        """Close every connection."""
        await self.login.connections.aclose()

    async def _make(self, login: Login, service: str, once: bool, silence_s: float | None) -> Any:
        if login.session is None:
            login.session = await asyncio.to_thread(self._open)
        await asyncio.to_thread(_preload, login.session, service)
        key, secret = self.connection.credentials or (None, None)
        context = login.session.create_client(
            service,
            region_name=self.region,
            endpoint_url=self.endpoint_url,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            verify=False if _is_plain(self.endpoint_url) else None,
            config=self._config(once, silence_s or (STREAM_SILENCE_S if once else READ_TIMEOUT_S)),
        )
        return await login.connections.enter_async_context(context)

    def _config(self, once: bool, silence_s: float) -> Any:
        from aiobotocore.config import AioConfig

        from lambdatop.aws.redirects import Unredirected
        from lambdatop.aws.sent_once import SentOnce

        config = AioConfig(
            http_session_cls=Unredirected,
            connect_timeout=CONNECT_TIMEOUT_S,
            read_timeout=silence_s,
            retries={"mode": "standard", "total_max_attempts": 1 if once else READ_ATTEMPTS},
            inject_host_prefix=self.endpoint_url is None,  # a custom endpoint has no stream-logs.* host
            parameter_validation=once,  # measured: validating 500 queries costs more than decoding their answer
            user_agent_extra=f"lambdatop/{__version__}",
        )
        # A new connection for each write: one that the server has just closed would fail it, and it is not sent again.
        fresh = AioConfig(http_session_cls=SentOnce, connector_args={"force_close": True, "keepalive_timeout": None})
        return config.merge(fresh) if once else config

    def _open(self) -> Any:
        """Import the SDK, settle Region and endpoint, and make the session. Runs in a thread."""
        with _no_certificates():
            from aiobotocore.config import AioConfig
            from aiobotocore.session import AioSession
        from lambdatop.aws.models import models
        from lambdatop.aws.parsers import Parsers
        from lambdatop.aws.redirects import LoginUnredirected, follow_no_redirects

        def login() -> Any:
            """The credentials' own session keeps botocore's parsers, since their refresh compares expiry times."""
            own = AioSession(profile=self.connection.profile)
            own.set_default_client_config(AioConfig(http_session_cls=LoginUnredirected))
            return own.get_component("credential_provider")

        follow_no_redirects()
        session = AioSession(profile=self.connection.profile)
        session.register_component("response_parser_factory", Parsers())
        session.lazy_register_component("credential_provider", login)
        session.register_component("data_loader", models(session.get_config_variable("data_path")))
        self.region = self.connection.region or os.environ.get("AWS_REGION") or session.get_config_variable("region")
        if self.region is not None:
            session.get_partition_for_region(self.region)  # raises for a name no partition knows
        asked = self.connection.endpoint_url
        url = asked() if asked is not None else os.environ.get("AWS_ENDPOINT_URL")
        if url and not _is_url(url):
            raise bad_endpoint()  # the SDK would say so in many ways, some of which blame the network
        self.endpoint_url = url or None
        return session


async def _close_if_done(login: Login) -> None:
    if login.retired and not login.in_use:
        await login.connections.aclose()


def _preload(session: Any, service: str) -> None:
    """Read the service's model from disk into the loader's cache. Runs in a thread."""
    loader = session.get_component("data_loader")
    for kind in _MODELS:
        loader.load_service_model(service, kind)


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        has_host = bool(parts.hostname) and parts.port != 0  # a port beyond 65,535 raises
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and has_host and not any(map(str.isspace, text))


def _is_plain(url: str | None) -> bool:
    """True for an endpoint without TLS: its clients need not read the machine's certificates, 40 ms CPU each."""
    return url is not None and url.startswith("http://")


@contextmanager
def _no_certificates() -> Iterator[None]:
    """Let OpenSSL find no certificates while aiohttp is imported: 100 of the 380 ms CPU that the SDK's import takes.

    aiohttp makes two TLS contexts then, each with all of the machine's certificates. The SDK uses neither of them but
    makes its own; should anything else do so, it would trust no one.
    """
    before = os.environ.get(_CERTIFICATES)
    os.environ[_CERTIFICATES] = os.devnull
    try:
        yield
    finally:
        if before is None:
            del os.environ[_CERTIFICATES]
        else:
            os.environ[_CERTIFICATES] = before
