"""What makes the local AWS fast, and what it must not cost."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from botocore.session import get_session

from groundplan.errors import EnvironmentalError
from groundplan.targets.local import snapshot
from groundplan.targets.local.application import LocalAws
from groundplan.targets.local.daemon import Saver
from groundplan.targets.local.emulator import ACCOUNT, share_service_models
from groundplan.targets.local.snapshot import load, save

FAR = "ca-west-1"
PUBLIC = "/aws/service/global-infrastructure/regions/eu-west-1"


class Saves:
    """Stands in for what writes snapshots: says when one has begun, and ends it when told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        self.begun, self.go_on = threading.Semaphore(0), threading.Semaphore(0)
        self.failing = False
        monkeypatch.setattr(snapshot, "save", self)

    def __call__(self, path: Path, aws: LocalAws) -> int:
        self.count += 1
        self.begun.release()
        assert self.go_on.acquire(timeout=10)
        if self.failing:
            raise OSError("full")
        return 1


def saver(tmp_path: Path, aws: LocalAws) -> Saver:
    found = Saver(tmp_path / "snapshot")
    found._aws = aws  # without the thread that watches
    return found


def waiting(found: Saver, count: int) -> list[threading.Thread]:
    """Threads that ask for a snapshot while one is written."""
    threads = [threading.Thread(target=found.save, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads


def test_those_who_wait_share_the_next_snapshot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saves, found = Saves(monkeypatch), saver(tmp_path, LocalAws())
    (first,) = waiting(found, 1)
    assert saves.begun.acquire(timeout=10)
    others = waiting(found, 5)
    time.sleep(0.2)  # in which all five ask
    saves.go_on.release(6)
    for thread in (first, *others):
        thread.join(10)
        assert not thread.is_alive()
    assert saves.count in (2, 3), "one may have asked so late that the second had begun; none rests on the first"


def test_a_snapshot_that_began_before_is_not_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saves, found = Saves(monkeypatch), saver(tmp_path, LocalAws())
    saves.go_on.release(2)
    found.save()
    found.save()
    assert saves.count == 2


def test_nobody_rests_on_a_snapshot_that_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saves, found = Saves(monkeypatch), saver(tmp_path, LocalAws())
    saves.failing = True
    failed: list[str] = []

    def ask() -> None:
        try:
            found.save()
        except EnvironmentalError as error:
            failed.append(str(error))

    threads = [threading.Thread(target=ask, daemon=True) for _ in range(3)]
    for thread in threads:
        thread.start()
    saves.go_on.release(3)
    for thread in threads:
        thread.join(10)
    assert saves.count == 3
    assert len(failed) == 3
    assert "full" in failed[0]


def forget(service: str) -> None:
    """The state of a service in a region that no other test uses."""
    from moto.backends import get_backend

    get: Any = get_backend
    get(service)[ACCOUNT].pop(FAR, None)


def test_public_parameters_are_not_saved_and_are_there_again(tmp_path: Path) -> None:
    forget("ssm")
    first = LocalAws()
    ssm: Any = first.clients("ssm", FAR)
    public = ssm.get_parameter(Name=PUBLIC)["Parameter"]["Value"]
    ssm.put_parameter(Name="/own", Value="1", Type="String")
    ssm.put_parameter(Name="/own", Value="2", Type="String", Overwrite=True)
    save(tmp_path / "snapshot", first)
    assert (tmp_path / "snapshot").read_bytes().count(b"/aws/service/global-infrastructure") == 0
    forget("ssm")
    second = LocalAws()
    load(tmp_path / "snapshot", second)
    ssm = second.clients("ssm", FAR)
    assert ssm.get_parameter(Name=PUBLIC)["Parameter"]["Value"] == public
    own = ssm.get_parameter(Name="/own")["Parameter"]
    assert (own["Value"], own["Version"]) == ("2", 2)
    ssm.put_parameter(Name="/own", Value="3", Type="String", Overwrite=True)
    assert ssm.get_parameter(Name="/own")["Parameter"]["Version"] == 3
    forget("ssm")


def test_the_description_of_config_is_not_saved_and_is_there_again(tmp_path: Path) -> None:
    forget("config")
    first = LocalAws()
    recorder = {"name": "own", "roleARN": f"arn:aws:iam::{ACCOUNT}:role/own"}
    config: Any = first.clients("config", FAR)
    config.put_configuration_recorder(ConfigurationRecorder=recorder)
    assert save(tmp_path / "snapshot", first) > 0
    assert b"MaximumExecutionFrequency" not in (tmp_path / "snapshot").read_bytes()
    forget("config")
    second = LocalAws()
    load(tmp_path / "snapshot", second)
    config = second.clients("config", FAR)
    (found,) = config.describe_configuration_recorders()["ConfigurationRecorders"]
    assert found["name"] == "own"
    with pytest.raises(config.exceptions.ClientError, match=r"(?i)MaximumExecutionFrequency"):
        config.put_config_rule(
            ConfigRule={
                "ConfigRuleName": "own",
                "Source": {"Owner": "AWS", "SourceIdentifier": "IAM_PASSWORD_POLICY"},
                "MaximumExecutionFrequency": "Never",
            }
        )
    forget("config")


def test_service_models_are_read_as_botocore_reads_them() -> None:
    share_service_models()
    loader = get_session().get_component("data_loader")
    model = loader.load_service_model("sqs", "service-2")
    assert model["metadata"]["serviceId"] == "SQS"
    assert list(model)[:2] == ["version", "metadata"], "in the order of the file"
    assert loader.load_service_model("sqs", "paginators-1")["pagination"]
