"""How durations change with memory: the CPU's part in proportion, up to what the threads can use; waiting stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatop.model.insights.insights import vcpus
from lambdatop.model.insights.usage import Usage, pace


def usage(busy: float | None, cpu_p95: float | None = None, count: int = 20) -> Usage:
    return Usage(
        count=count,
        vcpus=None,
        cpu_p95=cpu_p95,
        threads_busy_p95=busy,
        memory_mb=None,
        used_mb=None,
        fds=None,
        threads=None,
        tmp_used=None,
        tmp_size=None,
    )


@pytest.mark.parametrize(
    ("busy", "cpu_p95", "memory_mb", "other_mb", "expected"),
    [
        (0.5, 100.0, 884.5, 1769, 0.5),
        (0.25, 50.0, 884.5, 1769, 0.75),
        (0.25, 50.0, 884.5, 442.25, 1.5),
        (1.0, 50.0, 3538, 7076, 1.0),
        (1.0, 50.0, 3538, 884.5, 2.0),
        (2.0, 100.0, 3538, 7076, 0.5),
        (0.01, 1.0, 1769, 10_240, 1.0),
    ],
)
def test_only_the_cpus_part_changes(
    busy: float, cpu_p95: float, memory_mb: int, other_mb: int, expected: float
) -> None:
    assert pace(usage(busy, cpu_p95), memory_mb, other_mb) == pytest.approx(expected)


def test_without_evidence_it_is_unknown() -> None:
    assert pace(usage(None), 128, 256) is None
    assert pace(usage(0.5, count=4), 128, 256) is None


@given(st.floats(0.001, 8), st.floats(0, 100), st.integers(128, 10_240), st.integers(128, 10_240))
def test_more_memory_is_never_slower_nor_faster_than_its_vcpus(busy: float, cpu: float, one: int, other: int) -> None:
    small, large = sorted((one, other))
    faster = pace(usage(busy, cpu), small, large)

    assert faster is not None
    assert vcpus(small) / vcpus(large) - 1e-9 <= faster <= 1 + 1e-9
