"""Logs Insights of the emulated account: its results agree with the log lines and the metrics."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdatop.emulator.function import INSIGHTS_GROUP
from lambdatop.emulator.server import Emulator
from tests.emulator.served import client
from tests.emulator.simulated import NOON, Simulated
from tests.emulator.test_logs import events

CHECKOUT, WEBHOOKS = "/aws/lambda/checkout-api", "/aws/lambda/webhook-dispatch"
REPORTS = """
filter @type="REPORT" | stats count(*) n, count(@initDuration) cold, pct(@duration,50) p50, pct(@duration,99) p99,
  max(@maxMemoryUsed/1000/1000) maxMB, max(@memorySize/1000/1000) memMB, sum(@billedDuration) billed by bin(5m)
"""
JSON_REPORTS = (
    'filter type="platform.report" '
    "| stats count(*), count(record.metrics.initDurationMs), max(record.metrics.maxMemoryUsedMB)"
)


def started(demo: Simulated, query: str, group: str = CHECKOUT, *, minutes: float = 5, **more: Any) -> str:
    window = {"startTime": int(NOON - minutes * 60), "endTime": int(NOON)}
    identity: str = demo.call("logs.StartQuery", **{"logGroupName": group, **window, "queryString": query, **more})[
        "queryId"
    ]
    return identity


def asked(demo: Simulated, query: str, group: str = CHECKOUT, **more: Any) -> list[dict[str, str]]:
    """The rows of a query that has come to its end."""
    identity = started(demo, query, group, **more)
    while (answer := demo.call("logs.GetQueryResults", queryId=identity))["status"] != "Complete":
        assert answer["status"] == "Running"
    return [{cell["field"]: cell["value"] for cell in row} for row in answer["results"]]


async def completed(logs: Any, identity: str) -> dict[str, Any]:
    """A client's answer once the query has come to its end."""
    answer: dict[str, Any] = {"status": "Scheduled"}
    while answer["status"] in ("Scheduled", "Running"):
        answer = await logs.get_query_results(queryId=identity)
    return answer


def reports(demo: Simulated, group: str = CHECKOUT, *, minutes: float = 5) -> list[str]:
    """The REPORT lines of the same window."""
    window = {"startTime": int(NOON - minutes * 60) * 1000, "endTime": int(NOON) * 1000 + 999}
    found = events(demo, logGroupName=group, **window)
    return [each["message"] for each in found if "REPORT" in each["message"] or "platform.report" in each["message"]]


def parts(line: str) -> dict[str, float]:
    """The numbers of a REPORT line by name."""
    pairs = (part.split(": ") for part in line.split("\n")[0].split("\t")[1:] if part.endswith(("ms", "MB")))
    return {name: float(text.split()[0]) for name, text in pairs}


def test_the_reports_of_text_are_summed_up_as_their_lines_say() -> None:
    demo = Simulated(at=NOON + 60)
    lines = [parts(line) for line in reports(demo)]

    rows = asked(demo, REPORTS)

    assert sum(int(row["n"]) for row in rows) == len(lines)
    assert sum(int(row["cold"]) for row in rows) == sum("Init Duration" in line for line in lines) > 100
    assert sum(int(row["billed"]) for row in rows) == sum(line["Billed Duration"] for line in lines)
    assert max(float(row["maxMB"]) for row in rows) == max(line["Max Memory Used"] for line in lines)
    assert {row["memMB"] for row in rows} == {"1024"}
    assert [row["bin(5m)"] for row in rows] == ["2026-11-23 12:00:00.000", "2026-11-23 11:55:00.000"]


def test_the_reports_of_json_are_summed_up_as_their_lines_say() -> None:
    demo = Simulated(at=NOON + 60)
    metrics = [json.loads(line)["record"]["metrics"] for line in reports(demo, WEBHOOKS, minutes=60)]

    [row] = asked(demo, JSON_REPORTS, WEBHOOKS, minutes=60)

    assert row == {
        "count(*)": str(len(metrics)),
        "count(record.metrics.initDurationMs)": str(sum("initDurationMs" in each for each in metrics)),
        "max(record.metrics.maxMemoryUsedMB)": str(max(each["maxMemoryUsedMB"] for each in metrics)),
    }


@pytest.mark.parametrize(
    ("group", "quick", "slow", "fields"),
    [
        (
            CHECKOUT,
            'filter @type = "REPORT"',
            'filter @type like "REPORT"',
            "@timestamp, @ingestionTime, @message, @logStream, @log, @requestId, @duration, @billedDuration, "
            "@memorySize, @maxMemoryUsed, @initDuration, @xrayTraceId, @xraySegmentId, @type, type",
        ),
        (
            WEBHOOKS,
            'filter type = "platform.report"',
            'filter type like "platform.report"',
            "@timestamp, @message, @logStream, type, record.requestId, record.status, record.metrics.durationMs, "
            "record.metrics.billedDurationMs, record.metrics.memorySizeMB, record.metrics.maxMemoryUsedMB, "
            "record.metrics.initDurationMs, @duration",
        ),
    ],
)
def test_reports_that_were_not_rendered_are_the_same_as_those_that_were(
    group: str, quick: str, slow: str, fields: str
) -> None:
    demo = Simulated()

    unread, read = (
        asked(demo, f"{query} | fields {fields} | sort @timestamp asc, @ptr asc", group, minutes=0.4)
        for query in (quick, slow)
    )

    assert unread == read
    assert len(read) > 30


def test_a_query_for_another_formats_reports_finds_none() -> None:
    demo = Simulated()

    assert asked(demo, JSON_REPORTS, CHECKOUT, minutes=1) == []
    assert asked(demo, REPORTS, WEBHOOKS, minutes=1) == []


def test_what_is_counted_by_minute_is_what_the_metric_says() -> None:
    demo = Simulated(at=NOON + 60)

    rows = asked(demo, 'fields @message | filter @message like "START RequestId" | stats count(*) as n by bin(1m)')

    counted = [float(row["n"]) for row in rows][::-1]
    told = demo.values("checkout-api", "Invocations", "Sum", NOON - 300, NOON)
    assert counted[:5] == pytest.approx(told, rel=0.005)  # a cold start's START line comes after its init


def test_records_of_lambda_insights_are_queried_by_their_members() -> None:
    demo = Simulated(at=NOON + 60)

    rows = asked(
        demo, "stats count(*) as n, max(memory_utilization) as top by function_name", INSIGHTS_GROUP, minutes=1
    )

    assert {row["function_name"] for row in rows} == {"image-resize", "fraud-score", "recommendations-api"}
    assert all(int(row["n"]) > 100 and 0 < int(row["top"]) <= 100 for row in rows)


def test_both_bounds_are_inclusive_seconds() -> None:
    demo = Simulated(at=NOON + 60)

    rows = asked(demo, "fields @timestamp | limit 10000", startTime=int(NOON), endTime=int(NOON))

    times = [row["@timestamp"] for row in rows]
    assert {time[:19] for time in times} == {"2026-11-23 12:00:00"}
    assert times == sorted(times, reverse=True)


def test_what_somebody_wrote_is_found_even_by_a_query_for_reports() -> None:
    demo = Simulated()
    line = "REPORT RequestId: 8f507cfc-1b1e-4697-b07a-ac58fc914c95\tDuration: 99999.00 ms\tBilled Duration: 3 ms\t"
    demo.account.write_log(CHECKOUT, "by hand", int(NOON * 1000) - 500, line)

    rows = asked(demo, 'filter @type = "REPORT" and @duration > 90000 | fields @duration, @logStream', minutes=1)

    assert [(row["@duration"], row["@logStream"]) for row in rows] == [("99999.0", "by hand")]


def test_a_query_goes_on_while_it_is_asked_for_and_tells_how_far_it_is() -> None:
    demo = Simulated()
    identity = started(demo, REPORTS, minutes=3)

    [scheduled] = demo.call("logs.DescribeQueries")["queries"]
    answers = [demo.call("logs.GetQueryResults", queryId=identity) for _ in range(4)]

    assert (scheduled["status"], scheduled["queryId"]) == ("Scheduled", identity)
    assert [answer["status"] for answer in answers] == ["Running", "Running", "Running", "Complete"]
    scanned = [answer["statistics"]["recordsScanned"] for answer in answers]
    assert scanned == sorted(scanned)
    statistics = answers[-1]["statistics"]
    counted = sum(int(row[1]["value"]) for row in answers[-1]["results"])
    assert counted == statistics["recordsMatched"] < statistics["recordsScanned"]
    assert 50 < statistics["bytesScanned"] / statistics["recordsScanned"] < 200


def test_the_scanned_amount_of_unrendered_reports_is_about_what_there_is() -> None:
    demo = Simulated()
    identities = [started(demo, f'filter @type {sign} "REPORT" | stats count(*)') for sign in ("=", "like")]
    for _ in range(200):
        demo.account.work()

    quick, slow = (demo.call("logs.GetQueryResults", queryId=each)["statistics"] for each in identities)

    assert quick["recordsMatched"] == slow["recordsMatched"]
    assert quick["recordsScanned"] == pytest.approx(slow["recordsScanned"], rel=0.03)
    assert quick["bytesScanned"] == pytest.approx(slow["bytesScanned"], rel=0.05)


def test_long_results_come_page_by_page() -> None:
    demo = Simulated()
    identity = started(demo, 'filter @type = "REPORT" | fields @requestId | limit 2500', minutes=1)
    while not demo.account.queries[identity].ended:
        demo.account.work()

    pages = [demo.call("logs.GetQueryResults", queryId=identity, maxItems=1000)]
    while token := pages[-1].get("nextToken"):
        pages.append(demo.call("logs.GetQueryResults", queryId=identity, maxItems=1000, nextToken=token))

    assert [len(page["results"]) for page in pages] == [1000, 1000, 500]
    assert len({row[0]["value"] for page in pages for row in page["results"]}) == 2500


async def test_a_client_starts_asks_stops_and_lists_queries() -> None:
    async with Emulator(lint=True, clock=lambda: NOON) as emulator, client(emulator, "logs") as logs:
        window = {"startTime": int(NOON) - 3600, "endTime": int(NOON)}
        first = await logs.start_query(logGroupNames=[WEBHOOKS], queryString=JSON_REPORTS, **window)
        answer = await completed(logs, first["queryId"])
        arn = f"arn:aws:logs:eu-west-1:123456789012:log-group:{CHECKOUT}"
        second = await logs.start_query(logGroupIdentifiers=[arn], queryString=REPORTS, **window)
        stopped = await logs.stop_query(queryId=second["queryId"])
        listed = (await logs.describe_queries())["queries"]

        assert int(answer["results"][0][0]["value"]) > 1000
        assert stopped["success"]
        assert [each["status"] for each in listed] == ["Cancelled", "Complete"]
        with pytest.raises(ClientError, match="InvalidParameterException"):
            await logs.stop_query(queryId=second["queryId"])
        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            await logs.get_query_results(queryId="nothing")
        with pytest.raises(ClientError, match=r"MalformedQueryException.*position 1") as refused:
            await logs.start_query(logGroupName=WEBHOOKS, queryString="select 1", **window)
        told: Any = refused.value.response
        assert told["queryCompileError"]["location"] == {"startCharOffset": 0, "endCharOffset": 6}
        assert not emulator.problems


async def test_a_group_of_infrequent_access_is_read_by_queries_alone() -> None:
    async with Emulator(functions=3, lint=True, clock=lambda: NOON) as emulator, client(emulator, "logs") as logs:
        await logs.create_log_group(logGroupName="/team/cold", logGroupClass="INFREQUENT_ACCESS")
        emulator.account().write_log("/team/cold", "s", int(NOON * 1000) - 10, '{"kind":"order","n":7}')
        asked = await logs.start_query(
            logGroupName="/team/cold", startTime=int(NOON) - 60, endTime=int(NOON), queryString="fields kind, n"
        )
        answer = await completed(logs, asked["queryId"])

        [row] = answer["results"]
        assert [(cell["field"], cell["value"]) for cell in row][:2] == [("kind", "order"), ("n", "7")]
        assert row[2]["field"] == "@ptr"


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"logGroupName": "/nothing"}, "ResourceNotFoundException"),
        ({"logGroupNames": [WEBHOOKS]}, "InvalidParameterException"),
        ({"limit": 100_001}, "InvalidParameterException"),
        ({"startTime": int(NOON) + 1}, "InvalidParameterException"),
        ({"queryLanguage": "SQL"}, "InvalidParameterException"),
        ({"startTime": 1, "endTime": 2}, "MalformedQueryException"),
    ],
)
async def test_a_wrong_question_is_refused(params: dict[str, Any], code: str) -> None:
    async with Emulator(lint=True, clock=lambda: NOON) as emulator, client(emulator, "logs") as logs:
        right = {"logGroupName": CHECKOUT, "startTime": int(NOON) - 60, "endTime": int(NOON), "queryString": "limit 5"}
        with pytest.raises(ClientError, match=code):
            await logs.start_query(**{**right, **params})
