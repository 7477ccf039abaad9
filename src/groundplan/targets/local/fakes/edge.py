"""CloudFront's policies for caches, origin requests and response headers, which moto lacks."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from groundplan.targets.local.fakes.service import RefusedError, Request, faked

cloudfront = faked("cloudfront", without_region=True)


def _register(kind: str, listing: str) -> None:
    """The five operations of one kind of policy. ``listing`` is the plural in the name of the listing operation."""
    policy, config = f"{kind}Policy", f"{kind}PolicyConfig"

    def one(request: Request) -> dict[str, Any]:
        return request.one(policy, str(request.parameters["Id"]), f"NoSuch{policy}")

    def answer(found: dict[str, Any]) -> dict[str, Any]:
        shown = {name: value for name, value in found.items() if name != "ETag"}
        return {policy: shown, "ETag": found["ETag"]}

    def store(request: Request, identifier: str) -> dict[str, Any]:
        name = request.parameters[config]["Name"]
        for other in request.table(policy).values():
            if other["Id"] != identifier and other[config]["Name"] == name:
                raise RefusedError(f"{policy}AlreadyExists", f"A policy with the name {name} already exists.")
        found = request.table(policy)[identifier] = {
            "Id": identifier, "LastModifiedTime": datetime.now(UTC), config: request.parameters[config],
            "ETag": f"E{uuid.uuid4().hex[:13].upper()}",
        }  # fmt: skip
        return answer(found)

    def check(request: Request) -> dict[str, Any]:
        found = one(request)
        if request.parameters.get("IfMatch") != found["ETag"]:
            raise RefusedError("PreconditionFailed", "The request failed because it didn't meet the preconditions.")
        return found

    @cloudfront.operation(f"Create{policy}")
    def create(request: Request) -> dict[str, Any]:
        return store(request, str(uuid.uuid4()))

    @cloudfront.operation(f"Get{policy}")
    def get(request: Request) -> dict[str, Any]:
        return answer(one(request))

    @cloudfront.operation(f"Update{policy}")
    def update(request: Request) -> dict[str, Any]:
        return store(request, check(request)["Id"])

    @cloudfront.operation(f"List{listing}")
    def list_them(request: Request) -> dict[str, Any]:
        items = [{"Type": "custom", policy: answer(found)[policy]} for found in request.table(policy).values()]
        return {f"{policy}List": {"MaxItems": 100, "Quantity": len(items), "Items": items}}

    @cloudfront.operation(f"Delete{policy}")
    def delete(request: Request) -> dict[str, Any]:
        del request.table(policy)[check(request)["Id"]]
        return {}


_register("Cache", "CachePolicies")
_register("OriginRequest", "OriginRequestPolicies")
_register("ResponseHeaders", "ResponseHeadersPolicies")
