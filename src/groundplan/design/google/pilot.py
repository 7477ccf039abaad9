"""What the steps of the pilot light share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from groundplan.blueprint.recovery import Google
from groundplan.blueprint.services import Service
from groundplan.blueprint.workloads import Need
from groundplan.catalog import google as catalog
from groundplan.catalog import names
from groundplan.design.draft import Draft, identifier, shortened
from groundplan.resources.architecture import Input
from groundplan.resources.base import Concern
from groundplan.resources.google.access import GoogleAccess, Target
from groundplan.resources.google.base import Presence
from groundplan.resources.google.project import GoogleApi, GoogleServiceAccount
from groundplan.resources.values import InputValue, Ref, Textual
from groundplan.units import shown

AT = "secondary.google"
REGION = InputValue("google_region")


@dataclass(frozen=True)
class Pilot:
    """The pilot light in the making."""

    draft: Draft
    spec: Google

    def check_region(self) -> None:
        """Report a region that Google Cloud does not have."""
        if self.spec.region not in catalog.regions():
            hint = catalog.suggest(self.spec.region)
            self.draft.problem(f"{AT}.region", f"there is no Google Cloud region {shown(self.spec.region)}{hint}")

    def add_inputs(self) -> None:
        """The variables: where it is, and how much of it there is."""
        self.draft.inputs += (
            Input(
                name="google_project",
                description="Id of the Google Cloud project",
                default=self.spec.project,
                pattern=r"^[a-z][a-z0-9-]{4,28}[a-z0-9]$",
                pattern_hint="6 to 30 lower-case letters, digits and hyphens",
            ),
            Input(
                name="google_region",
                description="Google Cloud region",
                default=self.spec.region,
                pattern=r"^[a-z]+-[a-z]+[0-9]+$",
                pattern_hint="a region of Google Cloud, like us-east4",
            ),
            Input(
                name="google_active",
                description="Whether Google Cloud takes over: databases, caches and load balancer are made, all runs",
                default=str(self.spec.active).lower(),
                type="bool",
            ),
            Input(
                name="google_services",
                description="Whether the services are made. false until their images and secrets are on Google Cloud",
                default="true",
                type="bool",
            ),
        )

    @property
    def services(self) -> dict[str, Service]:
        """The services that are there after a take-over."""
        return {name: found for name, found in self.draft.blueprint.services.items() if self.has(name)}

    def has(self, name: str) -> bool:
        """Whether it is not left out."""
        return name not in self.spec.without

    def needs(self, family: str) -> Iterator[tuple[str, Need]]:
        """What services need of a family: the service's name and the need."""
        known = getattr(self.draft.blueprint, family)
        for name, service in self.services.items():
            for need in service.needs:
                if need.name in known:
                    yield name, need

    def called(self, rule: str, name: str, path: str) -> str:
        """``production-api``: in a project of its own nothing has to say the application's name."""
        return self.draft.legal(rule, self._plain(name), path)

    def _plain(self, name: str) -> str:
        return f"{self.draft.stage}-{name}".replace("_", "-")

    def api(self, name: str) -> Ref[GoogleApi]:
        """An API, enabled from the first time that a step needs it."""
        ref = Ref(GoogleApi, name)
        if ref not in self.draft.refs:
            self.draft.add(GoogleApi(name=name, concern="network", service=f"{name}.googleapis.com"))
        return ref

    def add_account(self, name: str, display_name: str, path: str) -> Ref[GoogleServiceAccount]:
        """A service account. Nobody has to type its id: what is too long is cut, what is too short made longer."""
        account_id, rule = self._plain(name), names.rule("google_service_account")
        if len(account_id) < rule.minimum:
            account_id += "-account"
        if len(account_id) > rule.maximum:
            account_id = shortened(account_id, rule.maximum)
        return self.draft.add(
            GoogleServiceAccount(
                name=identifier(name),
                concern="services",
                account_id=self.draft.legal(rule.kind, account_id, path),
                display_name=display_name,
                depends_on=(self.api("iam"),),
            )
        )

    def allow(
        self,
        name: str,
        target: Target,
        role: str,
        member: Textual,
        *,
        key: str | None = None,
        present: Presence = "always",
        concern: Concern = "services",
    ) -> None:
        """Give a member a role on one resource."""
        self.draft.add(
            GoogleAccess(name=name, key=key, concern=concern, target=target, role=role, member=member, present=present)
        )
