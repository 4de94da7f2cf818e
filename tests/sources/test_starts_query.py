"""The one query that counts cold starts: what it asks, and what its rows say."""

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from lambdatop.model.invocations.cold_starts import Tally
from lambdatop.sources.cold_starts.by_query import decode_tallies, query_text
from lambdatop.sources.logs_insights import decode_rows
from tests.model.factories import function

NOON = 1_793_707_200
ROW = {"bin(60s)": "2026-11-03 12:00:00.000", "writer": "[42]", "invocations": "90", "used": "180.2", "size": "256"}


def test_warm_and_cold_rows_of_a_period_and_version_are_one_tally() -> None:
    cold = [ROW | {"step": "30", "invocations": "2", "used": "190"}, ROW | {"step": "31.0", "invocations": "1"}]

    (tally,) = decode_tallies([ROW, *cold])

    assert tally == Tally(
        at=NOON, version="42", invocations=93, cold=3, inits_ms=(305.0, 305.0, 315.0), used_mb=190.0, size_mb=256.0
    )


def test_periods_and_versions_are_told_apart() -> None:
    later = ROW | {"bin(60s)": "2026-11-03 12:01:00.000"}
    other = ROW | {"writer": "orders[$LATEST]"}

    found = {(tally.at, tally.version) for tally in decode_tallies([ROW, later, other])}

    assert found == {(NOON, "42"), (NOON + 60, "42"), (NOON, "$LATEST")}


def test_text_and_json_reports_have_fields_of_their_own() -> None:
    text, json = query_text(function(), 60), query_text(replace(function(), log_format="JSON"), 300)

    assert '@type = "REPORT"' in text
    assert "by bin(60s)," in text
    assert 'type = "platform.report"' in json
    assert "record.metrics.initDurationMs" in json
    assert "by bin(300s)," in json


def test_a_shared_log_group_is_narrowed_to_the_functions_own_streams() -> None:
    shared = replace(function(name="orders"), log_group="/shop")

    assert '@logStream like "/orders["' in query_text(shared, 60)
    assert "like" not in query_text(function(), 60)


@settings(deadline=None)
@given(
    st.lists(
        st.dictionaries(st.sampled_from([*ROW, "step"]), st.text(max_size=12) | st.sampled_from(["1e400", "-1", "7"]))
    )
)
def test_rows_of_any_kind_are_read_as_far_as_they_go(rows: list[dict[str, str]]) -> None:
    for tally in decode_tallies([ROW | row for row in rows]):
        assert tally.cold <= tally.invocations


def test_a_field_without_a_value_is_not_in_its_row() -> None:
    answer = {"results": [[{"field": "invocations", "value": "3"}, {"field": "step"}]]}

    assert decode_rows(answer) == ({"invocations": "3"},)
    assert decode_rows({}) == ()
