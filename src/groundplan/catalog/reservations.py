"""Reserved terms: EC2 Reserved Instances, reserved DB instances of RDS, reserved nodes of ElastiCache.

An offer file has them beside the price on demand, in further rows of the same product. The price book has what such a
term takes off the price on demand, in percent, under a name of its own:
``savings.rds_ri.postgres_t3_medium.1y_no_upfront_pct``. Only standard terms with nothing upfront are known here: what
they save needs no assumption about the worth of money paid years ahead.

Sources: https://aws.amazon.com/ec2/pricing/reserved-instances/, https://aws.amazon.com/rds/reserved-instances/,
https://aws.amazon.com/elasticache/reserved-cache-nodes/
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from groundplan.catalog.price_list import selectors

YEARS = (1, 3)
UNIT = "percent off on-demand"
SERVICE = "savings"
"""The price book's service of all terms."""
MULTI_AZ = ".multi_az"


def names(sku: str) -> tuple[str, ...]:
    """What the price book calls the terms for an hour of an instance or node, the closest first; empty for a SKU that
    cannot be reserved.

    The price of a Multi-AZ deployment is not exactly twice that of Single-AZ, and neither is that of its term: it has
    a name of its own, and the name of Single-AZ answers where that has no price.
    """
    family, *parts = sku.split(".")
    match family, parts:
        case "ec2", [instance_type, "hour"]:
            return (f"ec2_ri_std.{instance_type}",)
        case "rds", [engine, instance_class, deployment, "hour"]:
            name = f"rds_ri.{engine}_{instance_class.removeprefix('db_')}"
            return (f"{name}{MULTI_AZ}", name) if f".{deployment}" == MULTI_AZ else (name,)
        case "elasticache", [engine, node_type, "hour"]:
            return (f"elasticache_rn.{engine}_{node_type.removeprefix('cache_')}",)
    return ()


def term_sku(name: str, years: int) -> str:
    """The SKU of the price book that says what a term of so many years takes off."""
    return f"savings.{name}.{years}y_no_upfront_pct"


def terms_of(sku: str) -> Mapping[int, str]:
    """The SKUs of a product's own terms by their years; empty for what cannot be reserved."""
    return {years: term_sku(name, years) for name in names(sku)[:1] for years in YEARS}


@cache
def refreshed_with() -> Mapping[str, str]:
    """The SKUs of all terms that the price list can be asked for, each with that of the price on demand beside it."""
    return {term: sku for sku in selectors() for term in terms_of(sku).values()}
