"""Connections: one client for all threads, and the times in AWS's answers."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest

from groundplan.targets import local
from groundplan.targets.connection import Connection, connect, read_timestamp
from groundplan.targets.local import Running

LOCAL = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}


def test_threads_share_one_client_for_each_service_and_region() -> None:
    connection, together = Connection("local", LOCAL), threading.Barrier(6, timeout=10)
    found: list[tuple[str, object]] = []

    def ask(region: str) -> None:
        together.wait()
        found.append((region, connection.cloudformation(region)))

    regions = ["eu-west-1", "us-east-1"] * 3
    threads = [threading.Thread(target=ask, args=(region,)) for region in regions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert len({id(client) for _, client in found}) == 2
    client = connection.cloudformation("eu-west-1")
    assert (client.meta.region_name, client.meta.endpoint_url) == ("eu-west-1", "http://127.0.0.1:1")


@pytest.mark.parametrize(
    "text", ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z", "2026-01-02T04:04:05+01:00", "1767323045",
             "Fri, 02 Jan 2026 03:04:05 GMT"]
)  # fmt: skip
def test_every_form_of_a_time_is_read(text: str) -> None:
    found = read_timestamp(text)
    assert found == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert found.tzinfo


def test_what_is_no_time_is_refused() -> None:
    with pytest.raises(ValueError, match="soon"):
        read_timestamp("soon")


def test_a_process_has_one_connection_to_each_local_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    here = connect("local")
    assert connect("local") is here
    monkeypatch.setattr(local, "start", lambda: Running("http://127.0.0.1:1", 1, 1))
    other = connect("local")
    assert (other is here, other.endpoint) == (False, "http://127.0.0.1:1")
    assert connect("aws") is not connect("aws"), "another profile may be chosen meanwhile"
