"""From manifests to a cluster: values of the deployment, the way to the cluster, charts, apply, switches."""

from groundplan.operations.kubernetes.apply import Applied, apply
from groundplan.operations.kubernetes.charts import install
from groundplan.operations.kubernetes.cluster import Cluster, chosen, find, reach
from groundplan.operations.kubernetes.prune import Leftover, leftovers, prune
from groundplan.operations.kubernetes.releases import PodRelease, live_tags, release
from groundplan.operations.kubernetes.requests import Requests, find_requests, live_colours
from groundplan.operations.kubernetes.switch import Pace, Switched, switch
from groundplan.operations.kubernetes.values import known_values, of_standby, parse_tags, terraform_outputs

__all__ = [
    "Applied", "Cluster", "Leftover", "Pace", "PodRelease", "Requests", "Switched", "apply", "chosen", "find",
    "find_requests", "install", "known_values", "leftovers", "live_colours", "live_tags", "of_standby", "parse_tags",
    "prune", "reach", "release", "switch", "terraform_outputs",
]  # fmt: skip
