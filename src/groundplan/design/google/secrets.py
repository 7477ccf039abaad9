"""Secrets: created empty, for a person to fill with what they are on AWS."""

from __future__ import annotations

from groundplan.design.draft import identifier
from groundplan.design.google.pilot import REGION, Pilot
from groundplan.resources.google.secrets import GoogleSecret
from groundplan.resources.values import Ref, text


def google_secret(name: str) -> Ref[GoogleSecret]:
    """A secret by its name in the blueprint."""
    return Ref(GoogleSecret, identifier(name))


def password(database: str) -> Ref[GoogleSecret]:
    """The password of a database's user."""
    return Ref(GoogleSecret, f"{identifier(database)}_password")


def url(database: str) -> Ref[GoogleSecret]:
    """The whole URL of a database: it has a value after a take-over."""
    return Ref(GoogleSecret, f"{identifier(database)}_url")


def add_secrets(pilot: Pilot) -> None:
    """What services name, and the passwords of databases."""
    draft = pilot.draft
    filled = [name for service in pilot.services.values() for name in service.secrets.values()]
    names = {identifier(name): name for name in filled}
    databases = [name for name in draft.blueprint.databases if pilot.has(name)]
    by_person = [*names.values(), *(f"{name}-password" for name in databases)]
    by_terraform = [f"{name}-url" for name in databases if draft.blueprint.databases[name].credentials == "generated"]
    for name in (*by_person, *by_terraform):
        draft.add(
            GoogleSecret(
                name=identifier(name),
                concern="services",
                secret_id=pilot.called("google_secret", name, "secrets"),
                location=REGION,
                depends_on=(pilot.api("secretmanager"),),
            )
        )
    if by_person:
        ids = [Ref(GoogleSecret, identifier(name)).attribute("secret_id") for name in by_person]
        listed = text(*(part for number, item in enumerate(ids) for part in ((", ", item) if number else (item,))))
        draft.output("google_secrets", "Secrets on Google Cloud that a person fills before services are made", listed)
