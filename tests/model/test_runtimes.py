"""Where runtimes stand, on days around their dates."""

from datetime import date

import pytest

from lambdatop.model.reference.runtimes import status


def test_a_supported_runtime_says_how_long_it_lasts() -> None:
    found = status("python3.11", date(2027, 6, 20))

    assert found is not None
    assert (found.days_left, found.block_update) == (10, date(2027, 8, 31))


def test_a_runtime_without_a_date_has_no_days_left_to_count() -> None:
    found = status("java17.al2023", date(2026, 11, 3))

    assert found is not None
    assert (found.days_left, found.block_update) == (None, None)


@pytest.mark.parametrize("runtime", [None, "", "custom", "cobol85"])
def test_what_is_not_known_is_none(runtime: str | None) -> None:
    assert status(runtime, date(2026, 11, 3)) is None
