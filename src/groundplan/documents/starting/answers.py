"""What a new blueprint has to know: read from flags or asked, and refused with what would be right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from groundplan.blueprint.base import NAME_PATTERN
from groundplan.blueprint.validation import delivery
from groundplan.catalog import engines, regions
from groundplan.errors import InputError

DEFAULT_REGION = "us-east-1"
DEFAULT_DATABASE = "postgres 16"
NO_DATABASE = "none"
LONGEST_NAME = 24
"""As the blueprint's project: it stands in front of every other name."""
USUAL_NAME = 16
"""With an environment and a service behind it, a target group's name still has its 32 characters."""
_HOST = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


@dataclass(frozen=True, slots=True)
class Answers:
    """What is known of a new application."""

    name: str
    region: str = DEFAULT_REGION
    database: str = DEFAULT_DATABASE
    """Engine and version, like ``postgres 16``, or ``none``."""
    domain: str = ""
    """The host name that the application answers under; empty where its template asks for none."""
    email: str = ""
    """Who hears of alarms; empty where its template asks for nobody."""

    @property
    def zones(self) -> tuple[str, ...]:
        """Letters of two availability zones of the region."""
        region = regions.find(self.region)
        return region.zones[:2] if region else ()


def read_name(text: str) -> str:
    """A project's name. Raises InputError."""
    if re.fullmatch(NAME_PATTERN, text) and len(text) <= LONGEST_NAME:
        return text
    near = as_name(text)
    raise InputError(
        f'"{text}" is no name for a project: lower-case letters, digits and single hyphens, a letter first, at most '
        f"{LONGEST_NAME} characters" + (f", like {near}" if near else "")
    )


def as_name(text: str) -> str:
    """The nearest name of a project, as of a folder's; empty where nothing of the text can be in one."""
    words = re.sub(r"[^a-z0-9]+", "-", text.lower()).lstrip("-0123456789")
    return words[:USUAL_NAME].strip("-")


def read_region(text: str) -> str:
    """An AWS region. Raises InputError."""
    if regions.find(text) is None:
        raise InputError(f'there is no AWS region "{text}"{regions.suggest(text)}')
    return text


def read_database(text: str) -> str:
    """``postgres 16``, ``postgres`` for the default version, or ``none``. Raises InputError."""
    known = tuple(_databases())
    if text == "postgres":
        return DEFAULT_DATABASE
    if text not in known:
        raise InputError(f'there is no database "{text}"; known are {", ".join(known)}')
    return text


def _databases() -> Iterator[str]:
    yield NO_DATABASE
    for major in engines.postgres.majors:
        if major.default is not None:
            yield f"postgres {major.name}"


def read_domain(text: str) -> str:
    """A host name. Raises InputError."""
    if not _HOST.fullmatch(text):
        raise InputError(f'"{text}" is no domain; write one that is yours, like shop.yours.com')
    if delivery.stands_in(text):
        raise InputError(f"{text} {delivery.STANDS_IN}")
    return text


def read_email(text: str) -> str:
    """An e-mail address. Raises InputError."""
    if not _EMAIL.fullmatch(text):
        raise InputError(f'"{text}" is no e-mail address, like operations@yours.com')
    return text
