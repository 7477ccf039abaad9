"""What `drift --restore` would do: what may lose data is refused, and what RDS changes in place is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from tests.design.blueprints import designed

from groundplan.engines import cloudformation
from groundplan.operations.drift import Drift
from groundplan.operations.drift_restore import TakingBack, prepare
from groundplan.targets.connection import Connection

REGION = "eu-central-1"


@dataclass
class CloudFormation:
    """Works out one change, to the database instance, for every change set."""

    change: Mapping[str, Any]

    def describe_stacks(self, **asked: Any) -> Mapping[str, Any]:
        return {"Stacks": [{"StackName": asked["StackName"], "StackStatus": "CREATE_COMPLETE"}]}

    def create_change_set(self, **asked: Any) -> Mapping[str, str]:
        assert asked["DeploymentMode"] == "REVERT_DRIFT"
        return {"Id": "arn:change-set"}

    def describe_change_set(self, **asked: Any) -> Mapping[str, Any]:
        return {"Status": "CREATE_COMPLETE", "Changes": [{"Type": "Resource", "ResourceChange": self.change}]}


def taking_back(*properties: str, action: str = "Modify", replacement: str = "Conditional") -> TakingBack:
    """What is to be done for a database instance of which these properties were changed by hand."""
    architecture = designed(
        "project: shop\nregion: eu-central-1\nprofile: poc\n"
        "databases: {main: {engine: postgres 16, class: db.t4g.micro, storage: 20 GB}}\n"
    )
    rendering = cloudformation.render(architecture)
    place = next(
        place
        for resource in architecture
        if resource.address == "database_instance.main"
        for place in rendering.locations[resource.ref]
        if place.type == "AWS::RDS::DBInstance"
    )
    recreation = {"Conditional": "Conditionally", "True": "Always"}.get(replacement, "Never")
    details = [
        {"Target": {"Attribute": "Properties", "Name": name, "RequiresRecreation": recreation}} for name in properties
    ]
    api = CloudFormation(
        {
            "Action": action, "LogicalResourceId": place.logical_id, "ResourceType": place.type,
            "Replacement": replacement, "Details": details,
        }
    )  # fmt: skip
    drift = Drift(
        "database_instance.main", place.type, "modified", properties[0], "a", "b", "id", REGION,
        f"{place.stack}/{place.logical_id}",
    )  # fmt: skip
    [found] = prepare(Connection("aws", {}, {("cloudformation", REGION): api}), architecture, rendering, [drift])
    return found


@pytest.mark.parametrize(
    ("properties", "told"),
    [(("MultiAZ",), "MultiAZ"), (("StorageType", "BackupRetentionPeriod"), "BackupRetentionPeriod, StorageType")],
)
def test_what_rds_changes_in_place_is_taken_back(properties: tuple[str, ...], told: str) -> None:
    """A change set calls it conditional; a plan calls it an update, and so does this."""
    found = taking_back(*properties)
    assert found.refused == ()
    assert found.changes == (f"database_instance.main: {told} as deployed",)


@pytest.mark.parametrize(
    ("properties", "replacement", "refused"),
    [
        (("AvailabilityZone",), "Conditional", "may be replaced"),
        (("MultiAZ", "AvailabilityZone"), "Conditional", "may be replaced"),
        (("Engine",), "True", "would be replaced"),
    ],
)
def test_what_may_cost_the_data_is_refused(properties: tuple[str, ...], replacement: str, refused: str) -> None:
    found = taking_back(*properties, replacement=replacement)
    assert found.refused == (f"database_instance.main: {refused}, with its data",)
    assert found.changes == (f"database_instance.main: replaced, for {', '.join(sorted(properties))}",)


def test_what_is_deleted_with_its_data_is_refused() -> None:
    found = taking_back("Port", action="Remove", replacement="")
    assert found.refused == ("database_instance.main: would be deleted, with its data",)
    assert found.changes == ("database_instance.main: deleted",)
