"""How the internet reaches services: one application load balancer for the environment."""

from __future__ import annotations

from typing import TypeAlias

from groundplan.blueprint.services import Public, Service
from groundplan.design.access_logs import keeps_access_logs
from groundplan.design.buckets import LOAD_BALANCER_PREFIX, LOGS
from groundplan.design.dns import add_record, zone_of
from groundplan.design.draft import VPC, Draft, identifier
from groundplan.design.networking import subnets_of
from groundplan.design.regions import of_primary
from groundplan.design.security_groups import add_group, allow, allow_range, group_of_service
from groundplan.design.standby.failover import add_domain, fails_over, hosts
from groundplan.resources.edge import (
    Certificate,
    FixedResponse,
    Forward,
    Listener,
    ListenerCertificate,
    ListenerRule,
    LoadBalancer,
    Redirect,
    TargetGroup,
    TargetHealthCheck,
    WeightedForward,
    WeightedTargetGroup,
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


PublicService: TypeAlias = tuple[str, Service, Public]
"""The name of a service, what it is, and how the internet reaches it."""


def public_services(draft: Draft) -> list[PublicService]:
    """The services that the internet reaches."""
    return [(name, item, item.public) for name, item in draft.blueprint.services.items() if item.public and item.port]


def target_group(service: str) -> Ref[TargetGroup]:
    """The target group of a service."""
    return Ref(TargetGroup, identifier(service))


def alternate_group(service: str) -> Ref[TargetGroup]:
    """The target group that takes turns with a service's own, where deployments shift requests."""
    return Ref(TargetGroup, f"{identifier(service)}_green")


def target_groups(name: str, service: Service) -> tuple[Ref[TargetGroup], ...]:
    """The target groups in which the tasks of a service may register."""
    return (target_group(name), alternate_group(name)) if service.deployment.shifts else (target_group(name),)


def production_rule(service: str) -> Ref[ListenerRule]:
    """The rule that sends requests to a service."""
    return Ref(ListenerRule, identifier(service))


def _forward(name: str, service: Service) -> Forward | WeightedForward:
    """All requests to the service's target group; where deployments shift them, ECS turns to the other and back."""
    if not service.deployment.shifts:
        return Forward(target_group(name))
    return WeightedForward(
        (WeightedTargetGroup(target_group(name), 100), WeightedTargetGroup(alternate_group(name), 0))
    )


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
    redirected = [entry for entry in with_tls if entry[2].redirect]
    _add_balancer(draft, with_tls, plain, redirected)
    for name, service, _ in services:
        _add_target_group(draft, name, service)
    if with_tls:
        _add_https(draft, with_tls)
    if plain:
        _add_listener(draft, "http", 80, "HTTP", plain)
        _add_redirects(draft, redirected, len(plain))
    elif redirected:
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
    _add_records(draft, services)
    draft.output("load_balancer_address", "Host name of the load balancer", BALANCER.attribute("dns_name"))


def _add_balancer(
    draft: Draft, with_tls: list[PublicService], plain: list[PublicService], redirected: list[PublicService]
) -> None:
    add_group(draft, "alb", "Load balancer", "project")
    # All public services allow the same addresses: that is checked with the blueprint.
    for cidr in (with_tls + plain)[0][2].allow or [ANYWHERE]:
        place = "the internet" if cidr == ANYWHERE else str(cidr)
        if plain or redirected:
            after = ", redirected" if redirected else ""
            allow_range(draft, GROUP, "ingress", 80, cidr, f"HTTP from {place}{after}")
        if with_tls:
            allow_range(draft, GROUP, "ingress", 443, cidr, f"HTTPS from {place}")
    if len(draft.blueprint.network.zones) < 2:
        draft.problem("network.zones", "an application load balancer needs at least two zones")
    logged = keeps_access_logs(draft.blueprint)
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
    """Unhealthy after as many bad answers as the container check takes, where the blueprint says no number."""
    assert service.port is not None
    assert service.public is not None
    health = service.health
    for group, called in zip(target_groups(name, service), (name, f"{name}-green"), strict=False):
        draft.add(
            TargetGroup(
                name=group.name,
                concern="edge",
                target_group_name=draft.called("target_group", called, f"services.{name}", lengthened=called != name),
                vpc=VPC,
                port=service.port,
                health_check=TargetHealthCheck(
                    path=health.path,
                    interval=health.interval.seconds,
                    timeout=health.timeout.seconds,
                    healthy_threshold=health.healthy,
                    unhealthy_threshold=health.unhealthy or max(2, health.retries),
                ),
                deregistration_delay=service.public.deregistration.seconds,
                tags=draft.name_tag(called),
            )
        )
    group_there = group_of_service(draft, name)
    allow(draft, GROUP, group_there, service.port, f"Requests to {name}")
    if draft.blueprint.platform == "eks":
        allow(draft, GROUP, group_there, 443, "HTTPS to pods that end TLS themselves")


def _add_https(draft: Draft, services: list[PublicService]) -> None:
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
                        hosted_zone_id=zone_of(draft, [public.domain], public.hosted_zone),
                        depends_on=_proved_by(draft, name),
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


def _proved_by(draft: Draft, name: str) -> tuple[Ref[Certificate], ...]:
    """ACM asks for one record per domain and account, the same in every region: what the primary's certificate writes
    proves the standby's too.

    Source: https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
    """
    certificate = Ref(Certificate, identifier(name))
    there = draft.primary is not None and draft.primary.has(certificate)
    return (of_primary(certificate),) if there else ()


def _add_records(draft: Draft, services: list[PublicService]) -> None:
    """One record for each domain, and where each service answers."""
    recorded: set[str] = set()
    for name, _, public in services:
        if public.domain is None:
            continue
        zone = zone_of(draft, [public.domain], public.hosted_zone)
        if zone and public.domain not in recorded:
            recorded.add(public.domain)
            if fails_over(draft, public.domain):
                add_domain(draft, name, public.domain, zone, BALANCER, services)
            else:
                add_record(draft, identifier(name), public.domain, zone, BALANCER, "edge")
        protocol = "https" if public.tls else "http"
        draft.output(f"{identifier(name)}_url", f"Where {name} answers", text(f"{protocol}://{public.domain}"))


def _add_redirects(draft: Draft, services: list[PublicService], taken: int) -> None:
    """Where port 80 serves others, each domain with TLS is redirected by a rule of its own."""
    for number, (name, _, public) in enumerate((entry for entry in services if entry[2].domain), start=1):
        draft.add(
            ListenerRule(
                name=f"{identifier(name)}_redirect",
                concern="edge",
                listener=HTTP,
                priority=(taken + number) * 10,
                host_headers=(public.domain,) if public.domain else (),
                path_patterns=(public.path,) if public.path != "/*" else (),
                action=Redirect(),
                tags=draft.name_tag(f"{name}-redirect"),
            )
        )


def _add_listener(
    draft: Draft,
    name: str,
    port: int,
    protocol: str,
    services: list[PublicService],
    certificate: Ref[Certificate] | str | None = None,
) -> None:
    """A service that claims every host and path is the default; each other one gets a rule.

    ECS shifts requests by the weights of a rule, so that a service whose deployments do is never the default. Where it
    would be, the last of the rules takes whatever comes:
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb-resources-for-blue-green.html
    """
    catch_all = [entry for entry in services if not entry[2].domain and entry[2].path == "/*"]
    only = services if len(services) == 1 and services[0][2].path == "/*" else []
    default = next(iter(only or catch_all), None)
    by_rule = [default] if default and default[1].deployment.shifts else []
    listener = draft.add(
        Listener(
            name=name,
            concern="edge",
            load_balancer=BALANCER,
            port=port,
            protocol="HTTPS" if protocol == "HTTPS" else "HTTP",
            certificate=certificate,
            ssl_policy=TLS_POLICY if certificate else None,
            default_action=Forward(target_group(default[0])) if default and not by_rule else NOT_FOUND,
            tags=draft.name_tag(name),
        )
    )
    # The most exact path first: priorities are evaluated from the lowest.
    others = sorted(
        (entry for entry in services if entry is not default), key=lambda entry: (-len(entry[2].path), entry[0])
    )
    for priority, entry in enumerate((*others, *by_rule), start=1):
        service, spec, public = entry
        host = None if entry in by_rule else public.domain
        draft.add(
            ListenerRule(
                name=production_rule(service).name,
                concern="edge",
                listener=listener,
                priority=priority * 10,
                host_headers=hosts(draft, host) if host else (),
                path_patterns=(public.path,) if public.path != "/*" or not host else (),
                action=_forward(service, spec),
                tags=draft.name_tag(service),
            )
        )
