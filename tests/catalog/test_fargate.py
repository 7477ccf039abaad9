from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundplan.catalog import fargate
from groundplan.catalog.fargate import FargateSize


@pytest.mark.parametrize(
    ("cpu", "memory"),
    [(256, 512), (256, 2048), (512, 1024), (512, 4096), (1024, 8192), (2048, 16384), (4096, 30720), (8192, 61440),
     (16384, 122880), (32768, 249856)],
)  # fmt: skip
def test_sizes_that_exist(cpu: int, memory: int) -> None:
    assert fargate.is_valid(cpu, memory)
    assert fargate.problem(cpu, memory) is None
    assert fargate.nearest(cpu, memory) == FargateSize(cpu, memory)


@pytest.mark.parametrize(
    ("cpu", "memory"), [(256, 4096), (512, 512), (1024, 1024), (300, 512), (8192, 17408), (16384, 36864), (0, 0)]
)
def test_sizes_that_do_not_exist(cpu: int, memory: int) -> None:
    assert not fargate.is_valid(cpu, memory)
    problem = fargate.problem(cpu, memory)
    assert problem is not None
    assert str(fargate.nearest(cpu, memory)) in problem


def test_memories_for_a_cpu() -> None:
    assert fargate.memories_for(256) == (512, 1024, 2048)
    assert fargate.memories_for(512) == (1024, 2048, 3072, 4096)
    assert len(fargate.memories_for(4096)) == 23
    assert fargate.memories_for(300) == ()


def test_problem_names_what_is_right() -> None:
    assert "512, 1024, 2048 MiB" in str(fargate.problem(256, 4096))
    assert "256, 512, 1024" in str(fargate.problem(300, 512))


@given(st.integers(0, 40000), st.integers(0, 300000))
def test_the_nearest_exists_and_is_enough_where_anything_is(cpu: int, memory: int) -> None:
    near = fargate.nearest(cpu, memory)
    assert near in fargate.valid_sizes()
    if cpu <= 32768 and memory <= 249856:
        assert near.cpu >= cpu
        assert near.memory_mib >= memory
    else:
        assert near == FargateSize(32768, 249856)


def test_data() -> None:
    assert fargate.source().page.startswith("https://docs.aws.amazon.com/AmazonECS/")
    assert fargate.source().date.year >= 2026
    assert list(fargate.valid_sizes()) == sorted(set(fargate.valid_sizes()))
