"""SoleMate's infrastructure (DEV-4.2) in Python: the same as groundplan.yaml, whose comments hold here too.

``groundplan check -f solemate.py -e staging``; cdk/app.py makes CDK stacks of it.
"""

from groundplan import (
    Accept,
    Blueprint,
    Bucket,
    BucketOverlay,
    Database,
    DatabaseOverlay,
    Network,
    NetworkOverlay,
    Overlay,
    Service,
    ServiceOverlay,
)

ONE_NAT = "One NAT gateway; endpoints keep it out of the way of requests (C-65)"
CAPACITY = Accept(
    rule="GP-OPS-021", reason="The EC2 capacity that the specification demands beside Fargate waits for use (C-63)"
)
S3_MANAGED = Accept(
    rule="GP-SEC-026",
    resource="bucket.assets*",
    reason="S3_MANAGED, as the specification has it: the content is public",
)
TRAIL = Accept(rule="GP-SEC-082", reason="No search of the trail is demanded; its records are in the bucket for a year")
PASSWORD = Accept(
    rule="GP-SEC-085", reason="A replica is demanded, and RDS manages no password of an instance with replicas"
)
LOGS = Accept(rule="GP-OPS-080", reason="Logs of 30 days answer what operations ask; the trail is kept for a year")


def network(second: int) -> NetworkOverlay:
    """An environment's range 10.x.0.0/16, of which each subnet gets a /24 in order."""

    def pair(first: int) -> dict[str, str]:
        return {"a": f"10.{second}.{first}.0/24", "b": f"10.{second}.{first + 1}.0/24"}

    return NetworkOverlay(
        cidr=f"10.{second}.0.0/16", subnets={"public": pair(0), "private": pair(2), "database": pair(4)}
    )


staging = Overlay(
    network={**network(0), "endpoints": ["s3"]},
    dns={"zone": "staging.solemate.com"},
    services={
        "api": ServiceOverlay(
            tasks={"desired": 1, "min": 1, "max": 4}, public={"domain": "api.staging.solemate.com"}
        )
    },
    databases={"main": DatabaseOverlay(instance_class="db.t3.micro", replicas=0, deletion_protection=False)},
    buckets={"assets": BucketOverlay(cdn={"domains": ["staging.solemate.com"]})},
    audit=None,
    backup=None,
    objectives={"budget": "250 USD/month"},
    accept=[
        Accept(rule="GP-REL-004", reason="One NAT gateway, as the specification has it (C-65)"),
        Accept(rule="GP-REL-005", reason="One task, as the specification has it; nobody waits for staging (C-53, C-65)"),
        Accept(rule="GP-REL-007", reason="Staging holds no data that is worth a last snapshot (C-59)"),
        Accept(
            rule="GP-REL-008", reason="deletionProtection false, as the specification has it, in staging alone (C-59)"
        ),
        Accept(rule="GP-REL-009", reason="Staging can be deleted as a whole (C-59)"),
        CAPACITY,
        S3_MANAGED,
    ],
)

production = Overlay(
    network=network(1),
    databases={"main": DatabaseOverlay(deletion_protection=True, final_snapshot=True)},
    objectives={"availability": "99.9%", "latency": {"p95": "200ms"}, "users": 50_000},
    traffic={"users": 50_000, "think_time": "10s"},
    accept=[
        Accept(rule="GP-REL-004", reason=ONE_NAT),
        CAPACITY,
        S3_MANAGED,
        Accept(rule="GP-COST-002", reason="gp2, as the specification has it"),
        Accept(rule="GP-COST-004", reason="db.t3.small, as the specification has it"),
        Accept(rule="GP-OPS-065", reason="Few may read the bucket, and the trail itself records who changes it"),
        TRAIL,
        PASSWORD,
        LOGS,
    ],
)

blueprint = Blueprint(
    project="solemate",
    title="Solemate",
    region="us-west-2",
    engine="cloudformation",
    about={"specification": "DEV-4.2"},
    tags={"CostCenter": "solemate"},
    network=Network(
        name="vpc",
        zones=["a", "b"],
        nat="single",
        endpoints=["s3", "ecr.api", "ecr.dkr", "logs", "secretsmanager"],
    ),
    services={
        "api": Service(
            image={"repository": "api", "tag": "1.0.0"},
            port=3000,
            size={"cpu": 256, "memory": 512},
            environment={"NODE_ENV": "production", "NODE_OPTIONS": "--max-old-space-size=160"},
            health={"path": "/health", "runtime": "node"},
            tasks={"desired": 3, "min": 3, "max": 20},
            scaling={"cpu": "70%", "memory": "80%", "requests": 1000},
            public={"domain": "api.solemate.com"},
            needs=["main", {"assets": "read-write"}],
            tracing=True,
        )
    },
    capacity={"instances": {"instance": "t3.small", "min": 1, "max": 4}},
    databases={
        "main": Database(
            engine="postgres 15",
            instance_class="db.t3.small",
            storage="20..100 GB gp2",
            standby=True,
            replicas=1,
            backups="7d",
        )
    },
    buckets={
        "assets": Bucket(
            encryption="s3",
            lifecycle={"DeleteOldVersions": {"expire_noncurrent": "30d"}},
            replicate="us-east-2",
            cdn={"domains": ["solemate.com", "www.solemate.com"]},
        )
    },
    dns={"zone": "solemate.com"},
    firewall={"rules": ["common", "known-bad-inputs", "ip-reputation", "sql"], "rate": 2000},
    audit={},
    backup={"keep": "35d", "copy_to": "us-east-2"},
    alarms={"email": "operations@solemate.com", "webhook": "https://events.solemate.com/aws"},
    objectives={"budget": "600 USD/month"},
    environments={"staging": staging, "production": production},
)
