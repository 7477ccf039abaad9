"""What CloudFormation has no type for: SecureString parameters, the account's password policy, cost allocation tags."""

from __future__ import annotations

from collections.abc import Iterator

from tests.engines.parts.names import COPIES_KEY, COPIES_REGION, DATA_KEY

from groundplan.resources import Resource
from groundplan.resources.account import AccountPasswordPolicy, CostAllocationTag
from groundplan.resources.parameters import SecureParameter
from groundplan.resources.values import Ref


def account() -> Iterator[Resource]:
    """A parameter that is made, its copy, one for a person, and what the account has once."""
    yield SecureParameter(
        name="session-key",
        concern="services",
        parameter_name="/sample/production/session-key",
        description="Signs the sessions",
        kms_key=DATA_KEY,
        generate=40,
    )
    yield SecureParameter(
        name="session-key-copy",
        concern="services",
        region=COPIES_REGION,
        parameter_name="/sample/production-standby/session-key",
        description="Signs the sessions in the standby",
        kms_key=COPIES_KEY,
        source=Ref(SecureParameter, "session-key"),
    )
    yield SecureParameter(
        name="maps-key",
        concern="services",
        parameter_name="/sample/production/maps-key",
        description="Key of the maps; a person fills it in",
        kms_key=DATA_KEY,
        tags={"Name": "Sample-production-maps-key"},
    )
    yield AccountPasswordPolicy(
        name="main",
        concern="audit",
        minimum_password_length=14,
        password_reuse_prevention=24,
        max_password_age=90,
    )
    yield CostAllocationTag(name="project", concern="monitoring", tag_key="Project")
