"""Access analyzers, Security Hub's standards and settings, Config's conformance packs, which moto lacks."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from groundplan.targets.local.fakes.service import NOT_MINE, RefusedError, Request, faked

analyzers = faked("accessanalyzer", "access-analyzer")
hub = faked("securityhub")
config = faked("config")
guardduty = faked("guardduty")


@analyzers.operation("CreateAnalyzer")
def create_analyzer(request: Request) -> dict[str, Any]:
    given = request.parameters
    name = given["analyzerName"]
    request.free("analyzers", name, "ConflictException")
    arn = request.arn("access-analyzer", f"analyzer/{name}")
    rules = {rule["ruleName"]: rule for rule in given.get("archiveRules") or ()}
    request.table("analyzers")[name] = {
        "arn": arn, "name": name, "type": given["type"], "createdAt": datetime.now(UTC), "status": "ACTIVE",
        "tags": given.get("tags") or {}, "configuration": given.get("configuration"), "rules": rules,
    }  # fmt: skip
    return {"arn": arn}


def _shown(analyzer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in analyzer.items() if name != "rules" and value is not None}


@analyzers.operation("GetAnalyzer")
def get_analyzer(request: Request) -> dict[str, Any]:
    return {"analyzer": _shown(request.one("analyzers", request.parameters["analyzerName"]))}


@analyzers.operation("ListAnalyzers")
def list_analyzers(request: Request) -> dict[str, Any]:
    kind = request.parameters.get("type")
    return {"analyzers": [_shown(each) for each in request.table("analyzers").values() if kind in (None, each["type"])]}


@analyzers.operation("UpdateAnalyzer")
def update_analyzer(request: Request) -> dict[str, Any]:
    found = request.one("analyzers", request.parameters["analyzerName"])
    found["configuration"] = request.parameters.get("configuration")
    return {"configuration": found["configuration"]}


@analyzers.operation("DeleteAnalyzer")
def delete_analyzer(request: Request) -> dict[str, Any]:
    request.one("analyzers", request.parameters["analyzerName"])
    del request.table("analyzers")[request.parameters["analyzerName"]]
    return {}


@analyzers.operation("CreateArchiveRule")
def create_rule(request: Request) -> dict[str, Any]:
    rules = request.one("analyzers", request.parameters["analyzerName"])["rules"]
    rules[request.parameters["ruleName"]] = {name: request.parameters[name] for name in ("ruleName", "filter")}
    return {}


@analyzers.operation("DeleteArchiveRule")
def delete_rule(request: Request) -> dict[str, Any]:
    rules = request.one("analyzers", request.parameters["analyzerName"])["rules"]
    if rules.pop(request.parameters["ruleName"], None) is None:
        raise RefusedError("ResourceNotFoundException", f"Archive rule {request.parameters['ruleName']} does not exist")
    return {}


@analyzers.operation("ListArchiveRules")
def list_rules(request: Request) -> dict[str, Any]:
    rules = request.one("analyzers", request.parameters["analyzerName"])["rules"].values()
    now = datetime.now(UTC)
    return {"archiveRules": [{**rule, "createdAt": now, "updatedAt": now} for rule in rules]}


def _analyzer_of(request: Request) -> dict[str, Any]:
    return request.one("analyzers", str(request.parameters["resourceArn"]).rsplit("/", 1)[-1])


@analyzers.operation("TagResource")
def tag_analyzer(request: Request) -> dict[str, Any]:
    _analyzer_of(request)["tags"].update(request.parameters["tags"])
    return {}


@analyzers.operation("UntagResource")
def untag_analyzer(request: Request) -> dict[str, Any]:
    tags = _analyzer_of(request)["tags"]
    for key in request.parameters["tagKeys"]:
        tags.pop(key, None)
    return {}


def _hub(request: Request) -> Any:
    from moto.securityhub.models import securityhub_backends

    found = securityhub_backends[request.account][request.region]
    if not found.enabled:
        raise RefusedError("InvalidAccessException", f"Account {request.account} is not subscribed to AWS Security Hub")
    return found


@hub.operation("EnableSecurityHub")
def enable(request: Request) -> Any:
    request.table("settings").clear()
    for name, default in (("ControlFindingGenerator", "SECURITY_CONTROL"), ("AutoEnableControls", True)):
        request.table("settings")[name] = request.parameters.get(name, default)
    return NOT_MINE


@hub.operation("DescribeHub")
def describe_hub(request: Request) -> dict[str, Any]:
    found = _hub(request)
    arn = request.arn("securityhub", "hub/default")
    if request.parameters.get("HubArn", arn) != arn:
        raise RefusedError("ResourceNotFoundException", f"Hub {request.parameters['HubArn']} does not exist")
    return {"HubArn": arn, "SubscribedAt": found.enabled_at, **request.table("settings")}


@hub.operation("UpdateSecurityHubConfiguration")
def update_hub(request: Request) -> dict[str, Any]:
    _hub(request)
    request.table("settings").update(request.parameters)
    return {}


@hub.operation("TagResource")
def tag_hub(request: Request) -> dict[str, Any]:
    found = _hub(request)
    found.tags = {**found.tags, **request.parameters["Tags"]}
    return {}


@hub.operation("UntagResource")
def untag_hub(request: Request) -> dict[str, Any]:
    found = _hub(request)
    found.tags = {key: value for key, value in found.tags.items() if key not in request.parameters["TagKeys"]}
    return {}


@hub.operation("ListTagsForResource")
def list_hub_tags(request: Request) -> dict[str, Any]:
    return {"Tags": _hub(request).tags}


@hub.operation("BatchEnableStandards")
def enable_standards(request: Request) -> dict[str, Any]:
    _hub(request)
    made = []
    for item in request.parameters["StandardsSubscriptionRequests"]:
        name = item["StandardsArn"].split("::", 1)[-1].split("standards/")[-1].removeprefix("ruleset/")
        arn = request.arn("securityhub", f"subscription/{name}")
        request.table("standards")[arn] = {
            "StandardsSubscriptionArn": arn, "StandardsArn": item["StandardsArn"],
            "StandardsInput": item.get("StandardsInput") or {}, "StandardsStatus": "READY",
        }  # fmt: skip
        made.append(request.table("standards")[arn])
    return {"StandardsSubscriptions": made}


@hub.operation("GetEnabledStandards")
def enabled_standards(request: Request) -> dict[str, Any]:
    _hub(request)
    wanted = request.parameters.get("StandardsSubscriptionArns")
    found = [item for arn, item in request.table("standards").items() if not wanted or arn in wanted]
    return {"StandardsSubscriptions": found}


@hub.operation("BatchDisableStandards")
def disable_standards(request: Request) -> dict[str, Any]:
    _hub(request)
    gone = []
    for arn in request.parameters["StandardsSubscriptionArns"]:
        gone.append({**request.one("standards", arn), "StandardsStatus": "DELETING"})
        del request.table("standards")[arn]
    return {"StandardsSubscriptions": gone}


@config.operation("PutConformancePack")
def put_pack(request: Request) -> dict[str, Any]:
    name = request.parameters["ConformancePackName"]
    known = request.table("conformance packs").get(name, {})
    identifier = known.get("ConformancePackId") or f"conformance-pack-{uuid.uuid4().hex[:9]}"
    arn = request.arn("config", f"conformance-pack/{name}/{identifier}")
    request.table("conformance packs")[name] = {
        **{key: value for key, value in request.parameters.items() if key != "Tags"},
        "Tags": known.get("Tags") or {tag["Key"]: tag["Value"] for tag in request.parameters.get("Tags") or ()},
        "ConformancePackArn": arn, "ConformancePackId": identifier, "LastUpdateRequestedTime": datetime.now(UTC),
    }  # fmt: skip
    return {"ConformancePackArn": arn}


@config.operation("DescribeConformancePacks")
def describe_packs(request: Request) -> dict[str, Any]:
    names = request.parameters.get("ConformancePackNames")
    code = "NoSuchConformancePackException"
    found = [request.one("conformance packs", name, code) for name in names or request.table("conformance packs")]
    return {
        "ConformancePackDetails": [
            {name: value for name, value in item.items() if name not in ("TemplateBody", "TemplateS3Uri", "Tags")}
            for item in found
        ]
    }


@config.operation("DescribeConformancePackStatus")
def pack_status(request: Request) -> dict[str, Any]:
    shown = describe_packs(request)["ConformancePackDetails"]
    kept = ("ConformancePackName", "ConformancePackId", "ConformancePackArn", "LastUpdateRequestedTime")
    return {
        "ConformancePackStatusDetails": [
            {**{name: item[name] for name in kept}, "ConformancePackState": "CREATE_COMPLETE", "StackArn": ""}
            for item in shown
        ]
    }


@config.operation("DeleteConformancePack")
def delete_pack(request: Request) -> dict[str, Any]:
    name = request.parameters["ConformancePackName"]
    request.one("conformance packs", name, "NoSuchConformancePackException")
    del request.table("conformance packs")[name]
    return {}


def _pack_tags(request: Request) -> dict[str, str] | None:
    """Of a conformance pack, by its ARN. None: moto knows what it is."""
    arn = request.parameters["ResourceArn"]
    if ":conformance-pack/" not in arn:
        return None
    packs = request.table("conformance packs").values()
    found: dict[str, str] | None = next(
        (item.setdefault("Tags", {}) for item in packs if item["ConformancePackArn"] == arn), None
    )
    if found is None:
        raise RefusedError("ResourceNotFoundException", f"ResourceArn {arn} does not exist")
    return found


@config.operation("TagResource")
def tag_pack(request: Request) -> Any:
    tags = _pack_tags(request)
    if tags is None:
        return NOT_MINE
    tags.update({tag["Key"]: tag["Value"] for tag in request.parameters["Tags"]})
    return {}


@config.operation("UntagResource")
def untag_pack(request: Request) -> Any:
    tags = _pack_tags(request)
    if tags is None:
        return NOT_MINE
    for key in request.parameters["TagKeys"]:
        tags.pop(key, None)
    return {}


@config.operation("ListTagsForResource")
def list_pack_tags(request: Request) -> Any:
    tags = _pack_tags(request)
    return NOT_MINE if tags is None else {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}


def _detector(request: Request) -> Any:
    from moto.guardduty.models import guardduty_backends

    name = str(request.parameters["ResourceArn"]).partition(":detector/")[2]
    found = guardduty_backends[request.account][request.region].detectors.get(name)
    if found is None:
        raise RefusedError(
            "BadRequestException",
            "The request is rejected because the input resourceArn does not belong to the current account.",
        )
    return found


@guardduty.operation("TagResource")
def tag_detector(request: Request) -> dict[str, Any]:
    found = _detector(request)
    found.tags = {**(found.tags or {}), **request.parameters["Tags"]}
    return {}


@guardduty.operation("UntagResource")
def untag_detector(request: Request) -> dict[str, Any]:
    found = _detector(request)
    found.tags = {key: value for key, value in (found.tags or {}).items() if key not in request.parameters["TagKeys"]}
    return {}


@guardduty.operation("ListTagsForResource")
def list_detector_tags(request: Request) -> dict[str, Any]:
    return {"Tags": _detector(request).tags or {}}
