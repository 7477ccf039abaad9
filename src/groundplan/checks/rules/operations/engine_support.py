"""GP-OPS-017."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.catalog import engines
from groundplan.catalog.engines import Engine, Support
from groundplan.checks.facts import primaries
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.base import Resource
from groundplan.resources.databases import CacheReplicationGroup
from groundplan.resources.kubernetes import KubernetesCluster

DATABASES = {"postgres": engines.postgres, "mysql": engines.mysql}


class EngineSupport(Rule):
    id = "GP-OPS-017"
    title = "Engine versions are in standard support"
    severity = "warning"
    why = "Extended support costs more per vCPU and hour than many instances, and ends in a forced upgrade."
    fix = Fix(
        blueprint="Set engine: of the database or cache, or kubernetes.version, to a newer major version. A database "
        "is upgraded by hand before, with a snapshot to go back to.",
        terraform="aws_db_instance, aws_elasticache_replication_group: engine_version; aws_eks_cluster: version",
        cloudformation="AWS::RDS::DBInstance, AWS::ElastiCache::ReplicationGroup: EngineVersion; AWS::EKS::Cluster: "
        "Version",
    )
    source = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/extended-support.html"
    references = References(pillar="Operational Excellence", security_hub=("EKS.2",), checkov=("CKV_AWS_339",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for database in primaries(architecture):
            engine = DATABASES.get(database.engine or "")
            if engine and database.engine_version:
                yield from self._of(database, engine, database.engine_version)
        for cache in architecture.of(CacheReplicationGroup):
            engine = engines.valkey if cache.engine == "valkey" else engines.redis
            yield from self._of(cache, engine, cache.engine_version)
        for cluster in architecture.of(KubernetesCluster):
            yield from self._of(cluster, engines.kubernetes, cluster.version)

    def _of(self, resource: Resource, engine: Engine, written: str) -> Iterator[Violation]:
        # The catalog's day, not today: the same blueprint gives the same findings until the catalog is refreshed.
        day = max(engine.source.date, engine.support_source.date)
        version = engine.find(written)
        if version.support(day) in (Support.EXTENDED, Support.ENDED):
            newer = [
                major.name
                for major in engine.majors
                if major.creatable and (major.standard_support_ends is None or major.standard_support_ends >= day)
            ]
            yield self.violation(
                resource,
                f"has {engine.title} {written}, whose standard support ended on {version.standard_support_ends}; "
                f"{' or '.join(newer)} is right",
            )
