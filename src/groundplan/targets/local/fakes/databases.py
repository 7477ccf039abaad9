"""What moto lacks of databases and caches: parameter groups and their reset, subnet groups that go, replicas."""

from __future__ import annotations

from typing import Any

from groundplan.targets.local.fakes.service import RefusedError, Request, faked

elasticache = faked("elasticache")
rds = faked("rds")


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


@rds.operation("ResetDBParameterGroup")
def reset_database_group(request: Request) -> dict[str, Any]:
    from moto.rds.models import rds_backends

    name = str(request.parameters["DBParameterGroupName"]).lower()
    group = rds_backends[request.account][request.region].db_parameter_groups.get(name)
    if group is None:
        raise RefusedError("DBParameterGroupNotFound", f"DBParameterGroup not found: {name}")
    given = request.parameters.get("Parameters") or []
    for key in [item["ParameterName"] for item in given] or list(group.parameters):
        group.parameters.pop(key, None)
    return {"DBParameterGroupName": name}


def _replication_group(request: Request) -> Any:
    from moto.elasticache.models import elasticache_backends

    name = request.parameters["ReplicationGroupId"]
    found = elasticache_backends[request.account][request.region].replication_groups.get(name)
    if found is None:
        raise RefusedError("ReplicationGroupNotFoundFault", f"Replication group {name} not found.")
    return found


def _set_replicas(request: Request, *, more: bool) -> dict[str, Any]:
    """The number of replicas of every node group; nodes have numbers, the highest go first."""
    group, wanted = _replication_group(request), request.parameters.get("NewReplicaCount")
    if wanted is None:
        raise RefusedError("InvalidParameterCombination", "NewReplicaCount must be specified.")
    most = 5
    if not 0 <= wanted <= most:
        raise RefusedError("InvalidParameterValue", f"Replicas per node group must be within 0 and {most}.")
    for nodes in group.node_groups:
        members = nodes["node_group_members"]
        present = len(members) - 1
        if wanted == present or (wanted > present) is not more:
            raise RefusedError(
                "InvalidParameterValue",
                f"The replica count must be {'greater' if more else 'less'} than the present one, {present}.",
            )
        if not more and wanted == 0 and group.automatic_failover == "enabled":
            raise RefusedError("InvalidParameterCombination", "Automatic failover needs at least one replica.")
        first = members[0]
        for number in range(present + 2, wanted + 2):
            identifier = f"{first['cache_cluster_id'].rpartition('-')[0]}-{number:03}"
            node = {**first, "cache_cluster_id": identifier}
            if "current_role" in first:
                node["current_role"] = "replica"
            if "read_endpoint" in first:
                domain = first["read_endpoint"]["address"].partition(".")[2]
                node["read_endpoint"] = {**first["read_endpoint"], "address": f"{identifier}.{domain}"}
            members.append(node)
        del members[wanted + 1 :]
    group.member_clusters = [node["cache_cluster_id"] for nodes in group.node_groups
                             for node in nodes["node_group_members"]]  # fmt: skip
    return {"ReplicationGroup": group}


@elasticache.operation("IncreaseReplicaCount")
def increase_replicas(request: Request) -> dict[str, Any]:
    return _set_replicas(request, more=True)


@elasticache.operation("DecreaseReplicaCount")
def decrease_replicas(request: Request) -> dict[str, Any]:
    return _set_replicas(request, more=False)


SLOTS = 16_384
"""Parts that Redis Cluster puts keys in. Source: https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/"""


def share_slots(shards: list[dict[str, Any]]) -> None:
    """Every slot on one shard, as many on each, as ElastiCache does where nobody says otherwise."""
    for number, shard in enumerate(shards):
        shard["slots"] = f"{SLOTS * number // len(shards)}-{SLOTS * (number + 1) // len(shards) - 1}"


@elasticache.operation("ModifyReplicationGroupShardConfiguration")
def modify_shards(request: Request) -> dict[str, Any]:
    """The number of shards of a group in cluster mode, each with as many nodes as the first.

    Source: https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ModifyReplicationGroupShardConfiguration.html
    """
    group, given = _replication_group(request), request.parameters
    wanted, present = given.get("NodeGroupCount"), len(group.node_groups)
    if group.cluster_mode != "enabled":
        raise RefusedError("InvalidReplicationGroupState", "The replication group is not in cluster mode.")
    if not wanted or wanted == present:
        raise RefusedError("InvalidParameterValue", f"The group has {present} node groups already.")
    removed = set(given.get("NodeGroupsToRemove") or ())
    if wanted < present and len(removed) != present - wanted:
        raise RefusedError("InvalidParameterCombination", "NodeGroupsToRemove must name the node groups that go.")
    group.node_groups = [nodes for nodes in group.node_groups if nodes["node_group_id"] not in removed]
    first = group.node_groups[0]
    for number in range(present + 1, wanted + 1):
        shard = f"{number:04}"
        prefix = f"{group.replication_group_id}-{shard}-"
        members = [
            {**node, "cache_cluster_id": prefix + node["cache_cluster_id"].rpartition("-")[2]}
            for node in first["node_group_members"]
        ]
        group.node_groups.append({**first, "node_group_id": shard, "node_group_members": members})
    share_slots(group.node_groups)
    group.member_clusters = [
        node["cache_cluster_id"] for nodes in group.node_groups for node in nodes["node_group_members"]
    ]
    return {"ReplicationGroup": group}
