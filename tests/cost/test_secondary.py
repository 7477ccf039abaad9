"""Google Cloud on the bill: nothing there is priced, and nothing passes for free."""

from __future__ import annotations

from tests.engines.samples import google_architecture

from groundplan.blueprint.models import Usage
from groundplan.cost.estimate import estimate


def test_everything_on_google_cloud_is_unpriced_with_its_reason() -> None:
    found = estimate(google_architecture(), Usage(), None)
    google = {resource.address for resource in google_architecture() if resource.cloud == "google"}
    assert google
    reasons = {item.resource: item.why for item in found.unpriced if item.resource in google}
    assert reasons.keys() == google
    assert set(reasons.values()) == {"no price source for Google Cloud in the catalog"}
    assert not google & {line.resource for line in found.lines}
    assert not google & {item.resource for item in found.free}
