"""The way back, when the region has returned: by people, at a time of their choice."""

from __future__ import annotations

from groundplan.recovery.failover import promotion_steps
from groundplan.resources import Architecture
from groundplan.resources.databases import DatabaseInstance

PAGE = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.html"


def return_steps(architecture: Architecture) -> tuple[str, ...]:
    """What has to be done, in order; empty where the environment has no standby.

    Until the fourth step nothing changes for users; from there until the sixth nothing can be written.
    """
    standby = architecture.standby
    if standby is None:
        return ()
    home, away = architecture.region, standby.region
    if not any(step.name == "promote" for step in promotion_steps(architecture)):
        return (f"Nothing: the domains lead back to {home} as soon as it answers.",)
    pairs = [
        (architecture[item.source].identifier, item.identifier)
        for item in architecture.of(DatabaseInstance)
        if item.source is not None and item.region == away
    ]
    old = ", ".join(first for first, _ in pairs)
    new = ", ".join(second for _, second in pairs)
    return (
        f"Leave everything as it is: the domains stay in {away} until step 6. Do not deploy meanwhile.",
        f"Look into {old} in {home} for what was written there and never reached {away} (at most the replica's lag); "
        "save what is needed, and rename it: aws rds modify-db-instance --new-db-instance-identifier.",
        f"Make replicas in {home} with the former names: aws rds create-db-instance-read-replica --region {home} "
        f"--db-instance-identifier {old} --source-db-instance-identifier <ARN of {new}>, with the subnet group, "
        f"security group, parameter group and key that the former had ({PAGE}). Wait until ReplicaLag is 0.",
        f"Stop the writers in {away}: services to 0 tasks or replicas, jobs off.",
        f"Wait until ReplicaLag is 0 once more, then promote {old} in {home}: aws rds promote-read-replica.",
        "Let the standby wait again: aws elbv2 modify-rule, on the rule for /taken-over, with a fixed response of 404. "
        f"Route 53 then leads the domains to {home} by itself.",
        f"Delete {new} in {away}, with a final snapshot, and deploy: the replicas are made anew, and the standby has "
        "its former size.",
    )
