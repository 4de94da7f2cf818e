"""When a finding began, as the table and the function's screen tell it."""

from datetime import datetime, timedelta

import pytest

from lambdatop.model.fleet.diagnosis import Finding, Rule, Severity
from lambdatop.model.fleet.row import row
from lambdatop.ui.content.fleet_columns import why
from lambdatop.words.finding import told
from tests.model.factories import MINUTE, NOW, function, metrics

SICK = row(function(), metrics(invocations=1000.0, errors=[4.0] * 47 + [60.0] * 13), None, (), NOW)


@pytest.mark.parametrize("ago", [timedelta(), timedelta(days=1), timedelta(days=3)])
def test_the_day_is_told_of_what_began_on_another(ago: timedelta) -> None:
    began = MINUTE - ago
    finding = Finding(Rule.SURGE, Severity.CRITICAL, "invocations ×41", began)
    moment = f"{began.astimezone():%a %d %H:%M}" if ago else f"{began.astimezone():%H:%M}"

    assert told(finding, SICK) == f"invocations ×41 since {moment}"


def test_why_begins_with_the_moment() -> None:
    began = SICK.why.since if SICK.why is not None else None

    assert isinstance(began, datetime)
    assert why(SICK)[0] == (f"{began.astimezone():%H:%M} ", "dim")
