"""ElastiCache parameter groups, and the deletion of its subnet groups, which moto lacks."""

from __future__ import annotations

from typing import Any

from groundplan.targets.local.fakes.service import RefusedError, Request, faked

elasticache = faked("elasticache")


def _group(request: Request) -> dict[str, Any]:
    name = request.parameters["CacheParameterGroupName"]
    found: dict[str, Any] | None = request.table("parameter groups").get(name)
    if found is None:
        raise RefusedError("CacheParameterGroupNotFound", f"CacheParameterGroup not found: {name}")
    return found


def _shown(group: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in group.items() if key != "values"}


@elasticache.operation("CreateCacheParameterGroup")
def create_group(request: Request) -> dict[str, Any]:
    given = request.parameters
    name = given["CacheParameterGroupName"]
    if name in request.table("parameter groups"):
        raise RefusedError("CacheParameterGroupAlreadyExists", f"Cache parameter group {name} already exists")
    group = request.table("parameter groups")[name] = {
        "CacheParameterGroupName": name,
        "CacheParameterGroupFamily": given["CacheParameterGroupFamily"],
        "Description": given["Description"],
        "IsGlobal": False,
        "ARN": f"arn:aws:elasticache:{request.region}:{request.account}:parametergroup:{name}",
        "values": {},
    }
    return {"CacheParameterGroup": _shown(group)}


@elasticache.operation("ModifyCacheParameterGroup")
def modify_group(request: Request) -> dict[str, Any]:
    group = _group(request)
    for item in request.parameters["ParameterNameValues"]:
        group["values"][item["ParameterName"]] = item["ParameterValue"]
    return {"CacheParameterGroupName": group["CacheParameterGroupName"]}


@elasticache.operation("ResetCacheParameterGroup")
def reset_group(request: Request) -> dict[str, Any]:
    group = _group(request)
    names = [item["ParameterName"] for item in request.parameters.get("ParameterNameValues") or ()]
    for name in list(group["values"]) if request.parameters.get("ResetAllParameters") else names:
        group["values"].pop(name, None)
    return {"CacheParameterGroupName": group["CacheParameterGroupName"]}


@elasticache.operation("DescribeCacheParameterGroups")
def describe_groups(request: Request) -> dict[str, Any]:
    if request.parameters.get("CacheParameterGroupName"):
        return {"CacheParameterGroups": [_shown(_group(request))]}
    return {"CacheParameterGroups": [_shown(group) for group in request.table("parameter groups").values()]}


@elasticache.operation("DescribeCacheParameters")
def describe_parameters(request: Request) -> dict[str, Any]:
    values = _group(request)["values"]
    return {
        "Parameters": [
            {"ParameterName": name, "ParameterValue": value, "Source": "user"} for name, value in values.items()
        ]
    }


@elasticache.operation("DeleteCacheParameterGroup")
def delete_group(request: Request) -> dict[str, Any]:
    request.table("parameter groups").pop(_group(request)["CacheParameterGroupName"])
    return {}


@elasticache.operation("DeleteCacheSubnetGroup")
def delete_subnet_group(request: Request) -> dict[str, Any]:
    from moto.elasticache.models import elasticache_backends

    name = request.parameters["CacheSubnetGroupName"]
    backend = elasticache_backends[request.account][request.region]
    if name not in backend.cache_subnet_groups:
        raise RefusedError("CacheSubnetGroupNotFoundFault", f"CacheSubnetGroup not found: {name}")
    used = [group for group in backend.replication_groups.values() if group.cache_subnet_group_name == name]
    if used:
        raise RefusedError(
            "CacheSubnetGroupInUse", f"Cache subnet group {name} is currently in use by a cache cluster."
        )
    backend.cache_subnet_groups.pop(name)
    return {}
