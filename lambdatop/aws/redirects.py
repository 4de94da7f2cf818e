"""No redirect is followed, as the AWS CLI follows none.

aiohttp does by itself what botocore's own HTTP layer never does: it goes where any 3xx answer points, with the session
token and, after a 307 or 308, with the body of a write; and it keeps cookies. Here a 3xx answer is an error instead.
"""

import re
from typing import Any
from urllib.parse import SplitResult, urlsplit

from aiobotocore.httpsession import AIOHTTPSession
from aiohttp import ClientPayloadError, DummyCookieJar
from botocore.exceptions import ClientError, ConnectionClosedError

UNREADABLE = "an address that cannot be read"
_NAME = re.compile(r"[a-z0-9._-]{1,253}|[0-9a-f:.]{2,45}")
_open_session = AIOHTTPSession._get_session


class Redirected(ClientError):
    """The answer was a redirect from `asked` to `target`, both hosts fit to be shown; None if it does not say where to.

    To the SDK it is a refusal, which is not retried.
    """

    def __init__(self, asked: str, target: str | None, status: int, *, for_login: bool) -> None:
        answer: Any = {"Error": {"Code": str(status)}, "ResponseMetadata": {"HTTPStatusCode": status}}
        super().__init__(answer, "request")
        self.asked = asked
        self.target = target
        self.status = status
        self.for_login = for_login


class Unredirected(AIOHTTPSession):  # type: ignore[misc]  # aiobotocore comes without types
    """The HTTP session of the program's calls."""

    for_login = False

    async def send(self, request: Any) -> Any:
        """The answer; raises Redirected for one with a status of 3xx."""
        try:
            return await super().send(request)
        except ConnectionClosedError as closed:
            error = closed.kwargs.get("error")
            if not isinstance(error, _Redirect):
                raise
            asked, target = host(request.url), target_host(error.location, request.url)
            raise Redirected(asked, target, error.status, for_login=self.for_login) from None


class LoginUnredirected(Unredirected):
    """The HTTP session of the calls that the SDK makes to get credentials."""

    for_login = True


def follow_no_redirects() -> None:
    """Make every HTTP session of the SDK end at a redirect, those for a machine's or container's credentials too."""
    AIOHTTPSession._get_session = _open_unfollowing


def host(url: str) -> str:
    """The host and port of a URL, without anything else that could be in it."""
    try:
        return _shown(urlsplit(url))
    except ValueError:
        return UNREADABLE


def target_host(location: str | None, asked_url: str) -> str | None:
    """Where a Location header points to from `asked_url`: a host, with its port if it names a possible one.

    Only plain host names are repeated; one in another script is shown as Punycode, where it cannot pose as another.
    None if the header is missing or empty.
    """
    if not location or not location.strip():
        return None
    try:
        parts = urlsplit(location.strip())
    except ValueError:
        return UNREADABLE
    return host(location.strip()) if parts.netloc or parts.scheme else host(asked_url)


class _Redirect(ClientPayloadError):
    """To the SDK, where nothing of ours catches it, a closed connection."""

    def __init__(self, status: int, location: str | None) -> None:
        super().__init__(f"redirected ({status})")
        self.status = status
        self.location = location


class _Unfollowing:
    """An aiohttp session, of which the SDK uses nothing but `request`."""

    def __init__(self, session: Any) -> None:
        self.session = session

    async def request(self, method: str, **params: Any) -> Any:
        response = await self.session.request(method, allow_redirects=False, **params)
        if 300 <= response.status < 400:
            response.close()  # its body may be endless, and says nothing
            raise _Redirect(response.status, response.headers.get("Location"))
        return response


async def _open_unfollowing(http: AIOHTTPSession, proxy_url: str | None) -> _Unfollowing:
    session = await _open_session(http, proxy_url)
    if not isinstance(session.cookie_jar, DummyCookieJar):
        session._cookie_jar = DummyCookieJar()  # the SDK does not let it be chosen
    return _Unfollowing(session)


def _shown(parts: SplitResult) -> str:
    name = parts.hostname or ""
    if not name.isascii():
        name = name.encode("idna").decode("ascii")  # raises UnicodeError, a ValueError
    if not _NAME.fullmatch(name):
        return UNREADABLE
    bracketed = f"[{name}]" if ":" in name else name
    try:
        port = parts.port
    except ValueError:
        port = None
    return f"{bracketed}:{port}" if port else bracketed
