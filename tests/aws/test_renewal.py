"""A login that is renewed while the program runs is taken up without a restart."""

import re

import pytest

from lambdatop.aws.errors import CredentialsError
from lambdatop.aws.gate import Gate
from lambdatop.aws.session import Connection
from lambdatop.clock import SystemClock
from tests.speaker import speaking

EXPIRED = b'{"__type":"ExpiredTokenException","message":"The security token included in the request is expired"}'


async def test_a_renewed_login_is_taken_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDOLD")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "old")
    async with speaking(EXPIRED, status=403) as speaker:
        gate = Gate(Connection(region="eu-west-1", endpoint_url=lambda: speaker.url), SystemClock())
        with pytest.raises(CredentialsError):
            await gate.call("lambda", "ListFunctions")

        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDNEW")
        with pytest.raises(CredentialsError):
            await gate.call("lambda", "ListFunctions")
        await gate.close()

    assert [re.findall(r"Credential=(\w+)/", each) for each in speaker.signed] == [["AKIDOLD"], ["AKIDNEW"]]
