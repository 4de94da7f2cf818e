"""What was measured of a function to judge a change by, named so that a plan can say which part AWS refused."""

from enum import StrEnum


class Evidence(StrEnum):
    """One kind of evidence, as the subject of a sentence."""

    METRICS = "its metrics"
    REPORTS = "its REPORT lines"
    ALARMS = "its alarms"
    USAGE = "its Lambda Insights records"
    PAST = "its last 7 days"
