"""What moto lacks of S3 buckets: inventory, metrics, analytics, tiering, whole replication and lifecycle rules."""

from __future__ import annotations

from typing import Any

from groundplan.targets.local.fakes.service import NOT_MINE, RefusedError, Request, faked

s3 = faked("s3")


def _buckets(request: Request) -> Any:
    from moto.s3.models import s3_backends

    return s3_backends[request.account]["aws"].buckets


def _bucket(request: Request) -> str:
    name = str(request.parameters["Bucket"])
    if name not in _buckets(request):
        raise RefusedError("NoSuchBucket", "The specified bucket does not exist")
    return name


def _register(kind: str, plural: str) -> None:
    """The four operations of a configuration of which a bucket may have many, each with an id."""
    configuration = f"{kind}Configuration"

    def table(request: Request) -> dict[str, Any]:
        found: dict[str, Any] = request.table(configuration).setdefault(_bucket(request), {})
        return found

    def one(request: Request) -> dict[str, Any]:
        found: dict[str, Any] | None = table(request).get(request.parameters["Id"])
        if found is None:
            raise RefusedError("NoSuchConfiguration", "The specified configuration does not exist.")
        return found

    @s3.operation(f"PutBucket{configuration}")
    def put(request: Request) -> dict[str, Any]:
        table(request)[request.parameters["Id"]] = request.parameters[configuration]
        return {}

    @s3.operation(f"GetBucket{configuration}")
    def get(request: Request) -> dict[str, Any]:
        return {configuration: one(request)}

    @s3.operation(f"ListBucket{plural}")
    def list_them(request: Request) -> dict[str, Any]:
        return {"IsTruncated": False, f"{configuration}List": list(table(request).values())}

    @s3.operation(f"DeleteBucket{configuration}")
    def delete(request: Request) -> dict[str, Any]:
        one(request)
        del table(request)[request.parameters["Id"]]
        return {}

    _KINDS.append(configuration)


_KINDS: list[str] = []
_register("Inventory", "InventoryConfigurations")  # moto has it without versions and without deletion
_register("Metrics", "MetricsConfigurations")
_register("Analytics", "AnalyticsConfigurations")
_register("IntelligentTiering", "IntelligentTieringConfigurations")


@s3.operation("CreateBucket")
def create_bucket(request: Request) -> Any:
    """A new bucket has no configurations of an older one of its name."""
    if request.parameters["Bucket"] not in _buckets(request):
        for configuration in (*_KINDS, "Replication"):
            request.table(configuration).pop(request.parameters["Bucket"], None)
    return NOT_MINE


@s3.operation("PutBucketReplication")
def put_replication(request: Request) -> dict[str, Any]:
    """moto forgets filters, delete markers and all that a rule may further say.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-requirements.html
    """
    name, buckets = _bucket(request), _buckets(request)
    if buckets[name].versioning_status != "Enabled":
        raise RefusedError(
            "InvalidRequest", "Versioning must be 'Enabled' on the bucket to apply a replication configuration"
        )
    given = request.parameters["ReplicationConfiguration"]
    for number, rule in enumerate(given["Rules"]):
        target = rule["Destination"]
        if target.get("Account", request.account) == request.account:
            found = buckets.get(target["Bucket"].rpartition(":")[2])
            if found is None:
                raise RefusedError("InvalidRequest", "Destination bucket must exist.")
            if found.versioning_status != "Enabled":
                raise RefusedError("InvalidRequest", "Destination bucket must have versioning enabled.")
        rule.setdefault("ID", f"rule-{number + 1}")
    request.table("Replication")[name] = given
    return {}


@s3.operation("GetBucketReplication")
def get_replication(request: Request) -> dict[str, Any]:
    found = request.table("Replication").get(_bucket(request))
    if found is None:
        raise RefusedError("ReplicationConfigurationNotFoundError", "The replication configuration was not found")
    return {"ReplicationConfiguration": found}


@s3.operation("DeleteBucketReplication")
def delete_replication(request: Request) -> dict[str, Any]:
    request.table("Replication").pop(_bucket(request), None)
    return {}


@s3.operation("PutBucketLifecycleConfiguration")
def put_lifecycle(request: Request) -> dict[str, Any]:
    """moto checks the rules; it forgets how many newer versions to keep, and sizes in filters."""
    bucket = _buckets(request)[_bucket(request)]
    rules = (request.parameters.get("LifecycleConfiguration") or {}).get("Rules") or []
    for number, rule in enumerate(rules):
        rule.setdefault("ID", f"rule-{number + 1}")
    before = bucket.rules
    try:
        bucket.set_lifecycle([_as_xml(rule) for rule in rules])
    except Exception:
        bucket.rules = before
        raise
    bucket.written_rules = rules
    return {}


def _as_xml(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule under the names of the wire, which moto reads."""
    names = {"Transitions": "Transition", "NoncurrentVersionTransitions": "NoncurrentVersionTransition", "Tags": "Tag"}
    made = {names.get(name, name): value for name, value in rule.items()}
    if "Filter" in made:
        made["Filter"] = dict(made["Filter"] or {})
        if "And" in made["Filter"]:
            made["Filter"]["And"] = {names.get(name, name): each for name, each in made["Filter"]["And"].items()}
    return made


@s3.operation("GetBucketLifecycleConfiguration")
def get_lifecycle(request: Request) -> Any:
    bucket = _buckets(request)[_bucket(request)]
    if not bucket.rules:
        return NOT_MINE
    return {"Rules": bucket.written_rules, "TransitionDefaultMinimumObjectSize": "all_storage_classes_128K"}
