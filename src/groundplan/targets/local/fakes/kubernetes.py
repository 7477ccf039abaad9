"""What moto lacks of EKS: add-ons, pod identities, access entries, version updates."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from groundplan.targets.local.fakes.service import NOT_MINE, RefusedError, Request, faked

eks = faked("eks")


def _cluster(request: Request, parameter: str = "clusterName") -> Any:
    from moto.eks.models import eks_backends

    name = request.parameters[parameter]
    found = eks_backends[request.account][request.region].clusters.get(name)
    if found is None:
        raise RefusedError("ResourceNotFoundException", f"No cluster found for name: {name}.")
    return found


def _stamped(request: Request, table: str, key: str, arn: tuple[str, str], **more: Any) -> dict[str, Any]:
    """A new thing of a cluster. ``arn`` is its name in answers and the kind in the ARN."""
    request.free(table, key, "ResourceInUseException")
    now = datetime.now(UTC)
    kept = {name: value for name, value in request.parameters.items() if name != "clientRequestToken"}
    kind = arn[1]
    made: dict[str, Any] = {
        **kept, arn[0]: request.arn("eks", f"{kind}/{key}/{uuid.uuid4()}"), "createdAt": now, "modifiedAt": now, **more,
    }  # fmt: skip
    request.table(table)[key] = made
    return made


def _update(request: Request, kind: str, parameters: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """An update that is already done."""
    return {
        "id": str(uuid.uuid4()), "status": "Successful", "type": kind, "createdAt": datetime.now(UTC), "errors": [],
        "params": [{"type": name, "value": value} for name, value in parameters],
    }  # fmt: skip


@eks.operation("CreateAddon")
def create_addon(request: Request) -> dict[str, Any]:
    cluster, given = _cluster(request), request.parameters
    version = given.get("addonVersion") or f"v{cluster.version}.0-eksbuild.1"
    key = f"{given['clusterName']}/{given['addonName']}"
    made = _stamped(request, "addons", key, ("addonArn", "addon"), status="ACTIVE", addonVersion=version)
    made["health"] = {"issues": []}
    identities = [request.arn("eks", f"podidentityassociation/{given['clusterName']}/a-{uuid.uuid4().hex[:17]}")
                  for _ in given.get("podIdentityAssociations") or ()]  # fmt: skip
    made["podIdentityAssociations"] = identities
    return {"addon": made}


def _addon(request: Request) -> dict[str, Any]:
    _cluster(request)
    return request.one("addons", f"{request.parameters['clusterName']}/{request.parameters['addonName']}")


@eks.operation("DescribeAddon")
def describe_addon(request: Request) -> dict[str, Any]:
    return {"addon": _addon(request)}


@eks.operation("UpdateAddon")
def update_addon(request: Request) -> dict[str, Any]:
    found = _addon(request)
    for name in ("addonVersion", "configurationValues", "serviceAccountRoleArn"):
        if name in request.parameters:
            found[name] = request.parameters[name]
    found["modifiedAt"] = datetime.now(UTC)
    return {"update": _update(request, "AddonUpdate", [("AddonVersion", found["addonVersion"])])}


@eks.operation("ListAddons")
def list_addons(request: Request) -> dict[str, Any]:
    _cluster(request)
    wanted = request.parameters["clusterName"]
    return {"addons": [each["addonName"] for each in request.table("addons").values() if each["clusterName"] == wanted]}


@eks.operation("DeleteAddon")
def delete_addon(request: Request) -> dict[str, Any]:
    found = _addon(request)
    del request.table("addons")[f"{found['clusterName']}/{found['addonName']}"]
    return {"addon": {**found, "status": "DELETING"}}


@eks.operation("CreatePodIdentityAssociation")
def create_identity(request: Request) -> dict[str, Any]:
    _cluster(request)
    given = request.parameters
    for other in request.table("pod identities").values():
        if all(other[name] == given[name] for name in ("clusterName", "namespace", "serviceAccount")):
            raise RefusedError(
                "ResourceInUseException",
                f"Association already exists: {given['namespace']}/{given['serviceAccount']} in {given['clusterName']}",
            )
    key = f"a-{uuid.uuid4().hex[:17]}"
    now = datetime.now(UTC)
    made = {name: value for name, value in given.items() if name != "clientRequestToken"}
    made |= {
        "associationId": key,
        "associationArn": request.arn("eks", f"podidentityassociation/{given['clusterName']}/{key}"),
        "createdAt": now, "modifiedAt": now,
    }  # fmt: skip
    request.table("pod identities")[key] = made
    return {"association": made}


@eks.operation("DescribePodIdentityAssociation")
def describe_identity(request: Request) -> dict[str, Any]:
    _cluster(request)
    return {"association": request.one("pod identities", request.parameters["associationId"])}


@eks.operation("UpdatePodIdentityAssociation")
def update_identity(request: Request) -> dict[str, Any]:
    found = describe_identity(request)["association"]
    for name in ("roleArn", "targetRoleArn", "disableSessionTags", "policy"):
        if name in request.parameters:
            found[name] = request.parameters[name]
    found["modifiedAt"] = datetime.now(UTC)
    return {"association": found}


@eks.operation("ListPodIdentityAssociations")
def list_identities(request: Request) -> dict[str, Any]:
    _cluster(request)
    wanted = request.parameters["clusterName"]
    return {
        "associations": [each for each in request.table("pod identities").values() if each["clusterName"] == wanted]
    }


@eks.operation("DeletePodIdentityAssociation")
def delete_identity(request: Request) -> dict[str, Any]:
    found = describe_identity(request)["association"]
    del request.table("pod identities")[found["associationId"]]
    return {"association": found}


@eks.operation("CreateAccessEntry")
def create_entry(request: Request) -> dict[str, Any]:
    _cluster(request)
    given = request.parameters
    key = f"{given['clusterName']} {given['principalArn']}"
    made = _stamped(
        request, "access entries", key, ("accessEntryArn", "access-entry"), type=given.get("type") or "STANDARD",
        username=given.get("username") or given["principalArn"], policies={},
    )  # fmt: skip
    made["accessEntryArn"] = request.arn("eks", f"access-entry/{given['clusterName']}/{uuid.uuid4()}")
    return {"accessEntry": _shown_entry(made)}


def _entry(request: Request) -> dict[str, Any]:
    _cluster(request)
    return request.one("access entries", f"{request.parameters['clusterName']} {request.parameters['principalArn']}")


def _shown_entry(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name != "policies"}


@eks.operation("DescribeAccessEntry")
def describe_entry(request: Request) -> dict[str, Any]:
    return {"accessEntry": _shown_entry(_entry(request))}


@eks.operation("UpdateAccessEntry")
def update_entry(request: Request) -> dict[str, Any]:
    found = _entry(request)
    for name in ("kubernetesGroups", "username"):
        if name in request.parameters:
            found[name] = request.parameters[name]
    return {"accessEntry": _shown_entry(found)}


@eks.operation("ListAccessEntries")
def list_entries(request: Request) -> dict[str, Any]:
    _cluster(request)
    wanted = request.parameters["clusterName"]
    entries = request.table("access entries").values()
    return {"accessEntries": [each["principalArn"] for each in entries if each["clusterName"] == wanted]}


@eks.operation("DeleteAccessEntry")
def delete_entry(request: Request) -> dict[str, Any]:
    found = _entry(request)
    del request.table("access entries")[f"{found['clusterName']} {found['principalArn']}"]
    return {}


@eks.operation("AssociateAccessPolicy")
def associate_policy(request: Request) -> dict[str, Any]:
    found, now = _entry(request), datetime.now(UTC)
    made = {"policyArn": request.parameters["policyArn"], "accessScope": request.parameters["accessScope"],
            "associatedAt": now, "modifiedAt": now}  # fmt: skip
    found["policies"][made["policyArn"]] = made
    return {**request.parameters, "associatedAccessPolicy": made}


@eks.operation("DisassociateAccessPolicy")
def disassociate_policy(request: Request) -> dict[str, Any]:
    _entry(request)["policies"].pop(request.parameters["policyArn"], None)
    return {}


@eks.operation("ListAssociatedAccessPolicies")
def list_policies(request: Request) -> dict[str, Any]:
    given = {name: request.parameters[name] for name in ("clusterName", "principalArn")}
    return {**given, "associatedAccessPolicies": list(_entry(request)["policies"].values())}


@eks.operation("UpdateClusterVersion")
def update_cluster_version(request: Request) -> dict[str, Any]:
    cluster = _cluster(request, "name")
    old, new = (
        [int(part) for part in version.split(".")] for version in (cluster.version, request.parameters["version"])
    )
    if new != [old[0], old[1] + 1]:
        raise RefusedError(
            "InvalidParameterException",
            f"Unsupported Kubernetes minor version update from {cluster.version} to {request.parameters['version']}",
        )
    cluster.version = request.parameters["version"]
    return {"update": _update(request, "VersionUpdate", [("Version", cluster.version)])}


@eks.operation("UpdateNodegroupVersion")
def update_nodes_version(request: Request) -> dict[str, Any]:
    cluster = _cluster(request)
    group = cluster.nodegroups.get(request.parameters["nodegroupName"])
    if group is None:
        raise RefusedError(
            "ResourceNotFoundException", f"No node group found for name: {request.parameters['nodegroupName']}."
        )
    for name, attribute in (("version", "version"), ("releaseVersion", "release_version"),
                            ("launchTemplate", "launch_template")):  # fmt: skip
        if name in request.parameters:
            setattr(group, attribute, request.parameters[name])
    return {"update": _update(request, "VersionUpdate", [("Version", group.version)])}


def _tagged(request: Request) -> dict[str, str] | None:
    """The tags of what an ARN names; None for a cluster, which moto tags itself."""
    from moto.eks.models import eks_backends

    arn = request.parameters["resourceArn"]
    for table in ("addons", "access entries", "pod identities"):
        for item in request.table(table).values():
            if arn in (item.get("addonArn"), item.get("accessEntryArn"), item.get("associationArn")):
                tags: dict[str, str] = item.setdefault("tags", {})
                return tags
    for cluster in eks_backends[request.account][request.region].clusters.values():
        for group in cluster.nodegroups.values():
            if group.arn == arn:
                group.tags = dict(group.tags)
                kept: dict[str, str] = group.tags
                return kept
    return None


@eks.operation("TagResource")
def tag(request: Request) -> Any:
    tags = _tagged(request)
    if tags is None:
        return NOT_MINE
    tags.update(request.parameters["tags"])
    return {}


@eks.operation("UntagResource")
def untag(request: Request) -> Any:
    tags = _tagged(request)
    if tags is None:
        return NOT_MINE
    for key in request.parameters["tagKeys"]:
        tags.pop(key, None)
    return {}


@eks.operation("ListTagsForResource")
def list_tags(request: Request) -> Any:
    tags = _tagged(request)
    return NOT_MINE if tags is None else {"tags": tags}
