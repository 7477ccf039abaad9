"""What runs in the cluster of an environment: manifests and Helm values."""

from __future__ import annotations

from typing import Any

import yaml
from tests.acceptance.personal_timeline.expected import expected
from tests.acceptance.rows import requirement
from tests.acceptance.system import System
from tests.engines.kubernetes.schemas import problem_of

NAMESPACE = "personal-timeline"
SERVICES = ("api", "processor", "thumbnails")


def objects(system: System) -> list[dict[str, Any]]:
    """Every object, with a value for whatever only a deployment knows."""
    found = system.manifests.systems[system.environment]
    values = {item.key: item.default or f"value-of-{item.key}" for item in found.wanted}
    return [dict(item) for item in found.filled(values)]


def of_kind(system: System, kind: str) -> dict[str, dict[str, Any]]:
    """The objects of a kind by their name."""
    every = objects(system)
    return {item["metadata"]["name"]: item for item in every if item["kind"] == kind}


def helm(system: System, chart: str) -> dict[str, Any]:
    """The values of a chart."""
    found: dict[str, Any] = yaml.safe_load(system.manifests.files[f"helm/{system.environment}/{chart}.yaml"])
    return found


def runs(system: System, service: str) -> list[dict[str, Any]]:
    """What keeps the pods of a service: one object, or two where they take turns."""
    every = objects(system)
    return [
        item
        for item in every
        if item["kind"] in ("Deployment", "StatefulSet")
        and item["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/name"] == service
    ]


class Manifests:
    """Kubernetes as the application sees it."""

    @requirement("PT-22", "PT-120", "PT-121", "PT-122")
    def test_every_object_is_valid(self, system: System) -> None:
        """Against the schemas of Kubernetes 1.35; an unknown field is wrong."""
        found = objects(system)
        assert len(found) > 30
        assert [problem for problem in (problem_of(item, "1.35") for item in found) if problem] == []

    @requirement("PT-16", "PT-165")
    def test_load_balancer_controller(self, system: System) -> None:
        """C-43: it makes no load balancer; it puts pods into the target groups that are there."""
        values = helm(system, "aws-load-balancer-controller")
        assert values["clusterName"] == f"{expected(system).prefix}api-cluster"
        assert values["createIngressClassResource"] is False
        assert values["serviceAccount"]["name"] == "aws-load-balancer-controller"
        bindings = of_kind(system, "TargetGroupBinding")
        assert bindings
        assert {binding["spec"]["targetType"] for binding in bindings.values()} == {"ip"}
        assert of_kind(system, "Ingress") == {}

    @requirement("PT-172")
    def test_pods_are_bound_to_the_target_group(self, system: System) -> None:
        for binding in of_kind(system, "TargetGroupBinding").values():
            service = of_kind(system, "Service")[binding["spec"]["serviceRef"]["name"]]
            assert binding["spec"]["targetGroupARN"]
            assert [port["name"] for port in service["spec"]["ports"]] == [binding["spec"]["serviceRef"]["port"]]

    @requirement("PT-119")
    def test_cluster_autoscaler(self, system: System) -> None:
        values = helm(system, "cluster-autoscaler")
        assert values["autoDiscovery"] == {"clusterName": f"{expected(system).prefix}api-cluster"}
        assert values["awsRegion"] == "us-east-1"

    @requirement("PT-17", "PT-40", "PT-120", "PT-221")
    def test_pods_scale_on_cpu(self, system: System) -> None:
        scalers = of_kind(system, "HorizontalPodAutoscaler")
        assert {scaler["spec"]["scaleTargetRef"]["name"].split("-")[0] for scaler in scalers.values()} == set(SERVICES)
        for name, scaler in scalers.items():
            (metric,) = scaler["spec"]["metrics"]
            assert metric["resource"]["name"] == "cpu"
            assert metric["resource"]["target"] == {"type": "Utilization", "averageUtilization": 70}
            assert scaler["spec"]["minReplicas"] < scaler["spec"]["maxReplicas"]
            if name.startswith("api"):
                assert (scaler["spec"]["minReplicas"], scaler["spec"]["maxReplicas"]) == expected(system).pods

    @requirement("PT-49", "PT-121")
    def test_vertical_scaling_only_recommends(self, system: System) -> None:
        """C-44: two scalers on one metric would fight."""
        scalers = of_kind(system, "VerticalPodAutoscaler")
        assert {scaler["spec"]["updatePolicy"]["updateMode"] for scaler in scalers.values()} == {"Off"}
        assert {name.split("-")[0] for name in scalers} == set(SERVICES)
        values = helm(system, "vertical-pod-autoscaler")
        assert (values["recommender"]["enabled"], values["updater"]["enabled"]) == (True, False)

    @requirement("PT-122", "PT-161")
    def test_access_inside_of_the_cluster(self, system: System) -> None:
        """A service account for each service, without a token; people may look, and see no secret."""
        accounts = of_kind(system, "ServiceAccount")
        assert set(accounts) >= set(SERVICES)
        assert {accounts[name]["automountServiceAccountToken"] for name in SERVICES} == {False}
        roles = of_kind(system, "Role")
        rules = [rule for role in roles.values() for rule in role["rules"]]
        assert rules
        assert {verb for rule in rules for verb in rule["verbs"]} <= {"get", "list", "watch"}
        assert not any("secrets" in rule["resources"] or "*" in rule["resources"] for rule in rules)
        bindings = of_kind(system, "RoleBinding")
        assert {binding["roleRef"]["name"] for binding in bindings.values()} <= set(roles)
        assert of_kind(system, "ClusterRoleBinding") == {}

    @requirement("PT-22")
    def test_volumes(self, system: System) -> None:
        """Files that all pods share on EFS, a disk of its own for each pod on EBS, both encrypted."""
        classes = of_kind(system, "StorageClass")
        assert {item["provisioner"] for item in classes.values()} == {"ebs.csi.aws.com", "efs.csi.aws.com"}
        assert classes["gp3"]["parameters"]["encrypted"] == "true"
        (claim,) = of_kind(system, "PersistentVolumeClaim").values()
        assert claim["spec"]["accessModes"] == ["ReadWriteMany"]
        (pods,) = runs(system, "thumbnails")
        (template,) = pods["spec"]["volumeClaimTemplates"]
        assert template["spec"]["storageClassName"] == "gp3"
        assert template["spec"]["resources"]["requests"]["storage"] == "20Gi"

    @requirement("PT-37")
    def test_pods_are_checked_and_replaced(self, system: System) -> None:
        for pods in runs(system, "api"):
            (container,) = pods["spec"]["template"]["spec"]["containers"]
            for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
                assert container[probe]["httpGet"]["path"] == "/health"
        assert bool(of_kind(system, "PodDisruptionBudget")) == (expected(system).pods[0] > 1)

    @requirement("PT-71", "PT-35")
    def test_pods_spread_over_zones(self, system: System) -> None:
        for pods in runs(system, "api"):
            constraints = pods["spec"]["template"]["spec"]["topologySpreadConstraints"]
            assert "topology.kubernetes.io/zone" in {item["topologyKey"] for item in constraints}

    @requirement("PT-118", "PT-117", "PT-61")
    def test_pods_run_where_they_belong(self, system: System) -> None:
        """Data processing on memory optimized nodes, thumbnails on compute optimized ones; in development together."""
        for service, group in (("processor", "memory"), ("thumbnails", "compute")):
            (pods,) = runs(system, service)
            spec = pods["spec"]["template"]["spec"]
            own = group in expected(system).nodes
            assert (spec["nodeSelector"].get("node-group") == group) == own
            assert bool(spec.get("tolerations")) == own

    @requirement("PT-29", "PT-155")
    def test_secrets_come_from_aws(self, system: System) -> None:
        """None stands in a manifest: external-secrets reads them, the application's from the Parameter Store."""
        assert of_kind(system, "Secret") == {}
        stores = of_kind(system, "SecretStore")
        services = {item["spec"]["provider"]["aws"]["service"] for item in stores.values()}
        assert services == {"SecretsManager", "ParameterStore"}
        keys = {
            entry["remoteRef"]["key"]
            for item in of_kind(system, "ExternalSecret").values()
            for entry in item["spec"].get("data", ())
        }
        assert f"/personal-timeline/{expected(system).token}/application" in keys

    @requirement("PT-30", "PT-82")
    def test_prometheus_and_grafana(self, system: System) -> None:
        """Not in development, which has CloudWatch alone (PT-195)."""
        found = any(path.endswith("/kube-prometheus-stack.yaml") for path in system.manifests.files)
        assert found == (system.environment != "development")
        if not found:
            assert of_kind(system, "PrometheusRule") == {}
            return
        values = helm(system, "kube-prometheus-stack")
        assert values["prometheus"]["prometheusSpec"]["storageSpec"]
        assert values["grafana"]["persistence"]["enabled"] is True
        rules = of_kind(system, "PrometheusRule")
        alerts = [rule for item in rules.values() for group in item["spec"]["groups"] for rule in group["rules"]]
        assert len(alerts) > 5
        assert all(alert["expr"] for alert in alerts)

    @requirement("PT-31")
    def test_logs_are_shipped(self, system: System) -> None:
        """CloudWatch is the cloud's equivalent of ELK."""
        outputs = helm(system, "fluent-bit")["config"]["outputs"]
        for service in SERVICES:
            assert f"/personal-timeline/{expected(system).token}/{service}" in outputs

    @requirement("PT-32")
    def test_traces(self, system: System) -> None:
        """Not in development: minimal monitoring (PT-195)."""
        path = f"helm/{system.environment}/opentelemetry-collector.yaml"
        traced = system.environment != "development"
        assert (path in system.manifests.files) == traced
        variables = {
            name
            for item in of_kind(system, "ConfigMap").values()
            for name in item.get("data", {})
            if name.startswith("OTEL_EXPORTER")
        }
        assert bool(variables) == traced
        if traced:
            collector = helm(system, "opentelemetry-collector")
            assert "awsxray" in collector["config"]["exporters"]
            assert collector["serviceAccount"]["name"] == "otel-collector"
