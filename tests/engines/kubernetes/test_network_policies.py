"""Network policies: what pods reach is what ``needs:`` says, no more and no less."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.kubernetes.systems import architectures, rendering, values

from groundplan.api.files import read_source
from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.design import design
from groundplan.engines.kubernetes import System, system_of

NAME = "app.kubernetes.io/name"
NAMESPACE = "timeline"


@dataclass(frozen=True)
class End:
    """One end of a connection: a pod with its labels, or an address."""

    namespace: str | None = None
    labels: tuple[tuple[str, str], ...] = ()
    address: str | None = None


def pod(name: str, namespace: str = NAMESPACE) -> End:
    return End(namespace, ((NAME, name),), "10.0.64.10")


def outside(address: str) -> End:
    return End(address=address)


class Cluster:
    """Decides on connections as Kubernetes does: what no policy of a pod allows is refused once any policy chooses it.

    Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/
    """

    def __init__(self, system: System) -> None:
        objects: list[dict[str, Any]] = system.filled(values(system))
        self.policies = [item for item in objects if item["kind"] == "NetworkPolicy"]

    def allows(self, source: End, target: End, port: int, protocol: str = "TCP") -> bool:
        out = source.namespace != NAMESPACE or self._side(source, "egress", "to", target, port, protocol)
        into = target.namespace != NAMESPACE or self._side(target, "ingress", "from", source, port, protocol)
        return out and into

    def _side(self, subject: End, side: str, peers: str, other: End, port: int, protocol: str) -> bool:
        for rule in self._rules(subject, side):
            ports = rule["ports"]
            if {"protocol": protocol, "port": port} in ports and any(_matches(peer, other) for peer in rule[peers]):
                return True
        return False

    def _rules(self, subject: End, side: str) -> Iterator[Any]:
        chosen: list[Any] = [item["spec"] for item in self.policies if _selects(item["spec"]["podSelector"], subject)]
        assert chosen, "a pod that no policy chooses reaches everything"
        for spec in chosen:
            assert spec["policyTypes"] == ["Ingress", "Egress"]
            yield from spec.get(side, [])


def _selects(selector: Mapping[str, Any], end: End) -> bool:
    return set(selector.get("matchLabels", {}).items()) <= set(end.labels)


def _matches(peer: Mapping[str, Any], end: End) -> bool:
    if "ipBlock" in peer:
        address = IPv4Address(end.address or "0.0.0.0")
        block = peer["ipBlock"]
        inside = address in IPv4Network(block["cidr"])
        return inside and not any(address in IPv4Network(each) for each in block.get("except", []))
    if end.namespace is None:
        return False
    if "namespaceSelector" in peer:
        wanted = peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
        return bool(end.namespace == wanted) and _selects(peer["podSelector"], end)
    return end.namespace == NAMESPACE and _selects(peer["podSelector"], end)


@pytest.fixture(scope="module")
def cluster() -> Cluster:
    return Cluster(rendering().systems["production"])


DATABASE, PRIVATE, PUBLIC = "10.0.128.9", "10.0.64.200", "10.0.0.7"


def test_a_service_reaches_the_database_that_it_needs(cluster: Cluster) -> None:
    assert cluster.allows(pod("api"), outside(DATABASE), 5432)
    assert cluster.allows(pod("nightly"), outside(DATABASE), 5432)


def test_a_service_reaches_no_database_that_it_does_not_need(cluster: Cluster) -> None:
    assert not cluster.allows(pod("mailer"), outside(DATABASE), 5432)
    assert not cluster.allows(pod("worker-api"), outside(DATABASE), 6379)
    assert cluster.allows(pod("api"), outside(DATABASE), 6379)


def test_services_reach_each_other_only_where_they_say_so(cluster: Cluster) -> None:
    assert cluster.allows(pod("api"), pod("worker-api"), 8080)
    assert not cluster.allows(pod("worker-api"), pod("api"), 3000)
    assert not cluster.allows(pod("mailer"), pod("worker-api"), 8080)
    assert not cluster.allows(pod("api"), pod("worker-api"), 3000)


def test_the_load_balancer_reaches_what_is_public_and_nothing_else(cluster: Cluster) -> None:
    assert cluster.allows(outside(PUBLIC), pod("api"), 3000)
    assert not cluster.allows(outside(PRIVATE), pod("api"), 3000)
    assert not cluster.allows(outside(PUBLIC), pod("worker-api"), 8080)


def test_prometheus_reads_metrics_and_nobody_else_of_its_namespace(cluster: Cluster) -> None:
    assert cluster.allows(pod("prometheus", "monitoring"), pod("worker-api"), 8080)
    assert not cluster.allows(pod("grafana", "monitoring"), pod("worker-api"), 8080)


def test_everybody_asks_for_names_credentials_and_apis(cluster: Cluster) -> None:
    dns = End("kube-system", (("k8s-app", "kube-dns"),), "10.0.64.2")
    for name in ("api", "worker-api", "mailer", "nightly"):
        assert cluster.allows(pod(name), dns, 53, "UDP")
        assert cluster.allows(pod(name), outside("169.254.170.23"), 80)
        assert cluster.allows(pod(name), outside("52.94.5.1"), 443)


def test_nobody_reaches_the_metadata_of_nodes_or_https_inside_the_network(cluster: Cluster) -> None:
    assert not cluster.allows(pod("api"), outside("169.254.169.254"), 80)
    assert not cluster.allows(pod("api"), outside(PRIVATE), 443)
    assert not cluster.allows(pod("api"), outside("52.94.5.1"), 80)


def test_only_who_is_traced_reaches_the_collector(cluster: Cluster) -> None:
    collector = pod("opentelemetry-collector", "tracing")
    assert cluster.allows(pod("api"), collector, 4318)
    assert not cluster.allows(pod("mailer"), collector, 4318)


def test_files_are_reached_by_whom_they_are_of(cluster: Cluster) -> None:
    assert cluster.allows(pod("api"), outside(PRIVATE), 2049)
    assert not cluster.allows(pod("worker-api"), outside(PRIVATE), 2049)


def test_every_environment_denies_what_nothing_allows() -> None:
    for architecture in architectures():
        denied = [item for item in Cluster(system_of(architecture)).policies if not item["spec"]["podSelector"]]
        assert [item["spec"]["policyTypes"] for item in denied] == [["Ingress", "Egress"]]


SERVICES = ("one", "two", "three", "four")
PORTS = {name: 3000 + number for number, name in enumerate(SERVICES)}


@given(st.fixed_dictionaries({name: st.sets(st.sampled_from((*SERVICES, "main"))) for name in SERVICES}))
@settings(max_examples=15, deadline=None)
def test_reachability_equals_needs(needs: dict[str, set[str]]) -> None:
    # Needs may not go in a circle, so that a service needs only those behind it.
    wanted = {
        name: [each for each in (*SERVICES[number + 1 :], "main") if each in needs[name]]
        for number, name in enumerate(SERVICES)
    }
    services = "".join(
        f"  {name}: {{image: {{repository: {name}, tag: '1'}}, port: {PORTS[name]}, "
        f"needs: [{', '.join(wanted[name])}]}}\n"
        for name in SERVICES
    )
    text = (
        "project: timeline\nregion: us-east-1\nplatform: eks\nnetwork: {cidr: 10.0.0.0/16, zones: [a, b]}\n"
        "kubernetes: {nodes: {general: {instances: [t3.large]}}}\n"
        "databases: {main: {engine: postgres 16, class: db.t4g.medium}}\n"
        f"services:\n{services}environments: {{production: {{}}}}\n"
    )
    system = system_of(design(_environment(text)))
    decides = Cluster(system)
    for caller in SERVICES:
        assert decides.allows(pod(caller), outside(DATABASE), 5432) == ("main" in wanted[caller])
        for called in SERVICES:
            if called != caller:
                assert decides.allows(pod(caller), pod(called), PORTS[called]) == (called in wanted[caller])


def _environment(text: str) -> LoadedEnvironment:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "groundplan.yaml"
        file.write_text(text)
        return read_source(file).environment("production")
