"""Big answers as the JSON they came as: botocore rebuilds each piece of an answer by its description, in Python.

A page of 1,000 log events is read in 9 instead of 14 ms, and while it is, the keyboard waits. Only answers whose JSON
already is what botocore makes of it: the names of its members, no dates, no binary data.
"""

from typing import Any

from aiobotocore.parsers import AioJSONParser, AioResponseParserFactory

_AS_THEY_CAME = frozenset({"FilterLogEventsResponse", "GetMetricDataOutput"})
"""Their timestamps are numbers, which the session's parsers leave alone anyway."""


class _JSONParser(AioJSONParser):  # type: ignore[misc]  # aiobotocore comes without types
    def _handle_json_body(self, raw_body: bytes, shape: Any) -> Any:
        answer = self._parse_body_as_json(raw_body) if shape.name in _AS_THEY_CAME else None
        return answer if isinstance(answer, dict) else super()._handle_json_body(raw_body, shape)


class Parsers(AioResponseParserFactory):  # type: ignore[misc]
    """The parsers of a session, which leave timestamps raw.

    Decoding them stalls the loop for 300 ms on a big GetMetricData answer: botocore makes a datetime of each.
    """

    def __init__(self) -> None:
        super().__init__()
        self.set_parser_defaults(timestamp_parser=lambda value: value)

    def create_parser(self, protocol_name: str) -> Any:
        return _JSONParser(**self._defaults) if protocol_name == "json" else super().create_parser(protocol_name)
