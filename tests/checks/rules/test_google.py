"""Google Cloud: a fault that each rule finds, and a neighbour that it leaves alone."""

from __future__ import annotations

import pytest
from tests.checks.planting import Bad, Good, add, identify
from tests.engines.samples import google_architecture

from groundplan.checks.rules.security.google_everybody import GoogleEverybody
from groundplan.resources.google.access import GoogleAccess
from groundplan.resources.google.run import GoogleRunService
from groundplan.resources.google.storage import GoogleBucket
from groundplan.resources.values import Ref

BUCKET = GoogleBucket(name="copies", concern="storage", bucket_name="sample-copies", location="us-east4")


def bucket(**fields: object) -> GoogleBucket:
    return GoogleBucket(**{**vars(BUCKET), **fields})


def access(member: str) -> GoogleAccess:
    role = "roles/storage.objectViewer"
    return GoogleAccess(name="copies", concern="storage", target=BUCKET.ref, role=role, member=member)


BAD = (
    Bad(
        "GP-SEC-080",
        add(bucket(public_access_prevention="inherited")),
        "google_bucket.copies",
        ("public_access_prevention inherited; enforced is right",),
    ),
    Bad(
        "GP-SEC-080",
        add(bucket(uniform_bucket_level_access=False)),
        "google_bucket.copies",
        ("uniform_bucket_level_access false",),
    ),
    Bad(
        "GP-SEC-081",
        add(BUCKET, access("allAuthenticatedUsers")),
        "google_access.copies",
        ("lets allAuthenticatedUsers use google_bucket.copies",),
    ),
)
GOOD = (
    Good("GP-SEC-080", add(BUCKET)),
    Good("GP-SEC-081", add(BUCKET, access("serviceAccount:api@sample.iam.gserviceaccount.com"))),
)


@pytest.mark.parametrize("case", BAD, ids=identify)
def test_finds_the_fault(case: Bad) -> None:
    case.check()


@pytest.mark.parametrize("case", GOOD, ids=identify)
def test_leaves_the_neighbour_alone(case: Good) -> None:
    case.check()


def test_everybody_may_call_a_service_that_is_public_and_no_other() -> None:
    architecture = google_architecture()
    assert list(GoogleEverybody().check(architecture)) == []
    inside = architecture.changed(
        architecture[Ref(GoogleRunService, "api")], ingress="INGRESS_TRAFFIC_INTERNAL_ONLY"
    )  # fmt: skip
    (found,) = GoogleEverybody().check(inside)
    assert found.resource == "google_access.api_public"
    assert "google_run_service.api, which is not public" in found.message
