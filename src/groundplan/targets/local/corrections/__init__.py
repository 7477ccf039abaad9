"""Where moto is wrong about AWS and can be put right in place: patches of single functions, each with the reason.

They are applied to a service when its first request comes, so that unused services are never imported.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from groundplan.targets.local.corrections import (
    containers,
    databases,
    delivery,
    disruptions,
    dns,
    identity,
    instances,
    messaging,
    monitoring,
    network,
    parameters,
    promotion,
    regions,
    rest_apis,
    restoring,
    storage,
    tagging,
)

_CORRECTIONS: Mapping[str, tuple[Callable[[], None], ...]] = {
    "rds": (
        databases.adjacent_windows,
        regions.replicas_in_other_regions,
        promotion.promoted_replicas_stand_alone,
        databases.database_echoes,
        databases.subnet_groups_stay,
        databases.managed_passwords,
        restoring.databases_have_ids_of_their_own,
        restoring.restored_databases_stand_alone,
        restoring.renamed_databases_keep_their_replicas,
        disruptions.databases_take_time_to_reboot,
    ),
    "elasticache": (
        databases.deleted_replication_groups_go,
        databases.cache_subnet_zones,
        databases.reader_endpoints,
        databases.nodes_of_replication_groups,
    ),
    "dynamodb": (databases.tables_on_demand_have_no_throughput, databases.streams_can_start_again),
    "wafv2": (delivery.rules_can_go,),
    "ecs": (
        containers.service_echoes,
        containers.services_are_steady,
        containers.revisions_are_dated,
        disruptions.services_count_their_tasks,
        containers.capacity_provider_changes,
        containers.all_capacity_providers,
    ),
    "eks": (containers.kubernetes_echoes,),
    "apigateway": (rest_apis.rest_api_echoes, rest_apis.one_resource_per_path),
    "autoscaling": (containers.policy_arns, instances.images_by_parameter),
    "ec2": (
        instances.images_by_parameter,
        instances.tags_of_templates,
        network.endpoints_are_gateways,
        network.default_lists_go_with_their_network,
        tagging.tags_are_looked_up,
    ),
    "cloudfront": (delivery.distribution_echoes, delivery.own_certificates, delivery.one_distribution_per_alias),
    "route53": (dns.records_of_new_zones, dns.changes_of_records),
    "elasticloadbalancing": (delivery.one_listener_per_port, tagging.load_balancers_take_fifty_tags),
    "iam": (identity.managed_policies_on_demand,),
    "ecr": (regions.images_are_replicated,),
    "secretsmanager": (identity.rotation_rules, identity.descriptions_can_go, regions.keys_of_secret_replicas),
    "s3": (storage.log_delivery_policies, storage.bucket_policy_conditions),
    "backup": (storage.deleted_plans_free_their_name,),
    "scheduler": (monitoring.schedule_groups_go_with_their_tags,),
    "sqs": (messaging.queue_echoes,),
    "ssm": (parameters.descriptions_are_of_own_parameters,),
    "logs": (storage.one_metric_filter_per_name,),
    "tagging": (tagging.pages_can_be_saved,),
}


def by_service() -> Mapping[str, tuple[Callable[[], None], ...]]:
    """Every correction by the signing name of its service; what they put right stands in their docstrings."""
    return _CORRECTIONS


class Corrections:
    """Applies each service's corrections once."""

    def __init__(self) -> None:
        self._done: set[str] = set()

    def apply(self, service: str) -> None:
        """``service`` is the signing name of the request."""
        if service in self._done:
            return
        self._done.add(service)
        for correct in _CORRECTIONS.get(service, ()):
            correct()
