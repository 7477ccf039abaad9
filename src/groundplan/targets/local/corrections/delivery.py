"""CloudFront and load balancers: forgotten settings, what must be there only once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from groundplan.targets.local.corrections.once import once


@once
def distribution_echoes() -> None:
    """moto forgets what it does not know of a distribution, such as an origin's access control; AWS reads it back."""
    from botocore import xform_name
    from moto.cloudfront import models

    for kind in ("Origin", "DefaultCacheBehaviour", "CacheBehaviour", "DistributionConfig", "CustomOriginConfig"):
        owner: Any = getattr(models, kind)
        setattr(owner, "__init__", _remembering_config(owner.__init__, xform_name))  # noqa: B010 - mypy forbids it


def _remembering_config(original: Callable[..., None], attribute: Callable[[str], str]) -> Callable[..., None]:
    @wraps(original)
    def init(self: Any, config: dict[str, Any]) -> None:
        original(self, config)
        for name, value in config.items():
            if not hasattr(self, attribute(name)):
                setattr(self, attribute(name), value)

    return init


@once
def own_certificates() -> None:
    """moto says of every distribution that it has CloudFront's certificate; with one of its own AWS says no."""
    from moto.cloudfront.models import ViewerCertificate

    original = ViewerCertificate.__init__

    @wraps(original)
    def init(self: Any, config: dict[str, Any]) -> None:
        original(self, config)
        if self.acm_certificate_arn or self.iam_certificate_id:
            self.cloud_front_default_certificate = False

    setattr(ViewerCertificate, "__init__", init)  # noqa: B010 - mypy forbids assigning to a method


@once
def one_listener_per_port() -> None:
    """moto looks for the port among ARNs, and so takes a second listener on it; AWS refuses it (DuplicateListener)."""
    from moto.elbv2.exceptions import DuplicateListenerError
    from moto.elbv2.models import ELBv2Backend

    create, modify = ELBv2Backend.create_listener, ELBv2Backend.modify_listener

    def check(backend: Any, balancer_arn: str, port: Any, own: str = "") -> None:
        balancer = backend.load_balancers.get(balancer_arn)
        for listener in balancer.listeners.values() if balancer else ():
            if port is not None and str(listener.port) == str(port) and listener.arn != own:
                raise DuplicateListenerError()

    @wraps(create)
    def create_listener(self: Any, load_balancer_arn: str, protocol: str, port: str, *args: Any, **kwargs: Any) -> Any:
        check(self, load_balancer_arn, port)
        return create(self, load_balancer_arn, protocol, port, *args, **kwargs)

    @wraps(modify)
    def modify_listener(self: Any, arn: str, port: str | None = None, *args: Any, **kwargs: Any) -> Any:
        for balancer in self.load_balancers.values():
            if arn in balancer.listeners:
                check(self, balancer.arn, port, arn)
        return modify(self, arn, port, *args, **kwargs)

    setattr(ELBv2Backend, "create_listener", create_listener)  # noqa: B010 - mypy forbids assigning to a method
    setattr(ELBv2Backend, "modify_listener", modify_listener)  # noqa: B010


@once
def one_distribution_per_alias() -> None:
    """moto gives one domain name to any number of distributions; AWS refuses the second (CNAMEAlreadyExists)."""
    from moto.cloudfront.exceptions import CloudFrontException
    from moto.cloudfront.models import CloudFrontBackend

    class AliasTaken(CloudFrontException):
        code = "CNAMEAlreadyExists"

    def check(backend: Any, config: Mapping[str, Any], own: str = "") -> None:
        wanted = set((config.get("Aliases") or {}).get("Items") or ())
        for distribution in backend.distributions.values():
            taken = set((distribution.distribution_config.aliases or {}).get("Items") or ())
            if distribution.distribution_id != own and wanted & taken:
                raise AliasTaken(
                    "One or more of the CNAMEs you provided are already associated with a different resource: "
                    + ", ".join(sorted(wanted & taken)),
                )

    create, update = CloudFrontBackend.create_distribution_with_tags, CloudFrontBackend.update_distribution

    @wraps(create)
    def create_distribution(self: Any, distribution_config: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        check(self, distribution_config)
        return create(self, distribution_config, *args, **kwargs)

    @wraps(update)
    def update_distribution(self: Any, dist_config: dict[str, Any], _id: str, if_match: bool) -> Any:
        check(self, dist_config, _id)
        return update(self, dist_config, _id, if_match)

    setattr(CloudFrontBackend, "create_distribution_with_tags", create_distribution)  # noqa: B010
    setattr(CloudFrontBackend, "update_distribution", update_distribution)  # noqa: B010


@once
def rules_can_go() -> None:
    """moto keeps the rules of a web ACL when an update has none; AWS replaces the whole specification.

    Source: https://docs.aws.amazon.com/waf/latest/APIReference/API_UpdateWebACL.html
    """
    from moto.wafv2.models import WAFV2Backend

    original = WAFV2Backend.update_web_acl

    @wraps(original)
    def update(self: Any, name: str, _id: str, default_action: Any, rules: Any, *args: Any, **rest: Any) -> Any:
        token = original(self, name, _id, default_action, rules, *args, **rest)
        if not rules:
            self.get_web_acl(None, name, _id).rules = []
        return token

    setattr(WAFV2Backend, "update_web_acl", update)  # noqa: B010 - mypy forbids assigning to a method
