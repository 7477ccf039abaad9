"""GP-VAL-034."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.catalog import engines
from groundplan.checks.facts import primaries
from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.databases import CacheReplicationGroup

DATABASES = {"postgres": engines.postgres, "mysql": engines.mysql}


class ParameterGroupFamily(Rule):
    id = "GP-VAL-034"
    title = "A parameter group is of the family of its engine version"
    severity = "error"
    why = "RDS and ElastiCache refuse a parameter group of another engine or major version."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_db_parameter_group, aws_elasticache_parameter_group: family",
        cloudformation="AWS::RDS::DBParameterGroup: Family; "
        "AWS::ElastiCache::ParameterGroup: CacheParameterGroupFamily",
    )
    source = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/parameter-groups-overview.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for database in primaries(architecture):
            engine = DATABASES.get(database.engine or "")
            if engine and database.engine_version and database.parameter_group:
                group = architecture[database.parameter_group]
                right = engine.find(database.engine_version).parameter_group_family
                if right and group.family != right:
                    yield self.violation(
                        database,
                        f"of {database.engine} {database.engine_version} uses {group.address} of family "
                        f"{group.family}; {right} is right",
                    )
        for cache in architecture.of(CacheReplicationGroup):
            group_of_cache = architecture[cache.parameter_group]
            version = (engines.valkey if cache.engine == "valkey" else engines.redis).find(cache.engine_version)
            right = version.parameter_group_family
            if right and group_of_cache.family != right:
                yield self.violation(
                    cache,
                    f"of {cache.engine} {cache.engine_version} uses {group_of_cache.address} of family "
                    f"{group_of_cache.family}; {right} is right",
                )
