"""An environment that gets a standby in another region: deployed over what is there, read back there, destroyed."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.cli.commands import Command, Write
from tests.operations.running import REGION, Aws

from groundplan.errors import ExitCode

THERE = "ap-southeast-1"

STANDBY = f"""
environments:
  production:
    standby: {{region: {THERE}, overlay: {{network: {{cidr: 10.1.0.0/16}}}}}}
"""


LOST = {"StandbyMainDatabaseInstance", "StandbyMainUrlSecret"}
"""What a standby holds, apart from keys."""


def blueprint(project: str) -> str:
    """What is copied: a database, objects, images, secrets."""
    return f"""\
project: {project}
region: {REGION}
profile: poc
keys: customer
network: {{zones: [a, b], nat: none}}
services:
  worker: {{image: {{repository: worker, tag: "1"}}, size: {{cpu: 256, memory: 512}}, needs: [main, media],
           secrets: {{TOKEN: token}}}}
databases: {{main: {{engine: postgres 16, class: db.t4g.micro, backups: 1d, final_snapshot: false}}}}
buckets: {{media: {{versioning: true, encryption: kms, keep: false}}}}
secrets: {{token: {{generate: 40}}}}
secret_recovery: 0d
"""


def test_a_standby_beside_what_is_there(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    write(blueprint(project))
    assert groundplan("deploy").code == ExitCode.FINE
    before = _value(aws, f"{project}/production/token")
    write(blueprint(project) + STANDBY)
    planned = {
        change["resource"]: change["action"] for change in groundplan("plan", "--format", "json").json["changes"]
    }
    assert planned["secret.token"] == planned["secret.main_password"] == planned["bucket.media"] == "update"
    assert planned["database_instance.standby_main"] == planned["registry_replication.standby"] == "create"
    assert "database_instance.main" not in planned
    deployed = groundplan("deploy", "--format", "json")
    assert deployed.code == ExitCode.FINE, deployed.err
    assert groundplan("plan", "--format", "json").json["changes"] == []

    _check_database(aws, project)
    assert _value(aws, f"{project}/production/token", THERE) == before
    _check_task(aws, project)
    _check_images(aws, project)
    (rule,) = aws.s3.get_bucket_replication(Bucket=f"{project}-media-production")["ReplicationConfiguration"]["Rules"]
    assert rule["Destination"]["Bucket"] == f"arn:aws:s3:::{project}-media-production-standby"
    told = deployed.json["outputs"]
    assert told["standby_main_address"].endswith(f".{THERE}.rds.amazonaws.com")

    write(blueprint(project))
    refused = groundplan("deploy")
    assert refused.code == ExitCode.BAD_INPUT
    assert _databases(aws, project, THERE), "nothing was touched"
    lost = re.findall(r"--allow-replace (\w+)", refused.err)
    assert {name for name in lost if "Key" not in name} == LOST
    options = [word for name in lost for word in ("--allow-replace", name)]
    assert groundplan("deploy", *options).code == ExitCode.FINE
    assert aws.stacks(project, THERE) == {}
    assert not _databases(aws, project, THERE)
    assert _value(aws, f"{project}/production/token") == before

    gone = groundplan("destroy", "-y", "--delete-data")
    assert gone.code == ExitCode.FINE, gone.err
    for region in (REGION, THERE):
        assert aws.stacks(project, region) == {}
        assert not _databases(aws, project, region)
        names = [item["Name"] for item in aws.client("secretsmanager", region).list_secrets()["SecretList"]]
        assert not [name for name in names if name.startswith(project)]
    assert aws.client("ecr").describe_registry()["replicationConfiguration"]["rules"] == []


def _value(aws: Aws, name: str, region: str = REGION) -> str:
    value: str = aws.client("secretsmanager", region).get_secret_value(SecretId=name)["SecretString"]
    return value


def _databases(aws: Aws, project: str, region: str) -> list[dict[str, object]]:
    found = aws.client("rds", region).describe_db_instances()["DBInstances"]
    return [item for item in found if item["DBInstanceIdentifier"].startswith(f"{project}-")]


def _check_database(aws: Aws, project: str) -> None:
    (primary,), (replica,) = (_databases(aws, project, region) for region in (REGION, THERE))
    assert replica["ReadReplicaSourceDBInstanceIdentifier"] == primary["DBInstanceArn"]
    assert primary["ReadReplicaDBInstanceIdentifiers"] == [replica["DBInstanceArn"]]
    assert str(replica["KmsKeyId"]).split(":")[3] == THERE
    assert replica["DBSubnetGroup"]["DBSubnetGroupName"] == f"{project}-production-standby-main"  # type: ignore[index]
    login = json.loads(_value(aws, f"{project}/production/main_password"))
    url = _value(aws, f"{project}/production-standby/main_url", THERE)
    host = replica["Endpoint"]["Address"]  # type: ignore[index]
    assert url == f"postgresql://{login['username']}:{login['password']}@{host}:5432/{project}?sslmode=require"


def _check_task(aws: Aws, project: str) -> None:
    ecs, secrets = aws.client("ecs", THERE), aws.client("secretsmanager", THERE)
    task = ecs.describe_task_definition(taskDefinition=f"{project}-production-standby-worker")["taskDefinition"]
    (container,) = task["containerDefinitions"]
    known = {item["name"]: item["valueFrom"] for item in container["secrets"]}
    token = secrets.describe_secret(SecretId=known["TOKEN"])
    assert (token["Name"], token["PrimaryRegion"]) == (f"{project}/production/token", REGION)
    assert container["environment"][0] == {"name": "MEDIA_BUCKET", "value": f"{project}-media-production-standby"}
    assert f".ecr.{THERE}.amazonaws.com/{project}-production-worker:1" in container["image"]


def _check_images(aws: Aws, project: str) -> None:
    manifest = {"schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json"}
    name = f"{project}-production-worker"
    aws.client("ecr").put_image(repositoryName=name, imageManifest=json.dumps(manifest), imageTag="1")
    (image,) = aws.client("ecr", THERE).describe_images(repositoryName=name)["imageDetails"]
    assert image["imageTags"] == ["1"]
    # AWS deletes no repository that has images: whoever takes the standby away takes them away first.
    aws.client("ecr", THERE).batch_delete_image(repositoryName=name, imageIds=[{"imageTag": "1"}])


ON_EKS = """\
project: {project}
region: us-east-1
profile: development
platform: eks
network: {{cidr: 10.0.0.0/16, nat: single, endpoints: []}}
kubernetes: {{nodes: {{general: {{instances: [t3.small]}}}}, monitoring: false}}
services: {{api: {{image: {{repository: api, tag: "1"}}, port: 8000}}}}
alarms: null
environments:
  production:
    short_name: prod
    standby: {{region: us-west-2, overlay: {{network: {{cidr: 10.1.0.0/16}}}}}}
"""


def test_its_cluster_is_filled_by_itself(groundplan: Command, write: Write, project: str, folder: Path) -> None:
    on_eks = ON_EKS.format(project=project)
    write(on_eks)
    told = groundplan("kubernetes", "status", "--standby", "--format", "json").json
    assert told["environment"] == "production-standby"
    assert "api_repository" in told["missing"]
    groundplan("render", "--engine", "kubernetes", "--out", folder / "out")
    assert groundplan("deploy").code == ExitCode.FINE
    filled = groundplan("kubernetes", "fill", "--standby", "--out", folder / "out")
    assert filled.code == ExitCode.FINE, filled.err
    values = (folder / "out/overlays/production-standby/deployed.env").read_text()
    assert f"api_repository=123456789012.dkr.ecr.us-west-2.amazonaws.com/{project}-prod-api" in values
    assert groundplan("destroy", "-y", "--delete-data").code == ExitCode.FINE

    write(on_eks.partition("environments:")[0])
    refused = groundplan("kubernetes", "status", "--standby")
    assert refused.code == ExitCode.BAD_INPUT
    assert "production has no standby; write standby: {region: ...}" in refused.err
