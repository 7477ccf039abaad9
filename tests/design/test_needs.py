"""Least privilege: what a service does not need it cannot reach, whatever else there is."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.design.blueprints import addresses, designed, rules_of

from groundplan.design.access import KEY_ACTIONS, OBJECT_ACTIONS
from groundplan.resources import Architecture
from groundplan.resources.containers import TaskDefinition
from groundplan.resources.policies import Statement
from groundplan.resources.security import Key, Role
from groundplan.resources.storage import Bucket
from groundplan.resources.values import Attribute, Ref, Text, Textual

SERVICES = ("web", "api", "mail-worker", "jobs")
DATABASES = ("orders", "stock-data")
CACHES = ("sessions", "carts")
BUCKETS = ("files", "user-images")
PORTS = {"orders": 5432, "stock-data": 5433, "sessions": 6379, "carts": 6380}
PORTS |= {service: 8000 + number for number, service in enumerate(SERVICES)}


@dataclass(frozen=True)
class Graph:
    """Who needs what; for a bucket, how."""

    needs: dict[str, dict[str, str]]

    def blueprint(self) -> dict[str, object]:
        """With everything that could be needed, whether it is or not."""
        return {
            "project": "shop",
            "region": "eu-central-1",
            "services": {
                service: {
                    "image": {"repository": service, "tag": "1"},
                    "port": PORTS[service],
                    "needs": [{name: access} if name in BUCKETS else name for name, access in needs.items()],
                }
                for service, needs in self.needs.items()
            },
            "databases": {
                name: {"engine": "postgres 16", "class": "db.t4g.micro", "port": PORTS[name]} for name in DATABASES
            },
            "caches": {
                name: {"engine": "redis 7.1", "class": "cache.t4g.micro", "port": PORTS[name]} for name in CACHES
            },
            "buckets": {name: {} for name in BUCKETS},
        }


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """A service may need services after it, so that there is no circle."""
    needs = {}
    for number, service in enumerate(SERVICES):
        possible = [*SERVICES[number + 1 :], *DATABASES, *CACHES, *BUCKETS]
        chosen = draw(st.lists(st.sampled_from(possible), unique=True, max_size=6))
        needs[service] = {name: draw(st.sampled_from(sorted(OBJECT_ACTIONS))) for name in chosen}
    return Graph(needs)


def identifier(name: str) -> str:
    return name.replace("-", "_")


def statements(architecture: Architecture, role: str) -> list[Statement]:
    found = architecture[Ref(Role, role)]
    return [statement for policy in found.inline_policies for statement in policy.document.statements]


def base(value: Textual) -> object:
    """What an ARN with something behind it is the ARN of."""
    return value.parts[0] if isinstance(value, Text) else value


@settings(max_examples=40, deadline=None)
@given(graphs())
def test_exactly_what_is_needed_and_nothing_else(graph: Graph) -> None:
    found = designed(graph.blueprint())
    for service, needs in graph.needs.items():
        users = {other for other, its in graph.needs.items() if service in its}
        check_network(found, service, needs, users)
        check_values(found, service, set(needs))
        check_rights(found, service, needs)
    for store in (*DATABASES, *CACHES):
        users = {other for other, its in graph.needs.items() if store in its}
        expected = {("ingress", PORTS[store], identifier(user)) for user in users}
        assert rules_of(found, identifier(store)) == expected


def check_network(found: Architecture, service: str, needs: dict[str, str], users: set[str]) -> None:
    out = {("egress", PORTS[name], identifier(name)) for name in needs if name not in BUCKETS}
    into = {("ingress", PORTS[service], identifier(user)) for user in users}
    assert rules_of(found, identifier(service)) == {("egress", 443, "0.0.0.0/0"), *out, *into}


def check_values(found: Architecture, service: str, needs: set[str]) -> None:
    (container,) = found[Ref(TaskDefinition, identifier(service))].containers
    buckets = {f"{identifier(name).upper()}_BUCKET" for name in needs & set(BUCKETS)}
    urls = {f"{identifier(name).upper()}_URL": f"http://{name}:{PORTS[name]}" for name in needs & set(SERVICES)}
    assert set(container.environment) == {"PORT", *buckets, *urls}
    assert {name: container.environment[name] for name in urls} == urls
    secrets = set()
    for stores, variable in ((DATABASES, "DATABASE_URL"), (CACHES, "REDIS_URL")):
        needed = needs & set(stores)
        secrets |= {variable if len(needed) == 1 else f"{identifier(name).upper()}_{variable}" for name in needed}
    assert set(container.secrets) == secrets
    secret_names = {secret.ref.name for secret in container.secrets.values() if isinstance(secret, Attribute)}
    assert secret_names == {f"{identifier(name)}_url" for name in needs & {*DATABASES, *CACHES}}


def check_rights(found: Architecture, service: str, needs: dict[str, str]) -> None:
    role = identifier(service)
    rights = {
        (action, base(resource))
        for item in statements(found, f"{role}_task")
        for action in item.actions
        for resource in item.resources
    }
    expected: set[tuple[str, object]] = set()
    for name, access in needs.items():
        if name in BUCKETS:
            expected |= {(action, Ref(Bucket, identifier(name)).arn) for action in OBJECT_ACTIONS[access]}
            expected |= {(action, Ref(Key, identifier(name)).arn) for action in KEY_ACTIONS[access]}
    assert rights == expected
    injected = [
        resource
        for item in statements(found, f"{role}_execution")
        if "secretsmanager:GetSecretValue" in item.actions
        for resource in item.resources
    ]
    secrets = found[Ref(TaskDefinition, role)].containers[0].secrets.values()
    assert sorted(map(repr, injected)) == sorted(map(repr, secrets))
    if not secrets:
        assert all("kms:Decrypt" not in item.actions for item in statements(found, f"{role}_execution"))


@settings(max_examples=10, deadline=None)
@given(graphs())
def test_any_graph_is_ordered_and_always_the_same(graph: Graph) -> None:
    one, other = designed(graph.blueprint()), designed(graph.blueprint())
    assert one.resources == other.resources
    seen: set[str] = set()
    for resource in one:
        assert {ref.address for ref in resource.references()} <= seen
        seen.add(resource.address)


def test_reading_all_secrets_has_to_be_asked_for() -> None:
    found = designed("""
        project: shop
        region: eu-central-1
        services: {web: {image: {repository: web, tag: "1"}, reads_secrets: true}}
        """)
    read, decrypt = statements(found, "web_task")
    assert read.actions == ("secretsmanager:GetSecretValue",)
    (resource,) = read.resources
    assert isinstance(resource, Text)
    assert resource.parts[-1] == ":secret:shop/*", "this project's secrets, no other's"
    assert (decrypt.actions, decrypt.resources) == (("kms:Decrypt",), (Ref(Key, "main").arn,))


def test_a_shell_in_a_task_has_to_be_asked_for() -> None:
    found = designed("""
        project: shop
        region: eu-central-1
        services: {web: {image: {repository: web, tag: "1"}, execute_command: true}}
        """)
    actions = {action for item in statements(found, "web_task") for action in item.actions}
    assert "ssmmessages:CreateDataChannel" in actions
    assert "role.web_task" in addresses(found)
