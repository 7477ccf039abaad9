"""How the internet reaches services: one application load balancer for the environment."""

from __future__ import annotations

from groundplan.blueprint.services import Public, Service
from groundplan.design.buckets import LOAD_BALANCER_PREFIX, LOGS, needs_log_bucket
from groundplan.design.draft import VPC, Draft, identifier
from groundplan.design.networking import subnets_of
from groundplan.design.security_groups import add_group, allow, allow_range, group_of
from groundplan.resources.edge import (
    Certificate,
    DnsRecord,
    FixedResponse,
    Forward,
    Listener,
    ListenerCertificate,
    ListenerRule,
    LoadBalancer,
    Redirect,
    TargetGroup,
    TargetHealthCheck,
)
from groundplan.resources.network import ANYWHERE, SecurityGroup
from groundplan.resources.values import Ref, text

BALANCER = Ref(LoadBalancer, "main")
GROUP = Ref(SecurityGroup, "alb")
HTTPS, HTTP = Ref(Listener, "https"), Ref(Listener, "http")
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
"""TLS 1.3 and 1.2 with forward secrecy.
Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html"""
NOT_FOUND = FixedResponse(status_code=404, message_body="Not found")


def public_services(draft: Draft) -> list[tuple[str, Service, Public]]:
    """The services that the internet reaches."""
    return [(name, item, item.public) for name, item in draft.blueprint.services.items() if item.public and item.port]


def target_group(service: str) -> Ref[TargetGroup]:
    """The target group of a service."""
    return Ref(TargetGroup, identifier(service))


def listener_of(public: Public) -> Ref[Listener]:
    """The listener that a service's requests come through."""
    return HTTPS if public.tls else HTTP


def add_edge(draft: Draft) -> None:
    """Load balancer, listeners, target groups, certificates, records. Nothing where no service is public."""
    services = public_services(draft)
    if not services:
        return
    with_tls = [entry for entry in services if entry[2].tls]
    plain = [entry for entry in services if not entry[2].tls]
    _add_balancer(draft, with_tls=bool(with_tls))
    for name, service, _ in services:
        _add_target_group(draft, name, service)
    if with_tls:
        _add_https(draft, with_tls)
    if plain:
        _add_listener(draft, "http", 80, "HTTP", plain)
    else:
        draft.add(
            Listener(
                name="http",
                concern="edge",
                load_balancer=BALANCER,
                port=80,
                protocol="HTTP",
                default_action=Redirect(),
                tags=draft.name_tag("http"),
            )
        )
    draft.output("load_balancer_address", "Host name of the load balancer", BALANCER.attribute("dns_name"))


def _add_balancer(draft: Draft, *, with_tls: bool) -> None:
    add_group(draft, "alb", "Load balancer", "project")
    allow_range(draft, GROUP, "ingress", 80, ANYWHERE, "HTTP from the internet" + (", redirected" if with_tls else ""))
    if with_tls:
        allow_range(draft, GROUP, "ingress", 443, ANYWHERE, "HTTPS from the internet")
    if len(draft.blueprint.network.zones) < 2:
        draft.problem("network.zones", "an application load balancer needs at least two zones")
    logged = needs_log_bucket(draft)
    databases = draft.blueprint.databases.values()
    protected = any(spec.deletion_protection for spec in databases) or (
        not databases and draft.blueprint.profile == "production"
    )
    draft.add(
        LoadBalancer(
            name="main",
            concern="edge",
            load_balancer_name=draft.called("load_balancer", "alb", "project"),
            scheme="internet-facing",
            subnets=subnets_of(draft, "public"),
            security_groups=(GROUP,),
            deletion_protection=protected,
            access_log_bucket=LOGS if logged else None,
            access_log_prefix=LOAD_BALANCER_PREFIX if logged else "",
            tags=draft.name_tag("alb"),
        )
    )


def _add_target_group(draft: Draft, name: str, service: Service) -> None:
    """Healthy after two good answers, unhealthy after as many bad ones as the container check takes."""
    assert service.port is not None
    health = service.health
    draft.add(
        TargetGroup(
            name=identifier(name),
            concern="edge",
            target_group_name=draft.called("target_group", name, f"services.{name}"),
            vpc=VPC,
            port=service.port,
            health_check=TargetHealthCheck(
                path=health.path,
                interval=health.interval.seconds,
                timeout=health.timeout.seconds,
                healthy_threshold=2,
                unhealthy_threshold=max(2, health.retries),
            ),
            tags=draft.name_tag(name),
        )
    )
    allow(draft, GROUP, group_of(name), service.port, f"Requests to {name}")


def _add_https(draft: Draft, services: list[tuple[str, Service, Public]]) -> None:
    certificates: dict[str, Ref[Certificate] | str] = {}
    for name, _, public in services:
        if public.certificate:
            certificates.setdefault(public.certificate, public.certificate)
        elif public.domain:
            if public.domain not in certificates:
                certificates[public.domain] = draft.add(
                    Certificate(
                        name=identifier(name),
                        concern="edge",
                        domain_name=public.domain,
                        hosted_zone_id=public.hosted_zone,
                        tags=draft.name_tag(name),
                    )
                )
        else:
            draft.problem(
                f"services.{name}.public",
                "HTTPS needs a domain or the ARN of a certificate; write public: {domain: api.your-domain.com}, "
                "or public: {tls: false} for plain HTTP",
            )
    ordered = list(certificates.values())
    if ordered:
        _add_listener(draft, "https", 443, "HTTPS", services, ordered[0])
    for number, certificate in enumerate(ordered[1:], start=2):
        draft.add(ListenerCertificate(name=f"https_{number}", concern="edge", listener=HTTPS, certificate=certificate))
    for name, _, public in services:
        if public.domain and public.hosted_zone:
            draft.add(
                DnsRecord(
                    name=identifier(name),
                    concern="edge",
                    hosted_zone_id=public.hosted_zone,
                    record_name=public.domain,
                    load_balancer=BALANCER,
                )
            )
        if public.domain:
            draft.output(f"{identifier(name)}_url", f"Where {name} answers", text(f"https://{public.domain}"))


def _add_listener(
    draft: Draft,
    name: str,
    port: int,
    protocol: str,
    services: list[tuple[str, Service, Public]],
    certificate: Ref[Certificate] | str | None = None,
) -> None:
    """A service that claims every host and path is the default; each other one gets a rule."""
    catch_all = [entry for entry in services if not entry[2].domain and entry[2].path == "/*"]
    only = services if len(services) == 1 and services[0][2].path == "/*" else []
    default = next(iter(only or catch_all), None)
    listener = draft.add(
        Listener(
            name=name,
            concern="edge",
            load_balancer=BALANCER,
            port=port,
            protocol="HTTPS" if protocol == "HTTPS" else "HTTP",
            certificate=certificate,
            ssl_policy=TLS_POLICY if certificate else None,
            default_action=Forward(target_group(default[0])) if default else NOT_FOUND,
            tags=draft.name_tag(name),
        )
    )
    # The most exact path first: priorities are evaluated from the lowest.
    others = sorted(
        (entry for entry in services if entry is not default), key=lambda entry: (-len(entry[2].path), entry[0])
    )
    for priority, (service, _, public) in enumerate(others, start=1):
        draft.add(
            ListenerRule(
                name=identifier(service),
                concern="edge",
                listener=listener,
                priority=priority * 10,
                host_headers=(public.domain,) if public.domain else (),
                path_patterns=(public.path,) if public.path != "/*" or not public.domain else (),
                action=Forward(target_group(service)),
                tags=draft.name_tag(service),
            )
        )
