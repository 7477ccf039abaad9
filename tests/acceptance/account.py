"""The account of a system's demands: each is claimed by a test, or left to another part of Groundplan with a reason."""

from __future__ import annotations

import pytest
from tests.acceptance.conftest import READING, SYSTEMS, Claims
from tests.acceptance.rows import Row, rows


class Account:
    """What holds for the rows of every system: a class ``TestAccount(Account)`` in ``test_<system>.py`` tests it."""

    def test_ids_are_numbered_without_a_gap(self, demands: dict[str, Row]) -> None:
        prefix = next(iter(demands)).partition("-")[0]
        assert list(demands) == [f"{prefix}-{number:02d}" for number in range(1, len(demands) + 1)]

    def test_every_row_is_claimed_by_a_test(self, demands: dict[str, Row], claims: Claims) -> None:
        assert [row.id for row in demands.values() if row.id not in claims and row.proof != "elsewhere"] == []

    def test_nothing_is_claimed_that_does_not_exist(self, claims: Claims) -> None:
        assert sorted(claims.keys() - {row for system in SYSTEMS for row in rows(system)}) == []

    def test_what_the_local_aws_answers_is_read_from_it(
        self, request: pytest.FixtureRequest, demands: dict[str, Row], claims: Claims
    ) -> None:
        """A row that is to be read back is claimed by at least one test that looks at what is deployed."""
        reading = request.config.stash[READING]
        asked = [row for row in demands.values() if "EMU" in row.checks and row.proof != "elsewhere"]
        assert [row.id for row in asked if not reading & claims.get(row.id, set())] == []
