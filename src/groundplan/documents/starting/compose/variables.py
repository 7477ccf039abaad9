"""Environment variables: which go along, which become secrets, which the blueprint's needs give."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from groundplan.documents.starting.compose.values import Variable
from groundplan.errors import Position

_PARTS = r"(HOST(NAME)?|SERVER|ADDR(ESS)?|PORT|USER(NAME)?|PASS(WORD|WD)?|DBNAME|NAME|DB|DATABASE|URL|URI|DSN|AUTH)"
_OF_DATABASE = re.compile(rf"(\w+_)?(POSTGRES(QL)?|PG|DB|DATABASE|SQLALCHEMY_DATABASE|RDS)_?{_PARTS}")
_OF_CACHE = re.compile(rf"(\w+_)?(REDIS|VALKEY|CACHE)_?{_PARTS}")
_OF_AWS = re.compile(
    r"AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|PROFILE|REGION|DEFAULT_REGION|ENDPOINT_URL(_\w+)?)|"
    r"(S3|MINIO|SQS)_(ENDPOINT(_URL)?|URL|ACCESS_KEY(_ID)?|SECRET_(ACCESS_)?KEY|HOST|PORT|ROOT_USER|ROOT_PASSWORD)"
)

Notice = Callable[[str, Position | None, str], None]


@dataclass(slots=True)
class Sorted:
    """A service's variables."""

    environment: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    """Variable to the name of its secret."""


def mentions(value: str, host: str) -> bool:
    """Whether a value is the address of another service: ``db``, ``db:5432``, ``http://db/…``, ``…@db:5432``."""
    name = re.escape(host)
    return re.search(rf"(?:^|[/@,]){name}(?:$|[:/,?])", value) is not None


def sort(
    name: str,
    variables: Iterable[Variable],
    kinds: Mapping[str, str],
    hosts: Mapping[str, str],
    taken: dict[str, str | None],
    notice: Notice,
) -> Sorted:
    """Sort a service's variables.

    ``kinds``: what the service needs, by name, and what each is: ``database``, ``cache``, ``bucket``, ``queue``,
    ``service``. ``hosts``: every service of the Compose file and what became of it; ``""``: nothing. ``taken``: the
    secrets that there are, and their values in the Compose file, by which two services share one or not.
    """
    found = Sorted()
    given: dict[_Given, list[Variable]] = {}
    for variable in variables:
        path = f"services.{name}.environment.{variable.name}"
        source = _given_by(variable, kinds)
        lost = next((host for host, kind in hosts.items() if not kind and mentions(variable.value or "", host)), None)
        if source:
            given.setdefault(source, []).append(variable)
        elif not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", variable.name):
            notice(path, variable.position, "names of variables have letters, digits and _ here: it is left out")
        elif variable.secret:
            secret = _secret(variable.name)
            if taken.setdefault(secret, variable.value) != variable.value:
                secret = _secret(f"{name}-{variable.name}")
                taken[secret] = variable.value
            found.secrets[variable.name] = secret
            notice(path, variable.position, f"its value is not copied: it becomes the secret {secret}")
        elif lost is not None:
            notice(path, variable.position, f"it leads to {lost}, which is not there: it is left out")
        elif variable.value is None:
            notice(path, variable.position, "only the machine that runs Compose knows its value: it is left out")
        else:
            found.environment[variable.name] = variable.value.replace("$", "$$")
    for source, those in given.items():
        # What has the right name already needs no word.
        others = [variable for variable in those if variable.name not in source.variables]
        if others:
            names = ", ".join(variable.name for variable in others)
            notice(f"services.{name}.environment", others[0].position, f"{names}: {source}")
    return found


@dataclass(frozen=True, slots=True)
class _Given:
    """What needs give in the place of variables."""

    what: str
    variables: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.what} comes as {' and '.join(self.variables)}" if self.variables else self.what


_BY_ROLE = _Given("the task's role and needs: give region, rights and addresses of AWS, and no keys")


def _given_by(variable: Variable, kinds: Mapping[str, str]) -> _Given | None:
    """What needs give in its place; None where it is one of the application's own."""
    name, value = variable.name.upper(), variable.value or ""
    if _OF_AWS.fullmatch(name):
        return _BY_ROLE
    for family, pattern, injected in (("database", _OF_DATABASE, "DATABASE_URL"), ("cache", _OF_CACHE, "REDIS_URL")):
        needed = [need for need, kind in kinds.items() if kind == family]
        if needed and (pattern.fullmatch(name) or any(mentions(value, need) for need in needed)):
            return _Given("the whole address, with user and password,", _injected(injected, needed))
    stores = [need for need, kind in kinds.items() if kind in ("bucket", "queue")]
    return _BY_ROLE if any(mentions(value, need) for need in stores) else None


def _injected(variable: str, needed: Collection[str]) -> tuple[str, ...]:
    """What the variables are called: short where there is but one, see ``design.tasks``."""
    if len(needed) == 1:
        return (variable,)
    return tuple(f"{re.sub(r'[^A-Z0-9]+', '_', need.upper())}_{variable}" for need in needed)


def _secret(variable: str) -> str:
    """The name of a secret after its variable."""
    return re.sub(r"[^a-z0-9]+", "-", variable.lower()).strip("-") or "secret"
