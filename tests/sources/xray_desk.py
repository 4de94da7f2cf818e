"""X-Ray as a test writes it: summaries, documents and states behind real HTTP, for what no simulation tells on cue."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from msgspec import Struct, field

Answer = dict[str, Any]


class Desk(Struct):
    """What it knows; times are epoch seconds. A trace is told once `clock` has come to its `visible`."""

    clock: Callable[[], float]
    url: str = ""
    page: int = 100
    destination: str = "XRay"
    summaries: dict[str, Answer] = field(default_factory=dict)
    updated: dict[str, float] = field(default_factory=dict)
    visible: dict[str, float] = field(default_factory=dict)
    documents: dict[str, list[Answer]] = field(default_factory=dict)
    retrievable: dict[str, list[Answer]] = field(default_factory=dict)
    """Documents that only Transaction Search has."""
    spans: list[tuple[float, Answer]] | None = None
    """Of the log group aws/spans, which otherwise does not exist."""
    unprocessed: Counter[str] = field(default_factory=Counter)
    """How often each id is not processed before it is."""
    limited: set[str] = field(default_factory=set)
    retrieval: list[str] = field(default_factory=lambda: ["SCHEDULED", "RUNNING", "COMPLETE"])
    """The states that a retrieval goes through, one an answer; it stays in the last."""
    asked: list[tuple[str, Answer]] = field(default_factory=list)

    def plant(self, trace_id: str, start: float, *, updated: float | None = None, **members: Any) -> None:
        """A trace, or what has become of it."""
        self.summaries[trace_id] = {"Id": trace_id, "StartTime": start, "Duration": 0.5, **members}
        self.updated[trace_id] = start if updated is None else updated

    def asked_of(self, operation: str) -> list[Answer]:
        """The parameters of each call of one operation."""
        return [params for name, params in self.asked if name == operation]

    def answer(self, operation: str, params: Answer) -> Answer:
        self.asked.append((operation, params))
        match operation:
            case "TraceSummaries":
                return self._summaries(params)
            case "Traces":
                return self._traces(params["TraceIds"])
            case "GetTraceSegmentDestination":
                return {"Destination": self.destination, "Status": "ACTIVE"}
            case "StartTraceRetrieval":
                return {"RetrievalToken": json.dumps(params["TraceIds"])}
            case "ListRetrievedTraces":
                return self._retrieved(json.loads(params["RetrievalToken"]))
            case "FilterLogEvents":
                return self._events(params)
            case _:
                return {}

    def _summaries(self, params: Answer) -> Answer:
        assert params["EndTime"] - params["StartTime"] <= 6 * 3600
        times = self.updated if params["TimeRangeType"] == "Event" else self._starts()
        found = [
            summary
            for trace_id, summary in self.summaries.items()
            if params["StartTime"] <= times[trace_id] <= params["EndTime"]
            and self.visible.get(trace_id, 0.0) <= self.clock()
        ]
        found.sort(key=lambda summary: -summary["StartTime"])
        first = int(params.get("NextToken") or 0)
        more = {"NextToken": str(first + self.page)} if first + self.page < len(found) else {}
        return {"TraceSummaries": found[first : first + self.page], "TracesProcessedCount": len(found), **more}

    def _starts(self) -> dict[str, float]:
        return {trace_id: summary["StartTime"] for trace_id, summary in self.summaries.items()}

    def _traces(self, ids: list[str]) -> Answer:
        assert 1 <= len(ids) <= 5
        late = [trace_id for trace_id in ids if self.unprocessed[trace_id] > 0]
        self.unprocessed.subtract(late)
        return {
            "Traces": [
                self._trace(each, self.documents[each], "Segments") | {"LimitExceeded": each in self.limited}
                for each in ids
                if each in self.documents and each not in late
            ],
            "UnprocessedTraceIds": late,
        }

    def _retrieved(self, ids: list[str]) -> Answer:
        status = self.retrieval.pop(0) if len(self.retrieval) > 1 else self.retrieval[0]
        found = [each for each in ids if each in self.retrievable] if status == "COMPLETE" else []
        traces = [self._trace(each, self.retrievable[each], "Spans") for each in found]
        return {"RetrievalStatus": status, "TraceFormat": "XRAY", "Traces": traces}

    def _trace(self, trace_id: str, documents: list[Answer], parts: str) -> Answer:
        told = [{"Id": each["id"], "Document": json.dumps(each)} for each in documents]
        return {"Id": trace_id, "Duration": 0.5, parts: told}

    def _events(self, params: Answer) -> Answer:
        if self.spans is None:
            raise LookupError
        return {
            "events": [
                {"logStreamName": "default", "timestamp": int(at * 1000), "message": json.dumps(span)}
                for at, span in self.spans
                if params["startTime"] <= at * 1000 <= params["endTime"]
            ]
        }


@asynccontextmanager
async def desk(clock: Callable[[], float]) -> AsyncIterator[Desk]:
    """Answers until the block ends."""
    at = Desk(clock)

    async def answer(request: web.Request) -> web.Response:
        operation = request.headers.get("X-Amz-Target", request.path).rpartition(".")[2].strip("/")
        try:
            return web.json_response(at.answer(operation, json.loads(await request.read() or "{}")))
        except LookupError:
            missing = {"__type": "ResourceNotFoundException", "message": "The specified log group does not exist."}
            return web.json_response(missing, status=400)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    at.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield at
    finally:
        await runner.cleanup()
