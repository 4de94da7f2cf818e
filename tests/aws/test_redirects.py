"""A redirect is never followed, whoever is asked and whatever it says: another host must not get a signed request."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatop.aws.errors import AwsError, BadAnswer, CredentialsError
from lambdatop.aws.gate import Gate
from lambdatop.aws.redirects import UNREADABLE, target_host
from lambdatop.aws.session import Connection
from lambdatop.clock import SystemClock
from lambdatop.model.text import safe
from tests.aws.test_errors import READS
from tests.cli.programs import KEYS, lambdatop
from tests.gates import gate_to
from tests.speaker import Speaker, speaking

STATUSES = (300, 301, 302, 303, 304, 307, 308)
WRITE = {"FunctionName": "sms-gateway", "MemorySize": 512}
REMEDY = "sign in to the network if it has a captive portal; check the proxy and --endpoint-url"
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_KEYS = "aws_access_key_id = AKID\naws_secret_access_key = canary\nregion = eu-west-1\n"


@asynccontextmanager
async def pointing(location: bytes | None, status: int = 307) -> AsyncIterator[Speaker]:
    """Answers every request with a redirect, whose Location may be what no decent server would send."""
    speaker = Speaker()
    header = b"Location: " + location + b"\r\n" if location is not None else b""
    answer = b"HTTP/1.1 %d Elsewhere\r\n%sContent-Length: 0\r\nConnection: close\r\n\r\n" % (status, header)
    serving: list[asyncio.Task[Any] | None] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.append(asyncio.current_task())
        length = _LENGTH.search(await reader.readuntil(b"\r\n\r\n"))
        await reader.readexactly(int(length[1]) if length else 0)
        speaker.asked += 1
        writer.write(answer)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    speaker.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield speaker
    finally:
        server.close()
        await asyncio.gather(*filter(None, serving))


@asynccontextmanager
async def redirected(status: int = 307) -> AsyncIterator[tuple[Speaker, Speaker]]:
    """A server that points to another, and that other, which would take any request."""
    async with speaking(b"{}") as other, pointing(other.url.encode() + b"/x?token=canary", status) as first:
        yield first, other


async def met(gate: Gate, service: str, operation: str, **params: Any) -> AwsError:
    with pytest.raises(AwsError) as raised:
        await gate.call(service, operation, **params)
    return raised.value


def names(first: Speaker, other: Speaker, called: str, status: int) -> str:
    here, there = (speaker.url.removeprefix("http://") for speaker in (first, other))
    return f"the endpoint {here} redirects {called} to {there} ({status}), which is not followed"


@pytest.mark.parametrize("status", STATUSES)
async def test_a_redirected_write_goes_nowhere_else_and_may_have_taken_effect(status: int) -> None:
    async with redirected(status) as (first, other), gate_to(first.url) as gate:
        error = await met(gate, "lambda", "UpdateFunctionConfiguration", **WRITE)

        assert (type(error), str(error), error.remedy) == (
            BadAnswer,
            names(first, other, "lambda UpdateFunctionConfiguration", status),
            REMEDY,
        )
        assert error.certain is False
        assert (first.asked, other.asked) == (1, 0)


@pytest.mark.parametrize("status", STATUSES)
async def test_a_redirected_read_of_any_protocol_goes_nowhere_else(status: int) -> None:
    async with redirected(status) as (first, other), gate_to(first.url) as gate:
        for read, params in READS.items():
            service, _, operation = read.partition(".")
            error = await met(gate, service, operation, **params)

            assert (type(error), str(error)) == (BadAnswer, names(first, other, f"{service} {operation}", status))
        assert (first.asked, other.asked) == (len(READS), 0)


@pytest.mark.parametrize("status", STATUSES)
async def test_redirected_pages_streams_and_invocations_go_nowhere_else(status: int) -> None:
    async with redirected(status) as (first, other), gate_to(first.url) as gate:
        with pytest.raises(BadAnswer, match=r"redirects lambda ListFunctions to 127\.0\.0\.1:"):
            await anext(aiter(gate.pages("lambda", "ListFunctions")))
        with pytest.raises(BadAnswer, match=r"redirects logs StartLiveTail to 127\.0\.0\.1:"):
            await anext(gate.stream("logs", "StartLiveTail", logGroupIdentifiers=["arn"]))
        error = await met(gate, "lambda", "Invoke", FunctionName="sms-gateway", Payload=b"{}")

        assert str(error) == names(first, other, "lambda Invoke", status)
        assert (first.asked, other.asked) == (3, 0)


async def test_a_proxy_that_redirects_a_later_page_sends_it_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    async with redirected() as (first, other), speaking(b'{"Functions": [], "NextMarker": "m"}') as whole:
        async with gate_to(whole.url) as gate:
            pages = gate.pages("lambda", "ListFunctions")
            await anext(aiter(pages))
            monkeypatch.setenv("HTTP_PROXY", first.url)
        async with gate_to(whole.url) as gate:  # a proxy's redirect is none of the endpoint's, and as little followed
            error = await met(gate, "lambda", "ListFunctions", Marker="m")

        assert f"redirects lambda ListFunctions to {other.url.removeprefix('http://')} (307)" in str(error)
        assert (whole.asked, first.asked, other.asked) == (1, 1, 0)


@pytest.mark.parametrize(
    ("location", "said"),
    [
        (b"https://evil.example/p?token=canary", "to evil.example "),
        (b"https://user:canary@evil.example:8443/p", "to evil.example:8443 "),
        (b"//evil.example/p", "to evil.example "),
        (b"https://evil.example:99999999/", "to evil.example "),
        (b"https://evil.example:port/", "to evil.example "),
        (b"https://[::1]:80/", "to [::1]:80 "),
        (b"https://[::1/", f"to {UNREADABLE} "),
        (b"https:///canary", f"to {UNREADABLE} "),
        (b"javascript:canary", f"to {UNREADABLE} "),
        (b"https://evil%65.example/", f"to {UNREADABLE} "),
        (b"https://ev il.example/", f"to {UNREADABLE} "),
        ("https://аmazonaws.com/".encode(), "to xn--mazonaws-06g.com "),
        ("https://evil\u202ecanary.example/".encode(), f"to {UNREADABLE} "),
        (b"https://evil\xff.example/", f"to {UNREADABLE} "),
        (b"https://" + b"a" * 4000 + b".example/", f"to {UNREADABLE} "),
        (b"https://evil.example/" + b"canary" * 1000, "to evil.example "),
        (b"", "without saying where to "),
        (None, "without saying where to "),
    ],
)
async def test_no_more_than_the_host_of_a_location_is_told(location: bytes | None, said: str) -> None:
    async with pointing(location) as first, gate_to(first.url) as gate:
        error = await met(gate, "lambda", "UpdateFunctionConfiguration", **WRITE)

    here = first.url.removeprefix("http://")
    assert str(error) == (
        f"the endpoint {here} redirects lambda UpdateFunctionConfiguration {said}(307), which is not followed"
    )


@pytest.mark.parametrize("location", [b"/elsewhere", b"elsewhere", b"?canary", b"#canary"])
async def test_a_redirect_to_another_path_names_the_endpoints_own_host(location: bytes) -> None:
    async with pointing(location) as first, gate_to(first.url) as gate:
        error = await met(gate, "lambda", "ListFunctions")

        assert str(error) == names(first, first, "lambda ListFunctions", 307)
        assert first.asked == 1


@pytest.mark.parametrize("location", [b"https://e\x1b[2Jvil.example/", b"https://e\x07\x01vil/", b"a" * 60_000])
async def test_a_header_that_is_no_http_is_a_harmless_line_and_followed_as_little(location: bytes) -> None:
    async with pointing(location) as first, gate_to(first.url) as gate:
        error = await met(gate, "lambda", "UpdateFunctionConfiguration", **WRITE)

        assert error.line().isprintable()
        assert len(error.line()) < 300
        assert error.certain is False
        assert first.asked == 1


@given(st.text() | st.from_regex(r"(https?:)?//[^/]*/?.*"))
def test_whatever_a_location_holds_only_a_plain_host_is_shown(location: str) -> None:
    host = target_host(location, "http://user:canary@127.0.0.1:4599/")

    assert host is None or host == UNREADABLE or re.fullmatch(r"[a-z0-9._:\[\]-]{1,261}", host)
    assert host is None or (safe(host) == host and "canary" not in host)


async def test_a_login_that_is_redirected_goes_nowhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with redirected() as (first, other):
        settings = f"[profile base]\n{_KEYS}[profile prod]\nrole_arn = arn:aws:iam::123456789012:role/r\n"
        (tmp_path / "config").write_text(f"{settings}source_profile = base\nregion = eu-west-1\n")
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", first.url)
        gate = Gate(Connection(profile="prod", endpoint_url=lambda: other.url), SystemClock())
        error = await met(gate, "lambda", "UpdateFunctionConfiguration", **WRITE)
        await gate.close()

        assert (type(error), str(error)) == (CredentialsError, names(first, other, "the login", 307))
        assert error.certain
        assert (first.asked, other.asked) == (1, 0)


def of_a_container(url: str) -> Mapping[str, str]:
    return {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{url}/x", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "canary"}


def of_a_machine(url: str) -> Mapping[str, str]:
    return {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": url}


@pytest.mark.parametrize("variables", [of_a_container, of_a_machine])
async def test_credentials_of_a_container_or_machine_are_not_asked_for_elsewhere(
    variables: Callable[[str], Mapping[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with redirected() as (first, other):
        for name, value in variables(first.url).items():
            monkeypatch.setenv(name, value)
        gate = Gate(Connection(region="eu-west-1", endpoint_url=lambda: other.url), SystemClock())
        error = await met(gate, "lambda", "ListFunctions")
        await gate.close()

        assert isinstance(error, CredentialsError)
        assert first.asked > 0
        assert other.asked == 0


async def test_no_cookie_is_kept() -> None:
    async with speaking(b'{"Functions": []}', headers={"Set-Cookie": "who=canary"}) as speaker:
        async with gate_to(speaker.url.replace("127.0.0.1", "localhost")) as gate:
            await gate.call("lambda", "ListFunctions")
            await gate.call("lambda", "ListFunctions")

        assert speaker.cookies == ["", ""]


async def test_a_change_that_is_redirected_is_not_called_applied() -> None:
    async with redirected() as (first, other):
        words = ("set", "memory", "sms-gateway", "512", "--yes", "--endpoint-url", first.url)
        ended = await asyncio.to_thread(lambdatop, *words, **KEYS)

        assert (ended.code, ended.out) == (1, "")
        assert ended.err == f"lambdatop: {names(first, other, 'sts GetCallerIdentity', 307)}; {REMEDY}\n"
        assert other.asked == 0
