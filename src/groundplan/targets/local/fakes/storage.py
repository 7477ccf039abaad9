"""What moto lacks of S3 buckets: inventory, metrics, analytics and intelligent tiering configurations."""

from __future__ import annotations

from typing import Any

from groundplan.targets.local.fakes.service import NOT_MINE, RefusedError, Request, faked

s3 = faked("s3")


def _bucket(request: Request) -> str:
    from moto.s3.models import s3_backends

    name = str(request.parameters["Bucket"])
    if name not in s3_backends[request.account]["aws"].buckets:
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
    from moto.s3.models import s3_backends

    if request.parameters["Bucket"] not in s3_backends[request.account]["aws"].buckets:
        for configuration in _KINDS:
            request.table(configuration).pop(request.parameters["Bucket"], None)
    return NOT_MINE
