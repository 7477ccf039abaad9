"""GP-SEC-081."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.google.access import GoogleAccess
from groundplan.resources.google.run import GoogleRunService

EVERYBODY = ("allUsers", "allAuthenticatedUsers")


class GoogleEverybody(Rule):
    id = "GP-SEC-081"
    title = "On Google Cloud everybody has rights only to services that are public"
    severity = "error"
    why = "allAuthenticatedUsers is anyone with any Google account, so that both members open what they are written at."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="google_*_iam_member: member of a service account",
        cloudformation="nothing: CloudFormation makes nothing on Google Cloud",
    )
    source = "https://cloud.google.com/iam/docs/principals-overview#all-users"
    references = References(pillar="Security", checkov=("CKV_GCP_28", "CKV_GCP_102"))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for access in architecture.of(GoogleAccess):
            if access.member not in EVERYBODY:
                continue
            target = architecture[access.target]
            if not isinstance(target, GoogleRunService):
                yield self.violation(access, f"lets {access.member} use {target.address}, which is nothing public")
            elif target.ingress == "INGRESS_TRAFFIC_INTERNAL_ONLY":
                yield self.violation(access, f"lets {access.member} call {target.address}, which is not public")
