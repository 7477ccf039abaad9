"""Moving what was designed alone to where it stands beside the primary."""

from __future__ import annotations

from groundplan.design.regions import in_standby, of_primary
from groundplan.design.standby.relocation import Relocation
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.dns import DnsRecord
from groundplan.resources.edge import LoadBalancer
from groundplan.resources.policies import InlinePolicy, PolicyDocument, Statement, service_trust
from groundplan.resources.security import Key, Role, Secret
from groundplan.resources.storage import Bucket
from groundplan.resources.values import Pseudo, Ref, SecretValue, Text, text

MOVE = Relocation("us-west-2", "us-east-1")
BUCKET, KEY, PASSWORD = Ref(Bucket, "media"), Ref(Key, "main"), Ref(Secret, "password")


def test_names_and_regions() -> None:
    own, global_, home = MOVE.resources(
        [
            Secret(name="token", concern="services", secret_name="s", description="d"),
            Secret(name="token", key="a", concern="services", region="eu-west-1", secret_name="s", description="d"),
            Secret(name="certificate", concern="services", region="us-east-1", secret_name="s", description="d"),
        ]
    )
    assert (own.address, own.region) == ("secret.standby_token", "us-west-2")
    assert (global_.address, global_.region) == ("secret.standby_token[a]", "eu-west-1")
    assert home.region is None  # where the environment itself is


def test_references_to_its_own_and_to_the_primarys() -> None:
    replica = DatabaseInstance(
        name="main", concern="databases", identifier="i", instance_class="c", security_groups=(),
        source=of_primary(Ref(DatabaseInstance, "main")), kms_key=KEY, depends_on=(of_primary(PASSWORD), PASSWORD),
    )  # fmt: skip
    (moved,) = MOVE.resources([replica])
    assert isinstance(moved, DatabaseInstance)
    assert moved.source == Ref(DatabaseInstance, "main")
    assert moved.kms_key == in_standby(KEY) == Ref(Key, "standby_main")
    assert moved.depends_on == (PASSWORD, in_standby(PASSWORD))


def test_values_inside_of_records_and_texts() -> None:
    statement = Statement(
        sid="S",
        actions=("s3:GetObject",),
        resources=(text(BUCKET.arn, "/*"), text("arn:aws:logs:", Pseudo.REGION, ":", Pseudo.ACCOUNT_ID, ":x")),
    )
    role = Role(
        name="api", concern="services", role_name="r", description="d", trust=service_trust("ecs.amazonaws.com"),
        inline_policies=(InlinePolicy("p", PolicyDocument((statement,))),),
    )  # fmt: skip
    (moved,) = MOVE.resources([role])
    assert isinstance(moved, Role)
    (found,) = moved.inline_policies[0].document.statements
    assert found.resources == (
        Text((in_standby(BUCKET).arn, "/*")),
        Text(("arn:aws:logs:us-west-2:", Pseudo.ACCOUNT_ID, ":x")),
    )
    assert moved.trust is role.trust  # what does not change stays the same object


def test_texts_without_anything_dynamic_left_are_plain() -> None:
    assert MOVE.textual(text("logs.", Pseudo.REGION, ".amazonaws.com")) == "logs.us-west-2.amazonaws.com"
    assert MOVE.textual(Pseudo.REGION) == "us-west-2"
    value = SecretValue(of_primary(PASSWORD), "password", "us-west-2")
    assert MOVE.textual(value) == SecretValue(PASSWORD, "password", "us-west-2")


def test_records_of_the_zone_keep_what_is_the_primarys() -> None:
    record = DnsRecord(
        name="api", concern="edge", hosted_zone_id="Z1", record_name="api.shop.com", record_type="A",
        target=Ref(LoadBalancer, "main"),
    )  # fmt: skip
    (moved,) = MOVE.resources([record])
    assert isinstance(moved, DnsRecord)
    assert moved.target == Ref(LoadBalancer, "standby_main")
    assert moved.hosted_zone_id == "Z1"
