"""Tracing: an OpenTelemetry collector (ADOT) beside the container sends its traces to AWS X-Ray.

X-Ray's own SDK and daemon are in maintenance since February 2026:
https://docs.aws.amazon.com/xray/latest/devguide/xray-daemon-eos.html
"""

from __future__ import annotations

from decimal import Decimal

from groundplan.blueprint.validation.base import workloads
from groundplan.catalog import images
from groundplan.design.draft import Draft
from groundplan.resources.containers import Container
from groundplan.resources.monitoring import LogGroup
from groundplan.resources.policies import Statement
from groundplan.resources.tracing import SamplingRule, TraceGroup
from groundplan.resources.values import Pseudo, Ref, Textual

NAME = "otel-collector"
PORTS = (2000, 4317, 4318)
"""What the collector listens on, in the network of the task."""

CONFIGURATION = """\
extensions:
  awsproxy:
    endpoint: 127.0.0.1:2000
receivers:
  otlp:
    protocols:
      grpc:
        endpoint: 127.0.0.1:4317
      http:
        endpoint: 127.0.0.1:4318
processors:
  resourcedetection:
    detectors: [env, ecs]
  batch:
    timeout: 1s
    send_batch_size: 50
exporters:
  awsxray:
service:
  extensions: [awsproxy]
  telemetry:
    metrics:
      level: none
  pipelines:
    traces:
      receivers: [otlp]
      processors: [resourcedetection, batch]
      exporters: [awsxray]
"""
"""``ecs-xray.yaml`` of the image, listening for this task alone, with the proxy that hands out sampling rules, and
without metrics of its own, for which it would take port 8888 away from the application.
Sources: https://github.com/aws-observability/aws-otel-collector/blob/main/config/ecs/ecs-xray.yaml and
https://aws-otel.github.io/docs/getting-started/remote-sampling"""

RESERVOIR_PER_SECOND, RATE = 1, Decimal("0.05")
"""As X-Ray's default rule has it: the first request of a second, and 5 % of the others.
Source: https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html"""
PRIORITY = 1000


def service_name(draft: Draft, name: str) -> str:
    """What a workload is called in X-Ray. By the convention, so that environments in one account stay apart."""
    return draft.plain(name)


def variables(draft: Draft, name: str) -> dict[str, Textual]:
    """What an OpenTelemetry SDK reads; the collector takes traces alone.

    Source: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
    """
    return {
        "OTEL_SERVICE_NAME": service_name(draft, name),
        "OTEL_RESOURCE_ATTRIBUTES": f"deployment.environment={draft.environment}",
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_METRICS_EXPORTER": "none",
        "OTEL_LOGS_EXPORTER": "none",
    }


def statements() -> list[Statement]:
    """What the collector may do with the role of the task. X-Ray knows no resources for these actions.

    Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
    """
    actions = (
        "xray:GetSamplingRules",
        "xray:GetSamplingStatisticSummaries",
        "xray:GetSamplingTargets",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
    )
    return [Statement(sid="SendTraces", actions=actions, resources=("*",))]


def collector(group: Ref[LogGroup]) -> Container:
    """The sidecar. The application runs on without it."""
    image = images.image("otel_collector")
    return Container(
        name=NAME,
        image=str(image),
        essential=False,
        cpu=image.cpu,
        memory_reservation=image.memory_mib,
        environment={"AOT_CONFIG_CONTENT": CONFIGURATION, "AWS_REGION": Pseudo.REGION},
        log_group=group,
        log_stream_prefix=NAME,
    )


def add_tracing(draft: Draft) -> None:
    """A group for the environment's traces, and a rule for how many requests are traced."""
    traced = [(f"{family}.{name}", name) for family, name, workload in workloads(draft.blueprint) if workload.tracing]
    if not traced:
        return
    place = f"{traced[0][0]}.tracing"
    draft.add(
        TraceGroup(
            name="main",
            concern="monitoring",
            group_name=draft.called("xray_group", "traces", place),
            filter_expression=" OR ".join(f'service("{service_name(draft, name)}")' for _, name in traced),
            tags=draft.name_tag("traces"),
        )
    )
    draft.add(
        SamplingRule(
            name="main",
            concern="monitoring",
            rule_name=draft.called("xray_sampling_rule", "traces", place),
            priority=PRIORITY,
            service_name=service_name(draft, "*"),
            reservoir_size=RESERVOIR_PER_SECOND,
            fixed_rate=RATE,
            tags=draft.name_tag("traces"),
        )
    )
