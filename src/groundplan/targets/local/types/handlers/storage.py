"""S3 buckets: settings whose CloudFormation form differs from the API's."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from botocore import xform_name

from groundplan.targets.local.types.handler import Handler, ResourceState
from groundplan.targets.local.types.readback import differences
from groundplan.targets.local.types.registry import handles

_SETTINGS: Mapping[str, tuple[str, str, str, str]] = {
    "BucketEncryption": ("put_bucket_encryption", "ServerSideEncryptionConfiguration", "get_bucket_encryption",
                         "delete_bucket_encryption"),
    "LifecycleConfiguration": ("put_bucket_lifecycle_configuration", "LifecycleConfiguration",
                               "get_bucket_lifecycle_configuration", "delete_bucket_lifecycle"),
    "LoggingConfiguration": ("put_bucket_logging", "BucketLoggingStatus", "get_bucket_logging", ""),
    "NotificationConfiguration": ("put_bucket_notification_configuration", "NotificationConfiguration",
                                  "get_bucket_notification_configuration", ""),
    "WebsiteConfiguration": ("put_bucket_website", "WebsiteConfiguration", "get_bucket_website",
                             "delete_bucket_website"),
    "ObjectLockConfiguration": ("put_object_lock_configuration", "ObjectLockConfiguration",
                                "get_object_lock_configuration", ""),
}  # fmt: skip
"""The call, its argument, the call that reads back and the one that takes away."""

_MANY = {f"{kind}Configurations": f"{kind}Configuration"
         for kind in ("Inventory", "Metrics", "Analytics", "IntelligentTiering")}  # fmt: skip
"""Settings of which a bucket has many, each with an id, and the argument of their calls."""
_ACCESS = {
    "Private": "private", "PublicRead": "public-read", "PublicReadWrite": "public-read-write",
    "AuthenticatedRead": "authenticated-read", "LogDeliveryWrite": "log-delivery-write",
    "BucketOwnerRead": "bucket-owner-read", "BucketOwnerFullControl": "bucket-owner-full-control",
    "AwsExecRead": "aws-exec-read",
}  # fmt: skip


@handles("AWS::S3::Bucket")
class Bucket(Handler):
    handles = frozenset([*_SETTINGS, *_MANY, "AccessControl"])

    def create_arguments(self, properties: dict[str, Any]) -> dict[str, Any]:
        arguments: dict[str, Any] = {"Bucket": properties["BucketName"]}
        if self.surroundings.region != "us-east-1":
            arguments["CreateBucketConfiguration"] = {"LocationConstraint": self.surroundings.region}
        if "ObjectLockEnabled" in properties:
            arguments["ObjectLockEnabledForBucket"] = properties["ObjectLockEnabled"]
        return arguments

    def supports(self, name: str) -> bool:
        known = name in ("BucketName", "ObjectLockEnabled") or name in self.handles
        return known or any(name in part.properties for part in self.row.parts)

    def created(self, state: ResourceState) -> None:
        for name in sorted(_SETTINGS.keys() & state.properties.keys()):
            self._set(name, state)
        self._set_many(state, {}, _MANY)
        if "AccessControl" in state.properties:
            self._set_access(state)

    def updated(self, state: ResourceState, old: Mapping[str, Any], changed: Collection[str]) -> None:
        self._set_many(state, old, _MANY.keys() & set(changed))
        if "AccessControl" in changed:
            self._set_access(state)
        for name in sorted(_SETTINGS.keys() & set(changed)):
            _, argument, _, remove = _SETTINGS[name]
            if name in state.properties:
                self._set(name, state)
            elif remove:
                self.call(remove, {"Bucket": state.id})
            else:
                self.call(_SETTINGS[name][0], {"Bucket": state.id, argument: {}})

    def _set_access(self, state: ResourceState) -> None:
        written = state.properties.get("AccessControl", "Private")
        self.call("put_bucket_acl", {"Bucket": state.id, "ACL": _ACCESS[written]})

    def _set_many(self, state: ResourceState, old: Mapping[str, Any], names: Collection[str]) -> None:
        for name in sorted(names):
            argument = _MANY[name]
            operation = f"bucket_{xform_name(argument)}"
            wanted = {item["Id"]: _FORMS[name](item) for item in state.properties.get(name) or ()}
            for item in old.get(name) or ():
                if item["Id"] not in wanted:
                    self.call(f"delete_{operation}", {"Bucket": state.id, "Id": item["Id"]})
            for identifier, form in wanted.items():
                target = {"Bucket": state.id, "Id": identifier}
                asked = self.converted(f"put_{operation}", {**target, argument: form})
                self.send(f"put_{operation}", asked)
                shown = self.call(f"get_{operation}", target)[argument]
                self._raise_first(differences(asked[argument], shown, f"{name}.{identifier}"))

    def _set(self, name: str, state: ResourceState) -> None:
        put, argument, read, _ = _SETTINGS[name]
        asked = self.converted(put, {"Bucket": state.id, argument: _FORMS[name](state.properties[name])})
        self.send(put, asked)
        shown = self.call(read, {"Bucket": state.id})
        shown = shown.get(argument, shown)
        self._raise_first(differences(asked[argument], shown, name))


def _encryption(written: Mapping[str, Any]) -> dict[str, Any]:
    rules = []
    for rule in written["ServerSideEncryptionConfiguration"]:
        made = {"ApplyServerSideEncryptionByDefault": rule.get("ServerSideEncryptionByDefault")}
        if "BucketKeyEnabled" in rule:
            made["BucketKeyEnabled"] = rule["BucketKeyEnabled"]
        rules.append(made)
    return {"Rules": rules}


def _lifecycle(written: Mapping[str, Any]) -> dict[str, Any]:
    return {"Rules": [_lifecycle_rule(rule) for rule in written["Rules"]]}


def _lifecycle_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"ID": rule.get("Id"), "Status": rule["Status"], "Filter": _filter(rule)}
    expiration = {
        to: rule[name]
        for name, to in (("ExpirationInDays", "Days"), ("ExpirationDate", "Date"),
                         ("ExpiredObjectDeleteMarker", "ExpiredObjectDeleteMarker"))
        if name in rule
    }  # fmt: skip
    if expiration:
        made["Expiration"] = expiration
    transitions = [*(rule.get("Transitions") or ()), *([rule["Transition"]] if "Transition" in rule else ())]
    if transitions:
        made["Transitions"] = [
            {"StorageClass": item["StorageClass"],
             **({"Days": item["TransitionInDays"]} if "TransitionInDays" in item else {"Date": item["TransitionDate"]})}
            for item in transitions
        ]  # fmt: skip
    if "NoncurrentVersionExpiration" in rule:
        made["NoncurrentVersionExpiration"] = rule["NoncurrentVersionExpiration"]
    elif "NoncurrentVersionExpirationInDays" in rule:
        made["NoncurrentVersionExpiration"] = {"NoncurrentDays": rule["NoncurrentVersionExpirationInDays"]}
    older = [
        *(rule.get("NoncurrentVersionTransitions") or ()),
        *([rule["NoncurrentVersionTransition"]] if "NoncurrentVersionTransition" in rule else ()),
    ]
    newer = "NewerNoncurrentVersions"
    if older:
        made["NoncurrentVersionTransitions"] = [
            {"StorageClass": item["StorageClass"], "NoncurrentDays": item["TransitionInDays"],
             **({newer: item[newer]} if newer in item else {})}
            for item in older
        ]  # fmt: skip
    if "AbortIncompleteMultipartUpload" in rule:
        made["AbortIncompleteMultipartUpload"] = rule["AbortIncompleteMultipartUpload"]
    return {name: value for name, value in made.items() if value is not None}


def _filter(rule: Mapping[str, Any]) -> dict[str, Any]:
    conditions: list[dict[str, Any]] = [{"Prefix": rule["Prefix"]}] if rule.get("Prefix") else []
    conditions += [{"Tag": tag} for tag in rule.get("TagFilters") or ()]
    for name in ("ObjectSizeGreaterThan", "ObjectSizeLessThan"):
        if name in rule:
            conditions.append({name: rule[name]})
    if len(conditions) <= 1:
        return conditions[0] if conditions else {"Prefix": ""}
    joined: dict[str, Any] = {}
    for condition in conditions:
        for name, value in condition.items():
            if name == "Tag":
                joined.setdefault("Tags", []).append(value)
            else:
                joined[name] = value
    return {"And": joined}


def _logging(written: Mapping[str, Any]) -> dict[str, Any]:
    bucket = written.get("DestinationBucketName")
    if not bucket:
        return {}
    made = {"TargetBucket": bucket, "TargetPrefix": written.get("LogFilePrefix", "")}
    if "TargetObjectKeyFormat" in written:
        made["TargetObjectKeyFormat"] = written["TargetObjectKeyFormat"]
    return {"LoggingEnabled": made}


def _notifications(written: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, target, to, into in (
        ("LambdaConfigurations", "Function", "LambdaFunctionConfigurations", "LambdaFunctionArn"),
        ("QueueConfigurations", "Queue", "QueueConfigurations", "QueueArn"),
        ("TopicConfigurations", "Topic", "TopicConfigurations", "TopicArn"),
    ):
        for item in written.get(name) or ():
            entry: dict[str, Any] = {into: item[target], "Events": [item["Event"]]}
            rules = item.get("Filter", {}).get("S3Key", {}).get("Rules")
            if rules:
                entry["Filter"] = {"Key": {"FilterRules": rules}}
            made.setdefault(to, []).append(entry)
    if "EventBridgeConfiguration" in written:
        made["EventBridgeConfiguration"] = {}
    return made


def _website(written: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if "IndexDocument" in written:
        made["IndexDocument"] = {"Suffix": written["IndexDocument"]}
    if "ErrorDocument" in written:
        made["ErrorDocument"] = {"Key": written["ErrorDocument"]}
    if "RedirectAllRequestsTo" in written:
        made["RedirectAllRequestsTo"] = written["RedirectAllRequestsTo"]
    rules = [
        {**({"Condition": rule["RoutingRuleCondition"]} if "RoutingRuleCondition" in rule else {}),
         "Redirect": rule["RedirectRule"]}
        for rule in written.get("RoutingRules") or ()
    ]  # fmt: skip
    return {**made, "RoutingRules": rules} if rules else made


def _inventory(written: Mapping[str, Any]) -> dict[str, Any]:
    made = {
        "Id": written["Id"], "IsEnabled": written["Enabled"],
        "IncludedObjectVersions": written["IncludedObjectVersions"],
        "Schedule": {"Frequency": written["ScheduleFrequency"]},
        "Destination": {"S3BucketDestination": _destination(written["Destination"], "AccountId")},
    }  # fmt: skip
    if "Prefix" in written:
        made["Filter"] = {"Prefix": written["Prefix"]}
    if written.get("OptionalFields"):
        made["OptionalFields"] = written["OptionalFields"]
    return made


def _destination(written: Mapping[str, Any], account: str) -> dict[str, Any]:
    names = {"BucketArn": "Bucket", "BucketAccountId": account}
    return {names.get(name, name): value for name, value in written.items()}


def _metrics(written: Mapping[str, Any]) -> dict[str, Any]:
    found = _conditions(written, ("Prefix", "AccessPointArn"))
    return {"Id": written["Id"], **({"Filter": found} if found else {})}


def _analytics(written: Mapping[str, Any]) -> dict[str, Any]:
    analysis = dict(written["StorageClassAnalysis"])
    export = analysis.get("DataExport")
    if export:
        target = {"S3BucketDestination": _destination(export["Destination"], "BucketAccountId")}
        analysis["DataExport"] = {**export, "Destination": target}
    found = _conditions(written, ("Prefix",))
    return {"Id": written["Id"], "StorageClassAnalysis": analysis, **({"Filter": found} if found else {})}


def _tiering(written: Mapping[str, Any]) -> dict[str, Any]:
    found = _conditions(written, ("Prefix",))
    made = {name: written[name] for name in ("Id", "Status", "Tierings")}
    return {**made, **({"Filter": found} if found else {})}


def _conditions(written: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """One condition stands for itself; more are joined."""
    plain = {name: written[name] for name in names if name in written}
    tags = list(written.get("TagFilters") or ())
    if len(plain) + len(tags) > 1:
        return {"And": {**plain, **({"Tags": tags} if tags else {})}}
    return {"Tag": tags[0]} if tags else plain


_FORMS: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "WebsiteConfiguration": _website,
    "ObjectLockConfiguration": dict,
    "InventoryConfigurations": _inventory,
    "MetricsConfigurations": _metrics,
    "AnalyticsConfigurations": _analytics,
    "IntelligentTieringConfigurations": _tiering,
    "BucketEncryption": _encryption,
    "LifecycleConfiguration": _lifecycle,
    "LoggingConfiguration": _logging,
    "NotificationConfiguration": _notifications,
}
