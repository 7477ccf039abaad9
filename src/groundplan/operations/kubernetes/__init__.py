"""From manifests to a cluster: values of the deployment, the way to the cluster, charts, server-side apply."""

from groundplan.operations.kubernetes.apply import Applied, apply
from groundplan.operations.kubernetes.charts import install
from groundplan.operations.kubernetes.cluster import Cluster, find
from groundplan.operations.kubernetes.values import known_values, parse_tags

__all__ = ["Applied", "Cluster", "apply", "find", "install", "known_values", "parse_tags"]
