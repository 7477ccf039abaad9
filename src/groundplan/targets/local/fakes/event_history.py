"""CloudTrail's event history, which moto lacks."""

from __future__ import annotations

from typing import Any

from groundplan.targets.local import trail
from groundplan.targets.local.fakes.service import RefusedError, Request, faked

cloudtrail = faked("cloudtrail")


@cloudtrail.operation("LookupEvents")
def lookup_events(request: Request) -> dict[str, Any]:
    """By the name of a resource; other attributes are refused rather than answered wrongly.

    Source: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
    """
    attributes = request.parameters.get("LookupAttributes") or []
    if [item["AttributeKey"] for item in attributes] != ["ResourceName"]:
        raise RefusedError("InvalidLookupAttributesException", "The local AWS looks up events by ResourceName only")
    found = trail.events(request.store.get(trail.EVENTS, []), attributes[0]["AttributeValue"])
    most = int(request.parameters.get("MaxResults") or 50)
    return {"Events": [event for event, _ in zip(found, range(most), strict=False)]}
