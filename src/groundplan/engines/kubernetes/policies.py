"""Network policies: pods reach what ``needs:`` names, AWS's APIs and names of the cluster, and nothing else.

The VPC CNI add-on holds pods to them. Peers outside the cluster are subnets, because a policy knows no security groups;
what else stands in those subnets is shut by its own security group.
Source: https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network

from groundplan.engines.kubernetes.context import NAME, NAMESPACE_NAME, Context
from groundplan.engines.kubernetes.model import Manifest, Value
from groundplan.engines.kubernetes.pods import selector
from groundplan.resources.workloads import Peer, ServiceWorkload, Workload

POD_IDENTITY = IPv4Network("169.254.170.23/32")
"""Where pods get the credentials of their role.
Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html"""
TRACES = (2000, 4317, 4318)
"""Ports of the trace collector: sampling rules, gRPC, HTTP."""


def deny_all(context: Context) -> Manifest:
    """Whatever no other policy allows is refused."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": context.metadata("default-deny"),
        "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
    }


def policy(context: Context, workload: Workload) -> Manifest:
    """What a workload's pods may reach, and who may reach them. The kubelet's checks always come through."""
    spec: dict[str, Value] = {
        "podSelector": {"matchLabels": selector(workload)},
        "policyTypes": ["Ingress", "Egress"],
    }
    ingress = list(_ingress(context, workload)) if isinstance(workload, ServiceWorkload) else []
    if ingress:
        spec["ingress"] = ingress
    spec["egress"] = list(_egress(context, workload))
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": context.metadata(workload.name, workload),
        "spec": spec,
    }


def _ingress(context: Context, service: ServiceWorkload) -> Iterator[dict[str, Value]]:
    if service.port is None:
        return
    callers: list[Value] = [
        {"podSelector": {"matchLabels": selector(other)}}
        for other in context.workloads
        if any(peer.service == service.name for peer in other.pod.needs)
    ]
    if callers:
        yield {"from": callers, "ports": _tcp(service.port)}
    if service.balancer_networks:
        yield {"from": _blocks(service.balancer_networks), "ports": _tcp(service.port)}
    if service.monitored:
        yield {"from": [_elsewhere("monitoring", "prometheus")], "ports": _tcp(service.port)}


def _egress(context: Context, workload: Workload) -> Iterator[dict[str, Value]]:
    names: list[Value] = [{"protocol": protocol, "port": 53} for protocol in ("UDP", "TCP")]
    resolver: dict[str, Value] = {
        "namespaceSelector": {"matchLabels": {NAMESPACE_NAME: "kube-system"}},
        "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
    }
    yield {"to": [resolver], "ports": names}
    yield {"to": _blocks((POD_IDENTITY,)), "ports": _tcp(80)}
    yield {"to": [_apis(context)], "ports": _tcp(443)}
    if workload.pod.traced:
        collector = context.controllers["trace-collector"]
        yield {"to": [_elsewhere(collector.namespace, "opentelemetry-collector")], "ports": _tcp(*TRACES)}
    for peer in workload.pod.needs:
        yield {"to": list(_peer(peer)), "ports": _tcp(peer.port)}


def _apis(context: Context) -> dict[str, Value]:
    """AWS's APIs over HTTPS, and so the internet's, whose addresses nobody can list. Not the VPC itself, save where
    APIs have addresses in it."""
    anywhere = "0.0.0.0/0"
    if context.has_private_endpoints:
        return {"ipBlock": {"cidr": anywhere}}
    return {"ipBlock": {"cidr": anywhere, "except": [str(context.vpc.cidr_block)]}}


def _peer(peer: Peer) -> Iterator[Value]:
    if peer.service:
        yield {"podSelector": {"matchLabels": {NAME: peer.service}}}
    else:
        yield from _blocks(peer.networks)


def _elsewhere(namespace: str, name: str) -> dict[str, Value]:
    """Pods of another namespace by the name that their chart gives them."""
    return {
        "namespaceSelector": {"matchLabels": {NAMESPACE_NAME: namespace}},
        "podSelector": {"matchLabels": {NAME: name}},
    }


def _blocks(networks: Iterable[IPv4Network]) -> list[Value]:
    return [{"ipBlock": {"cidr": str(network)}} for network in networks]


def _tcp(*ports: int) -> list[Value]:
    return [{"protocol": "TCP", "port": port} for port in ports]
