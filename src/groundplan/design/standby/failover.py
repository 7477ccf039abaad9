"""Public domains that lead to the standby by themselves while the environment does not answer.

Each domain has two records: the first leads to the environment's load balancer as long as it is healthy, the second to
the standby's. Route 53 asks for the health from all over the world. It must not ask the domain itself, which leads to
the standby once the environment has failed and would be found healthy there: it asks ``primary.<domain>``, a record
that leads to the environment alone, and whose requests the listener sends where it sends the domain's. Route 53 checks
no certificates, so that the name needs none.

Once the standby has been promoted, the environment must not get its users back by itself when its region returns: its
databases lack what was written since. So it counts as healthy only while a second check finds that the standby has not
taken over. That asks an address of the standby which answers 404 until the promotion has it answer 200, and is turned
around: where the standby cannot be reached, nothing has been taken over. So the change of a listener in the standby's
own region is all that a promotion needs; Route 53 itself, which can be changed in us-east-1 alone, stays as it is.
Sources: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-types.html,
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html
"""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from groundplan.blueprint.services import Public, Service
from groundplan.design.dns import add_record, zone_of
from groundplan.design.draft import Draft, identifier
from groundplan.design.regions import in_standby
from groundplan.resources.dns import CalculatedHealthCheck, DnsRecord, HealthCheck
from groundplan.resources.edge import LoadBalancer
from groundplan.resources.values import Ref, Textual

PublicService = tuple[str, Service, Public]
TAKEN_OVER = "/taken-over"
"""The path that answers 200 once the standby has taken over."""
TAKEN_OVER_CHECK = Ref(HealthCheck, "taken_over")


def primary_host(domain: str) -> str:
    """The name that leads to the environment alone: ``primary.api.example.com``. A pattern lets it through itself."""
    return f"primary.{domain.removeprefix('*.')}"


def fails_over(draft: Draft, domain: str) -> bool:
    """Whether a domain leads to the standby, too: where the standby has a service that answers to it."""
    standby = draft.standby
    return standby is not None and any(
        item.public is not None and item.port is not None and item.public.domain == domain
        for item in standby.blueprint.services.values()
    )


def hosts(draft: Draft, domain: str) -> tuple[str, ...]:
    """The hosts whose requests are a domain's."""
    return (domain, primary_host(domain)) if fails_over(draft, domain) else (domain,)


def standby_host(domain: str) -> str:
    """The name that leads to the standby alone: ``standby.api.example.com``."""
    return f"standby.{domain.removeprefix('*.')}"


def deciding_domain(primary: Draft) -> Public | None:
    """Where Route 53 asks whether the standby has taken over: at the first domain that leads to both. None where that
    makes no difference: without databases the environment may have its users back at any time."""
    if not primary.blueprint.databases:
        return None
    for service in primary.blueprint.services.values():
        public = service.public
        if public is None or public.domain is None or not service.port or not fails_over(primary, public.domain):
            continue
        if zone_of(primary, [public.domain], public.hosted_zone) is not None:
            return public
    return None


def add_domain(
    draft: Draft, name: str, domain: str, zone: Textual, balancer: Ref[LoadBalancer], services: Sequence[PublicService]
) -> None:
    """The records of a domain, and the health check that decides between them. ``services`` are all public ones."""
    asked = draft.blueprint.standby
    assert asked is not None
    ident, host = identifier(name), primary_host(domain)
    for taken in (host, standby_host(domain)):
        if any(public.domain == taken for _, _, public in services):
            draft.problem(
                f"services.{name}.public.domain",
                f"Route 53 asks {taken} for the health of {domain}, and a service has that name; choose another",
            )
            return
    answering = [entry for entry in services if entry[2].domain == domain]
    healthy = next((entry for entry in answering if _lets_through(entry)), None)
    if healthy is None:
        service, spec, public = answering[0]
        draft.problem(
            f"services.{service}.health.path",
            f"Route 53 has to reach the health check of {domain} through the load balancer, which sends only "
            f"{public.path} to {service} and not {spec.health.path}; take a path below it",
        )
        return
    _, spec, public = healthy
    check = draft.add(
        HealthCheck(
            name=ident,
            concern="edge",
            check_type="HTTPS" if public.tls else "HTTP",
            fully_qualified_domain_name=host,
            port=443 if public.tls else 80,
            resource_path=spec.health.path,
            request_interval=10 if asked.health.seconds == 10 else 30,
            failure_threshold=asked.failures,
            tags=draft.name_tag(name),
        )
    )
    add_record(draft, ident, host, zone, balancer, "edge", key="primary")
    draft.add(
        DnsRecord(
            name=ident,
            concern="edge",
            hosted_zone_id=zone,
            record_name=domain,
            target=balancer,
            failover="PRIMARY",
            set_identifier="primary",
            health_check=_unless_taken_over(draft, ident, check, zone, balancer),
        )
    )
    # It stands with the standby: nothing of the environment's own region is needed to change it.
    draft.add(
        DnsRecord(
            name=ident,
            key="secondary",
            concern="edge",
            region=asked.region,
            hosted_zone_id=zone,
            record_name=domain,
            target=in_standby(balancer),
            failover="SECONDARY",
            set_identifier="standby",
        )
    )


def _unless_taken_over(
    draft: Draft, name: str, check: Ref[HealthCheck], zone: Textual, balancer: Ref[LoadBalancer]
) -> Ref[HealthCheck] | Ref[CalculatedHealthCheck]:
    """The environment's health: as it answers, and as long as nobody has taken its place."""
    deciding, asked = deciding_domain(draft), draft.blueprint.standby
    if deciding is None or deciding.domain is None or asked is None:
        return check
    if TAKEN_OVER_CHECK not in draft.refs:
        host = standby_host(deciding.domain)
        draft.add(
            HealthCheck(
                name=TAKEN_OVER_CHECK.name,
                concern="edge",
                check_type="HTTPS" if deciding.tls else "HTTP",
                fully_qualified_domain_name=host,
                port=443 if deciding.tls else 80,
                resource_path=TAKEN_OVER,
                request_interval=10 if asked.health.seconds == 10 else 30,
                failure_threshold=asked.failures,
                inverted=True,
                tags=draft.name_tag("not-taken-over"),
            )
        )
        draft.add(
            DnsRecord(
                name=TAKEN_OVER_CHECK.name,
                concern="edge",
                region=asked.region,
                hosted_zone_id=zone,
                record_name=host,
                target=in_standby(balancer),
                evaluate_target_health=False,
            )
        )
    return draft.add(
        CalculatedHealthCheck(
            name=f"{name}_unless_taken_over",
            concern="edge",
            children=(check, TAKEN_OVER_CHECK),
            tags=draft.name_tag(f"{name}-unless-taken-over"),
        )
    )


def _lets_through(entry: PublicService) -> bool:
    """Whether the load balancer sends requests for the health check to the service. ``*`` and ``?`` are all patterns
    know."""
    _, spec, public = entry
    return fnmatchcase(spec.health.path, public.path.replace("[", "[[]"))
