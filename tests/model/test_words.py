"""Numbers in sentences, as people would say them."""

import pytest

from lambdatop.model import words


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        *[(0, "0 min"), (8, "8 min"), (15, "15 min"), (60, "1 h"), (90, "90 min"), (180, "3 h"), (1_440, "24 h")],
        *[(1_530, "26 h"), (2_160, "36 h"), (2_880, "2 days"), (3_600, "60 h"), (10_080, "7 days")],
        *[(10_030, "7 days"), (10_050, "7 days")],  # as many whole periods as a week has
    ],
)
def test_a_stretch_of_time_is_told_in_the_unit_that_people_would_use(minutes: int, said: str) -> None:
    assert words.span(minutes) == said
