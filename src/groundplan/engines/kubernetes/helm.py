"""Helm: values for the charts that a cluster needs, and in which order to install them.

What the charts take is written in their own values files, at the versions that :mod:`groundplan.catalog.helm_charts`
pins. What is not said here is the chart's default.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from groundplan.catalog import images
from groundplan.catalog.helm_charts import Chart, charts
from groundplan.engines.kubernetes.context import Context
from groundplan.engines.kubernetes.model import DEPLOYED, MARKER, Value
from groundplan.engines.kubernetes.storage import EBS_CLASS
from groundplan.engines.kubernetes.yaml import dump
from groundplan.resources import Architecture

Values = dict[str, Value]


def files(architecture: Architecture) -> dict[str, str]:
    """``helm/<environment>/<chart>.yaml`` for every chart that the environment needs, and a README that says how."""
    context = Context(architecture)
    chosen = chosen_charts(context)
    folder, what = f"helm/{architecture.stage}", f"{architecture.title} {architecture.stage}"
    written = {
        f"{folder}/{chart.name}.yaml": (
            f"{MARKER}, which overwrites what is changed here.\n# {what}: {chart.title}.\n"
            f"# Chart {chart.name} {chart.version} of {chart.repository}\n{dump(VALUES[chart.name](context))}"
        )
        for chart in chosen
    }
    return written | {f"{folder}/README.md": _readme(context, chosen)}


def chosen_charts(context: Context) -> list[Chart]:
    """What this cluster needs, in order."""
    return [chart for chart in charts().values() if chart.when == "always" or chart.when in context.controllers]


def commands(chart: Chart, folder: str) -> str:
    """How a chart is installed, or brought to this version and these values."""
    more = ""
    if chart.name == "kube-prometheus-stack":
        # Alertmanager is told of the topic here, because Helm reads no deployed.env.
        more = ' --set-string "alertmanager.config.receivers[1].sns_configs[0].topic_arn=$alarm_topic"'
    return (
        f"helm upgrade --install {chart.name} {chart.name} --repo {chart.repository} --version {chart.version} "
        f"--namespace {chart.namespace} --create-namespace --values {folder}/{chart.name}.yaml --wait"
        f"{more}"
    )


def _readme(context: Context, chosen: list[Chart]) -> str:
    architecture = context.architecture
    stage, folder = architecture.stage, f"helm/{architecture.stage}"
    rows = "\n".join(f"| {chart.name} | {chart.version} | {chart.namespace} | {chart.title} |" for chart in chosen)
    lines = "\n".join(commands(chart, folder) for chart in chosen if not _tells_topic(context, chart))
    told = "".join(
        f"\nalarm_topic=$(sed -n 's/^alarm_topic=//p' overlays/{stage}/{DEPLOYED})\n{commands(chart, folder)}"
        for chart in chosen
        if _tells_topic(context, chart)
    )
    return (
        f"<!-- {MARKER.removeprefix('# ')}, which overwrites what is changed here. -->\n"
        f"# {architecture.title} {stage}: what runs beside the application\n\n"
        "`groundplan kubernetes apply` installs these where helm is there and the cluster answers. By hand, in the "
        "folder that holds `base/`:\n\n"
        f"```sh\n{lines}{told}\nkubectl apply --server-side -k overlays/{stage}\n```\n\n"
        f"| chart | version | namespace | what it is for |\n|---|---|---|---|\n{rows}\n"
    )


def _tells_topic(context: Context, chart: Chart) -> bool:
    return chart.name == "kube-prometheus-stack" and "alertmanager" in context.controllers


def _external_secrets(context: Context) -> Values:
    account = context.controllers["external-secrets"].service_account
    return {
        "installCRDs": True,
        "serviceAccount": {"create": True, "name": account},
        "replicaCount": 2,
        "podDisruptionBudget": {"enabled": True, "minAvailable": 1},
    }


def _load_balancer_controller(context: Context) -> Values:
    """It binds pods to target groups and makes nothing of its own: no Ingress classes, no webhook for Services.

    Region and VPC are said, because the metadata of nodes, where it would look, is out of reach for pods:
    https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/installation/
    """
    account = context.controllers["aws-load-balancer-controller"].service_account
    return {
        "clusterName": context.cluster.cluster_name,
        "region": context.architecture.region,
        "vpcTags": {"Name": context.vpc.tags["Name"]},
        "serviceAccount": {"create": True, "name": account},
        "replicaCount": 2,
        "createIngressClassResource": False,
        "enableServiceMutatorWebhook": False,
        "enableShield": False,
        "enableWaf": False,
        "enableWafv2": False,
        "enableBackendSecurityGroup": False,
        "disableRestrictedSecurityGroupRules": True,
    }


def _cluster_autoscaler(context: Context) -> Values:
    account = context.controllers["cluster-autoscaler"].service_account
    return {
        "cloudProvider": "aws",
        "awsRegion": context.architecture.region,
        "autoDiscovery": {"clusterName": context.cluster.cluster_name},
        "rbac": {"serviceAccount": {"create": True, "name": account}},
        "extraArgs": {
            "balance-similar-node-groups": True,
            "skip-nodes-with-system-pods": False,
            "skip-nodes-with-local-storage": False,
            "expander": "least-waste",
        },
    }


def _vertical_autoscaler(context: Context) -> Values:
    """The recommender alone: nothing changes what pods ask for (C-44)."""
    return {"recommender": {"enabled": True}, "updater": {"enabled": False}, "admissionController": {"enabled": False}}


def _prometheus(context: Context) -> Values:
    grafana = context.controllers["grafana"].service_account
    everything = {
        f"{kind}SelectorNilUsesHelmValues": False
        for kind in ("podMonitor", "probe", "rule", "scrapeConfig", "serviceMonitor")
    }
    alertmanager: Values = {"enabled": False}
    if "alertmanager" in context.controllers:
        alertmanager = _alertmanager(context)
    return {
        # EKS runs these itself and shows nobody their metrics.
        "kubeControllerManager": {"enabled": False},
        "kubeScheduler": {"enabled": False},
        "kubeEtcd": {"enabled": False},
        "kubeProxy": {"enabled": False},
        "prometheus": {
            "prometheusSpec": {
                **everything,
                "retention": "15d",
                "storageSpec": {"volumeClaimTemplate": {"spec": _claim("50Gi")}},
                "resources": {"requests": {"cpu": "200m", "memory": "1Gi"}, "limits": {"memory": "2Gi"}},
            }
        },
        "alertmanager": alertmanager,
        "grafana": {
            "serviceAccount": {"create": True, "name": grafana},
            # No password stands here: Grafana makes one when it is installed, in the Secret of its release.
            "defaultDashboardsTimezone": "utc",
            "sidecar": {"dashboards": {"enabled": True, "searchNamespace": "ALL"}},
            "persistence": {"enabled": True, "storageClassName": EBS_CLASS, "size": "5Gi"},
            "additionalDataSources": [
                {
                    "name": "CloudWatch",
                    "type": "cloudwatch",
                    "jsonData": {"authType": "default", "defaultRegion": context.architecture.region},
                }
            ],
        },
    }


def _claim(size: str) -> Values:
    return {
        "storageClassName": EBS_CLASS,
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": size}},
    }


def _alertmanager(context: Context) -> Values:
    """Alerts of the application reach whom alarms reach. ``null`` takes those that say only that alerting works."""
    sns: Values = {
        "sigv4": {"region": context.architecture.region},
        "subject": f"{context.architecture.title} {context.architecture.stage}: {{{{ .CommonLabels.alertname }}}}",
        "send_resolved": True,
    }
    return {
        "serviceAccount": {"create": True, "name": context.controllers["alertmanager"].service_account},
        "alertmanagerSpec": {"storage": {"volumeClaimTemplate": {"spec": _claim("2Gi")}}},
        "config": {
            "route": {
                "receiver": "null",
                "group_by": ["alertname", "service"],
                "group_wait": "30s",
                "group_interval": "5m",
                "repeat_interval": "12h",
                "routes": [{"receiver": "alarms", "matchers": ['severity=~"warning|critical"']}],
            },
            "receivers": [{"name": "null"}, {"name": "alarms", "sns_configs": [sns]}],
        },
    }


def _fluent_bit(context: Context) -> Values:
    account = context.controllers["log-shipper"].service_account
    return {
        "serviceAccount": {"create": True, "name": account},
        # Also nodes that keep other pods away.
        "tolerations": [{"operator": "Exists"}],
        "config": {
            "inputs": _INPUT,
            "filters": "",
            "outputs": "\n".join(_outputs(context)),
        },
    }


_INPUT = """\
[INPUT]
    Name              tail
    Path              /var/log/containers/*.log
    multiline.parser  docker, cri
    Tag               kube.*
    Mem_Buf_Limit     16MB
    Skip_Long_Lines   On
"""


def _outputs(context: Context) -> Iterator[str]:
    """Each workload's lines go to its log group, which exists: it is made with a retention and a key.

    A file is called ``<pod>_<namespace>_<container>-<id>.log``.
    Source: https://docs.fluentbit.io/manual/pipeline/outputs/cloudwatch
    """
    for workload in context.workloads:
        group = context.architecture[workload.pod.log_group].log_group_name
        # By the container as well: pods of the service api-worker are called like some of api.
        names = "|".join(container.name for container in workload.containers)
        file = rf"{workload.name}-[^_]+_{context.namespace}_({names})-[0-9a-f]+\.log"
        yield (
            "[OUTPUT]\n"
            "    Name              cloudwatch_logs\n"
            f"    Match_Regex       ^kube\\.var\\.log\\.containers\\.{file}\n"
            f"    region            {context.architecture.region}\n"
            f"    log_group_name    {group}\n"
            f"    log_stream_prefix {workload.name}/\n"
            "    log_key           log\n"
            "    auto_create_group false\n"
            "    Retry_Limit       5\n"
        )


def _trace_collector(context: Context) -> Values:
    """One collector for the cluster takes traces and sends them to X-Ray.

    Source: https://aws-otel.github.io/docs/getting-started/x-ray
    """
    image = images.image("otel_collector")
    here = {"endpoint": "${env:MY_POD_IP}:4317"}, {"endpoint": "${env:MY_POD_IP}:4318"}
    account = context.controllers["trace-collector"].service_account
    return {
        "mode": "deployment",
        "replicaCount": 2,
        "fullnameOverride": account,
        "image": {"repository": image.repository, "tag": image.tag},
        "command": {"name": "awscollector"},
        "serviceAccount": {"create": True, "name": account},
        "extraEnvs": [{"name": "AWS_REGION", "value": context.architecture.region}],
        "ports": {
            "jaeger-compact": {"enabled": False},
            "jaeger-thrift": {"enabled": False},
            "jaeger-grpc": {"enabled": False},
            "zipkin": {"enabled": False},
            "sampling": {"enabled": True, "containerPort": 2000, "servicePort": 2000, "protocol": "TCP"},
        },
        "config": {
            "extensions": {"awsproxy": {"endpoint": "${env:MY_POD_IP}:2000"}},
            "receivers": {
                "otlp": {"protocols": {"grpc": here[0], "http": here[1]}},
                "jaeger": None,
                "prometheus": None,
                "zipkin": None,
            },
            "exporters": {"awsxray": {}, "debug": None},
            "service": {
                "extensions": ["health_check", "awsproxy"],
                "pipelines": {
                    "traces": {
                        "receivers": ["otlp"],
                        "processors": ["memory_limiter", "batch"],
                        "exporters": ["awsxray"],
                    },
                    "metrics": None,
                    "logs": None,
                },
            },
        },
    }


VALUES: Mapping[str, Callable[[Context], Mapping[str, Value]]] = {
    "external-secrets": _external_secrets,
    "aws-load-balancer-controller": _load_balancer_controller,
    "cluster-autoscaler": _cluster_autoscaler,
    "vertical-pod-autoscaler": _vertical_autoscaler,
    "kube-prometheus-stack": _prometheus,
    "fluent-bit": _fluent_bit,
    "opentelemetry-collector": _trace_collector,
}
"""What each chart of the catalog is told."""
