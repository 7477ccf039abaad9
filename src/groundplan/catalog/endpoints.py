"""AWS services that a VPC reaches through an endpoint, by what their names have behind the region: ``ecr.api`` of
``com.amazonaws.eu-west-1.ecr.api``.

Names: aws-cdk-lib 2.275.0, ``InterfaceVpcEndpointAwsService``, those of its regional services that are called so. Many
have a twin with ``-fips`` that is not listed.
Source: https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
"""

from __future__ import annotations

from functools import cache

from groundplan.catalog import _data
from groundplan.errors import suggestion

LIST = "https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html"


@cache
def services() -> frozenset[str]:
    """Every service that is known to have one."""
    return frozenset(service for (service,) in _data.rows("endpoints"))


def is_known(service: str) -> bool:
    """Whether a VPC can have an endpoint of that service."""
    return service.removesuffix("-fips") in services() or service in services()


def suggest(service: str) -> str:
    """What is right instead, as the end of a message: ``'; did you mean "ecr.api" or "ecr.dkr"?'``."""
    parts = sorted(known for known in services() if known.startswith(f"{service}."))
    if parts:
        said = " or ".join(f'"{part}"' for part in parts)
        return f"; did you mean {said}?"
    return suggestion(service, services()) or f"; AWS lists them: {LIST}"
