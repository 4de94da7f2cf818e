"""The query language of Logs Insights: what it reads, what it refuses, and what comes out of a few records."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatop.emulator.errors import ServiceError
from lambdatop.emulator.logquery.columns import batch_of
from lambdatop.emulator.logquery.discovery import discovered
from lambdatop.emulator.logquery.parser import parse_query
from lambdatop.emulator.logquery.pipeline import pipeline
from lambdatop.emulator.logquery.written import Moment, rounded, written
from tests.emulator.simulated import NOON

RECORDS: list[dict[str, Any]] = [
    {"@timestamp": Moment(NOON * 1000), "@message": "one", "level": "INFO", "ms": 10, "size": 1.28e8},
    {"@timestamp": Moment(NOON * 1000 + 61_000), "@message": "two", "level": "ERROR", "ms": 30},
    {"@timestamp": Moment(NOON * 1000 + 400_000), "@message": "Three", "level": "ERROR", "ms": 40.5, "text": "7"},
]


def asked(query: str, records: list[dict[str, Any]] = RECORDS) -> list[dict[str, str]]:
    """The rows of a query, fed one record at a time, pointers apart."""
    run = pipeline(parse_query(query), 10_000)
    for record in records:
        run.take(batch_of([record], lambda name: lambda each: each.get(name)))
    return [{field: value for field, value in row if field != "@ptr"} for row in run.rows()]


def refused(query: str) -> ServiceError:
    with pytest.raises(ServiceError) as caught:
        parse_query(query)
    assert caught.value.code == "MalformedQueryException"
    return caught.value


@pytest.mark.parametrize(
    ("test", "messages"),
    [
        ('level = "ERROR"', ["Three", "two"]),
        ("level != 'ERROR'", ["one"]),
        ("ms > 10", ["Three", "two"]),
        ("ms >= 10 and ms <= 30", ["two", "one"]),
        ("ms < 20 or ms > 40", ["Three", "one"]),
        ('not (level = "ERROR" or ms = 10)', []),
        ('level = "ERROR" and not ms > 40', ["two"]),
        ("@message like /^t/", ["two"]),
        ("@message like /(?i)^t/", ["Three", "two"]),
        ("@message =~ /e$/", ["Three", "one"]),
        ('@message like "o"', ["two", "one"]),
        ('@message not like "o"', ["Three"]),
        ("ispresent(size)", ["one"]),
        ("not ispresent(size)", ["Three", "two"]),
        ("size > 0", ["one"]),
        ("not size > 0", ["Three", "two"]),
        ("text = 7", ["Three"]),
        ('ms in [10, 30] and level in ["INFO"]', ["one"]),
        ("ms not in [10, 30]", ["Three"]),
        ("ms / 10 - 1 = 0", ["one"]),
        ("ms % 20 = 10 and -ms < -9", ["two", "one"]),
        ("ms / 0 = 1", []),
        ("coalesce(size, 1) = 1", ["Three", "two"]),
        ("floor(ms) = 40 and ceil(ms) = 41", ["Three"]),
        ("strlen(@message) = 5", ["Three"]),
    ],
)
def test_a_filter_keeps_what_it_says(test: str, messages: list[str]) -> None:
    assert [row["@message"] for row in asked(f"filter {test}")] == messages


def test_records_come_newest_first_with_their_time_and_message() -> None:
    rows = asked("limit 2")

    assert rows == [
        {"@timestamp": "2026-11-23 12:06:40.000", "@message": "Three"},
        {"@timestamp": "2026-11-23 12:01:01.000", "@message": "two"},
    ]


def test_fields_are_shown_as_named_and_the_missing_left_out() -> None:
    rows = asked("fields ms / 1000 as s, size, level | sort s asc")

    assert rows == [
        {"s": "0.01", "size": "1.28E8", "level": "INFO"},
        {"s": "0.03", "level": "ERROR"},
        {"s": "0.0405", "level": "ERROR"},
    ]


def test_sorting_is_by_one_key_after_the_other_the_missing_last() -> None:
    by_both = asked("fields @message | sort level asc, ms desc")
    by_missing = asked("fields @message | sort size desc, ms asc")

    assert [row["@message"] for row in by_both] == ["Three", "two", "one"]
    assert [row["@message"] for row in by_missing] == ["one", "two", "Three"]


def test_only_the_best_are_held() -> None:
    records = [{"@timestamp": Moment(at), "n": at * 7919 % 1000} for at in range(1000)]

    rows = asked("fields n | sort n desc | limit 3", records)

    assert [row["n"] for row in rows] == ["999", "998", "997"]


def test_statistics_of_everything_are_one_row() -> None:
    [row] = asked(
        "stats count(*), count(size) as sized, sum(ms) total, avg(ms), min(ms), max(ms), pct(ms, 50), "
        "count_distinct(level), max(ms) - min(ms) as spread, spread * 2 as twice"
    )

    assert row == {
        "count(*)": "3",
        "sized": "1",
        "total": "80.5",
        "avg(ms)": "26.8333",
        "min(ms)": "10",
        "max(ms)": "40.5",
        "pct(ms, 50)": "30",
        "count_distinct(level)": "2",
        "spread": "30.5",
        "twice": "61",
    }


def test_groups_are_by_field_by_time_and_by_both() -> None:
    by_level = asked("stats count(*) as n by level | sort n desc")
    by_time = asked("stats count(*) as n by bin(5m)")
    by_both = asked("stats count(*) as n by bin(1m) as minute, level | filter n > 0 | sort minute asc | limit 1")

    assert by_level == [{"level": "ERROR", "n": "2"}, {"level": "INFO", "n": "1"}]
    assert by_time == [
        {"bin(5m)": "2026-11-23 12:05:00.000", "n": "1"},
        {"bin(5m)": "2026-11-23 12:00:00.000", "n": "2"},
    ]
    assert by_both == [{"minute": "2026-11-23 12:00:00.000", "level": "INFO", "n": "1"}]


def test_no_records_are_no_rows() -> None:
    assert asked('filter level = "FATAL" | stats count(*)') == []
    assert asked("stats count(*) by level", []) == []


def test_a_statistic_of_nothing_is_left_out() -> None:
    assert asked("filter not ispresent(size) | stats count(size) as n, max(size) as most, pct(size, 99)") == [
        {"n": "0"}
    ]


@pytest.mark.parametrize(
    ("query", "problem", "start", "end"),
    [
        ("", "unexpected end of query at line 1 and position 1", 0, 0),
        ("fields @timestamp | dedup x", "unexpected symbol found dedup at line 1 and position 21", 20, 25),
        ("fields a\n| parse @message 'x' as y", "unexpected symbol found parse at line 2 and position 3", 11, 16),
        ("filter ms >", "unexpected end of query at line 1 and position 12", 11, 11),
        ("filter (ms", "unexpected end of query at line 1 and position 11", 10, 10),
        ("filter ms ? 1", "unexpected symbol found ? at line 1 and position 11", 10, 11),
        ("stats median(ms)", "unknown function median at line 1 and position 7", 6, 12),
        ("filter abs(1, 2) = 1", "invalid number of arguments for abs at line 1 and position 8", 7, 10),
        ("filter count(*) > 1", "aggregation functions belong to stats at line 1 and position 8", 7, 12),
        ("stats sum(count(*))", "aggregation functions cannot be nested at line 1 and position 11", 10, 15),
        ("stats pct(ms, 101)", "unexpected symbol found 101 at line 1 and position 15", 14, 17),
        ("stats count(*) by bin(5)", "unexpected symbol found 5 at line 1 and position 23", 22, 23),
        ("limit 0", "unexpected symbol found 0 at line 1 and position 7", 6, 7),
    ],
)
def test_what_is_unknown_is_refused_with_its_place(query: str, problem: str, start: int, end: int) -> None:
    error = refused(query)

    assert error.message == problem
    assert error.members == {
        "queryCompileError": {"location": {"startCharOffset": start, "endCharOffset": end}, "message": problem}
    }


@pytest.mark.parametrize(
    "query",
    [
        *("stats ms", "stats count(*), ms", "sort ms | stats count(*)", "limit 5 | filter ms > 1", "limit 5 | sort ms"),
        *("filter @message like /(/", "filter @message like 5", "fields", "filter ms not 5", "(" * 5000, "not " * 5000),
    ],
)
def test_what_cannot_be_run_is_refused(query: str) -> None:
    refused(query if query.startswith(("stats", "sort", "limit", "filter", "fields")) else f"filter {query}")


def test_keywords_are_read_in_any_case_comments_passed_over_and_odd_names_quoted() -> None:
    rows = asked(
        "FIELDS `the-name` AS x # which one\n | FILTER ispresent(x) | SORT x DESC | LIMIT 1", [{"the-name": "a"}]
    )

    assert rows == [{"x": "a"}]


_WORDS = [
    "fields",
    "filter",
    "stats",
    "sort",
    "limit",
    "|",
    ",",
    "(",
    ")",
    "[",
    "]",
    "@x",
    "a.b",
    '"s"',
    "/r/",
    "5m",
    "5",
]
_OPERATORS = [
    "like",
    "not",
    "and",
    "or",
    "in",
    "as",
    "by",
    "desc",
    "=",
    "!=",
    "<",
    "-",
    "*",
    "/",
    "count",
    "pct",
    "bin",
]


@given(st.one_of(st.text(), st.lists(st.sampled_from(_WORDS + _OPERATORS)).map(" ".join)))
def test_any_text_is_read_or_refused(query: str) -> None:
    try:
        run = pipeline(parse_query(query), 5)
    except ServiceError as refusal:
        place = refusal.members["queryCompileError"]["location"]
        in_order = 0 <= place["startCharOffset"] <= place["endCharOffset"] <= len(query)
    else:
        run.take(batch_of(RECORDS, lambda name: lambda each: each.get(name)))
        in_order = len(run.rows()) <= 5

    assert in_order


@given(st.text())
def test_whatever_is_logged_something_is_discovered_or_nothing(message: str) -> None:
    for text in (message, "{" + message, f"REPORT RequestId: 8f507cfc-1b1e-4697-b07a-ac58fc914c95\t{message}"):
        assert isinstance(discovered(text)("@duration"), float | None)


def test_a_report_is_discovered_with_its_memory_in_bytes() -> None:
    field = discovered(
        "REPORT RequestId: 6bc28136-1b1e-4697-b07a-ac58fc914c95\tDuration: 198.50 ms\tBilled Duration: 724 ms\t"
        "Memory Size: 512 MB\tMax Memory Used: 90 MB\tInit Duration: 524.75 ms\t\n"
        "XRAY TraceId: 1-6ac7d554-62c6be2f6c1bd8032dac9acf\tSegmentId: 854892f93105b5ae\tSampled: true\t\n"
    )

    assert (field("@type"), field("@requestId")) == ("REPORT", "6bc28136-1b1e-4697-b07a-ac58fc914c95")
    assert (field("@duration"), field("@billedDuration"), field("@initDuration")) == (198.5, 724.0, 524.75)
    assert (field("@memorySize"), field("@maxMemoryUsed")) == (512e6, 90e6)
    assert (field("@xrayTraceId"), field("@xraySegmentId")) == (
        "1-6ac7d554-62c6be2f6c1bd8032dac9acf",
        "854892f93105b5ae",
    )


def test_a_json_message_has_its_members_by_path() -> None:
    field = discovered(json.dumps({"a": {"b": [1, {"c": "x"}], "yes": True, "no": None}, "level": "INFO"}))

    assert [field(path) for path in ("a.b.0", "a.b.1.c", "a.yes", "a.no", "a.b.2", "a", "level", "@type")] == [
        *(1, "x", 1, None, None, None, "INFO", None)
    ]


@pytest.mark.parametrize(
    ("value", "plain", "statistic"),
    [
        (2.75, "2.75", "2.75"),
        (3.0, "3.0", "3"),
        (3, "3", "3"),
        (1.28e8, "1.28E8", "128000000"),
        (1e7, "1.0E7", "10000000"),
        (0.0001, "1.0E-4", "0.0001"),
        (1 / 3, "0.3333333333333333", "0.3333"),
        (Moment(NOON * 1000 + 7), "2026-11-23 12:00:00.007", "2026-11-23 12:00:00.007"),
        ("x", "x", "x"),
    ],
)
def test_values_are_written_as_aws_writes_them(value: str | float, plain: str, statistic: str) -> None:
    assert (written(value), rounded(value)) == (plain, statistic)
