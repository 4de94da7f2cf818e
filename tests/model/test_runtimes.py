"""Where runtimes stand, on days around their dates."""

from datetime import date

import pytest

from lambdatop.model.runtimes import status


def test_a_supported_runtime_says_how_long_it_lasts() -> None:
    found = status("python3.11", date(2027, 6, 20))

    assert found is not None
    assert (found.deprecated, found.days_left, found.block_update) == (False, 10, date(2027, 8, 31))


@pytest.mark.parametrize(("day", "deprecated"), [(30, False), (31, True)])
def test_a_runtime_is_deprecated_from_its_day_on(day: int, deprecated: bool) -> None:
    found = status("python3.10", date(2026, 10, day))

    assert found is not None
    assert found.deprecated is deprecated


def test_a_runtime_without_a_date_is_not_deprecated() -> None:
    found = status("java17.al2023", date(2026, 11, 3))

    assert found is not None
    assert (found.deprecated, found.deprecation, found.days_left) == (False, None, None)


@pytest.mark.parametrize("runtime", [None, "", "custom", "cobol85"])
def test_what_is_not_known_is_none(runtime: str | None) -> None:
    assert status(runtime, date(2026, 11, 3)) is None
