"""When AWS stops supporting each runtime. The dates move: the blocks of old runtimes were postponed to 2027."""

from datetime import date
from functools import lru_cache
from typing import Final

from msgspec import Struct

from lambdatop.model.reference.reading import ReadOn

READINGS: Final = (
    ReadOn(
        table="Lambda runtimes",
        page="docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html",
        read_on=date(2026, 10, 1),
        look_up="each runtime's deprecation date and the day from which function updates are blocked; new runtimes",
    ),
)

# deprecation, block of updates (- if none), runtimes
_TABLE = """
2029-06-30 2029-08-31 python3.14 python3.13 java25 java21 provided.al2023
2029-03-31 2029-05-31 ruby4.0
2028-11-14 2029-01-15 dotnet10
2028-10-31 2029-01-10 python3.12
2028-04-30 2028-07-01 nodejs24.x
2028-03-31 2028-05-31 ruby3.4
2027-06-30 2027-08-31 python3.11 java17 java11 java8.al2
2027-04-30 2027-07-01 nodejs22.x
2027-03-31 2027-05-31 ruby3.3
2026-11-10 2027-03-03 dotnet8
2026-10-31 2027-03-03 python3.10
2026-07-31 2027-03-03 provided.al2
2026-04-30 2027-03-03 nodejs20.x
2026-03-31 2027-03-03 ruby3.2
2025-12-15 2027-03-03 python3.9
2025-09-01 2027-03-03 nodejs18.x
2024-12-20 2027-03-03 dotnet6
2024-10-14 2027-03-03 python3.8
2024-06-12 2027-03-03 nodejs16.x
2024-01-08 2027-03-03 java8 go1.x provided
2023-12-07 2027-03-03 ruby2.7
2023-12-04 2027-03-03 nodejs14.x python3.7
2023-04-03 2023-05-03 dotnetcore3.1
2023-03-31 2023-04-30 nodejs12.x
2022-07-18 2022-08-29 python3.6
2022-01-05 2022-04-13 dotnetcore2.1
2021-07-30 2022-02-14 nodejs10.x
2021-07-30 2022-03-31 ruby2.5
2021-07-15 2022-05-30 python2.7
2020-03-06 2020-03-06 nodejs8.10
2020-03-05 2020-03-05 nodejs4.3
2019-08-12 2019-08-12 nodejs6.10
2019-06-27 2019-07-30 dotnetcore1.0
2019-05-30 2019-05-30 dotnetcore2.0
2019-04-30 2019-04-30 nodejs4.3-edge
2016-10-31 2016-10-31 nodejs
- - java17.al2023 java11.al2023 java8.al2023
"""


class RuntimeStatus(Struct, frozen=True, kw_only=True):
    """Where a runtime stands on a given day; None where AWS has set no date."""

    block_update: date | None
    """From this day on the function's code and configuration cannot be changed."""
    days_left: int | None
    """Until the deprecation, from which day on there are no security patches; negative once it has passed."""


@lru_cache(maxsize=128)
def status(runtime: str | None, today: date) -> RuntimeStatus | None:
    """Return where `runtime` (AWS's identifier) stands; None for a container image and an unknown one."""
    if runtime is None or runtime not in _DATES:
        return None
    deprecation, block_update = _DATES[runtime]
    days_left = (deprecation - today).days if deprecation else None
    return RuntimeStatus(block_update=block_update, days_left=days_left)


def _dates() -> dict[str, tuple[date | None, date | None]]:
    rows = (line.split() for line in _TABLE.strip().splitlines())
    return {name: (_date(deprecation), _date(block)) for deprecation, block, *names in rows for name in names}


def _date(text: str) -> date | None:
    return None if text == "-" else date.fromisoformat(text)


_DATES = _dates()
