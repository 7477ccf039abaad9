"""Pods and what keeps them: hardened, spread, counted by one autoscaler."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from tests.engines.kubernetes.systems import rendering, values


def _objects(environment: str = "production") -> dict[tuple[str, str], dict[str, Any]]:
    system = rendering().systems[environment]
    objects: list[dict[str, Any]] = system.filled(values(system))
    return {(item["kind"], item["metadata"]["name"]): item for item in objects}


def _pods() -> list[dict[str, Any]]:
    found = []
    for (kind, _), item in _objects().items():
        if kind in ("Deployment", "StatefulSet"):
            found.append(item["spec"]["template"]["spec"])
        elif kind == "CronJob":
            found.append(item["spec"]["jobTemplate"]["spec"]["template"]["spec"])
    assert len(found) == 4
    return found


def test_every_pod_meets_the_restricted_standard() -> None:
    """Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted"""
    for pod in _pods():
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["runAsUser"] > 0
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod)
        for container in [*pod["containers"], *pod.get("initContainers", [])]:
            context = container["securityContext"]
            assert context["allowPrivilegeEscalation"] is False
            assert context["capabilities"] == {"drop": ["ALL"]}
        for volume in pod.get("volumes", []):
            assert set(volume) & {"emptyDir", "persistentVolumeClaim"}


def test_the_namespace_enforces_it() -> None:
    labels = _objects()["Namespace", "timeline"]["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert labels["pod-security.kubernetes.io/enforce-version"] == "v1.35"


def test_pods_get_no_token_of_kubernetes() -> None:
    assert all(pod["automountServiceAccountToken"] is False for pod in _pods())
    bound = [item for (kind, _), item in _objects().items() if kind in ("RoleBinding", "ClusterRoleBinding")]
    assert [subject["kind"] for item in bound for subject in item["subjects"]] == ["Group"]


def test_viewers_see_no_secrets_and_change_nothing() -> None:
    rules = _objects()["Role", "viewers"]["rules"]
    assert all(set(rule["verbs"]) == {"get", "list", "watch"} for rule in rules)
    assert not any("secrets" in rule["resources"] or "*" in rule["resources"] for rule in rules)


def test_size_becomes_requests_and_a_limit_of_memory() -> None:
    container = _objects()["Deployment", "worker-api"]["spec"]["template"]["spec"]["containers"][0]
    assert container["resources"] == {"requests": {"cpu": "250m", "memory": "512Mi"}, "limits": {"memory": "512Mi"}}


def test_one_autoscaler_acts_and_the_other_only_says() -> None:
    objects = _objects()
    scaled = objects["HorizontalPodAutoscaler", "api"]["spec"]
    assert (scaled["minReplicas"], scaled["maxReplicas"]) == (2, 6)
    assert scaled["metrics"][0]["resource"]["target"] == {"type": "Utilization", "averageUtilization": 70}
    for (kind, _), item in objects.items():
        if kind == "VerticalPodAutoscaler":
            assert item["spec"]["updatePolicy"] == {"updateMode": "Off"}
    assert "replicas" not in objects["StatefulSet", "api"]["spec"]
    assert objects["Deployment", "mailer"]["spec"]["replicas"] == 2


def test_volumes_of_their_own_make_a_stateful_set() -> None:
    objects = _objects()
    stateful = objects["StatefulSet", "api"]["spec"]
    (claim,) = stateful["volumeClaimTemplates"]
    assert claim["metadata"]["name"] == "cache"
    assert claim["spec"]["storageClassName"] == "gp3"
    assert objects["Service", "api-pods"]["spec"]["clusterIP"] == "None"
    mounts = {item["name"]: item["mountPath"] for item in stateful["template"]["spec"]["containers"][0]["volumeMounts"]}
    assert mounts == {"cache": "/var/cache/app", "shared": "/shared"}
    assert ("Deployment", "api") not in objects


def test_shared_files_are_the_file_system_that_exists() -> None:
    volume = _objects()["PersistentVolume", "timeline-api-shared"]["spec"]
    assert volume["csi"]["volumeHandle"] == "value-of-api_shared_files::value-of-api_shared_access_point"
    assert volume["accessModes"] == ["ReadWriteMany"]


def test_storage_is_encrypted_and_made_where_the_pod_is() -> None:
    made = _objects()["StorageClass", "gp3"]
    assert made["parameters"]["encrypted"] == "true"
    assert made["volumeBindingMode"] == "WaitForFirstConsumer"


def test_a_pod_with_a_node_group_goes_there_and_tolerates_its_taint() -> None:
    pod = _objects()["Deployment", "worker-api"]["spec"]["template"]["spec"]
    assert pod["nodeSelector"]["node-group"] == "compute"
    assert pod["tolerations"] == [{"key": "dedicated", "effect": "NoSchedule", "operator": "Equal", "value": "compute"}]
    assert "tolerations" not in _objects()["Deployment", "mailer"]["spec"]["template"]["spec"]


def test_a_read_only_container_may_write_temporary_files() -> None:
    pod = _objects()["Deployment", "worker-api"]["spec"]["template"]["spec"]
    assert pod["containers"][0]["securityContext"]["readOnlyRootFilesystem"] is True
    assert {"name": "temporary", "mountPath": "/tmp"} in pod["containers"][0]["volumeMounts"]


def test_a_stopping_pod_answers_until_nobody_asks_it_any_more() -> None:
    pod = _objects()["StatefulSet", "api"]["spec"]["template"]["spec"]
    drain = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert pod["terminationGracePeriodSeconds"] >= drain + 30


def test_the_job_runs_at_its_time() -> None:
    job = _objects()["CronJob", "nightly"]["spec"]
    assert (job["schedule"], job["timeZone"]) == ("0 3 * * 1-5", "UTC")
    assert job["jobTemplate"]["spec"]["template"]["spec"]["restartPolicy"] == "Never"


def test_secrets_are_read_from_secrets_manager_and_stand_nowhere() -> None:
    secret = _objects()["ExternalSecret", "api"]["spec"]
    assert {item["secretKey"]: item["remoteRef"] for item in secret["data"]} == {
        "DATABASE_URL": {"key": "Timeline/production/main_url"},
        "REDIS_URL": {"key": "Timeline/production/sessions_url"},
        "API_KEY": {"key": "Timeline/production/api-key"},
    }
    assert not any(kind == "Secret" for kind, _ in _objects())


def test_the_application_does_not_get_what_prepares_its_database() -> None:
    pod = _objects()["StatefulSet", "api"]["spec"]["template"]["spec"]
    assert pod["initContainers"][0]["envFrom"] == [{"secretRef": {"name": "api-main-extensions"}}]
    assert {"secretRef": {"name": "api-main-extensions"}} not in pod["containers"][0]["envFrom"]


def test_the_target_group_is_the_load_balancers() -> None:
    binding = _objects()["TargetGroupBinding", "api"]["spec"]
    assert binding["targetGroupARN"] == "value-of-api_target_group"
    assert binding["serviceRef"] == {"name": "api", "port": "http"}


def test_a_lone_pod_has_no_budget_that_would_keep_its_node() -> None:
    assert ("PodDisruptionBudget", "mailer") in _objects("production")
    assert ("PodDisruptionBudget", "mailer") not in _objects("development")


def test_known_values_stay_as_they_are() -> None:
    variables = _objects()["ConfigMap", "api"]["data"]
    assert variables["WHERE"] == "us-east-1"
    assert variables["WORKER_API_URL"] == "http://worker-api:8080"
    assert variables["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://otel-collector.tracing.svc:4318"


@pytest.mark.parametrize("environment", ["production", "development"])
def test_helm_values_are_of_the_charts_that_are_needed(environment: str) -> None:
    written = {
        name.rsplit("/", 1)[1].removesuffix(".yaml"): yaml.safe_load(text)
        for name, text in rendering().files.items()
        if name.startswith(f"helm/{environment}/") and name.endswith(".yaml")
    }
    assert set(written) == {
        "aws-load-balancer-controller",
        "cluster-autoscaler",
        "external-secrets",
        "fluent-bit",
        "kube-prometheus-stack",
        "opentelemetry-collector",
        "vertical-pod-autoscaler",
    }
    assert written["vertical-pod-autoscaler"]["updater"] == {"enabled": False}
    assert f"/Timeline/{environment}/api\n" in written["fluent-bit"]["config"]["outputs"]
    assert written["cluster-autoscaler"]["autoDiscovery"]["clusterName"] == f"Timeline-{environment}-cluster"
    readme = rendering().files[f"helm/{environment}/README.md"]
    assert all(f"helm upgrade --install {name} {name} --repo" in readme for name in written)
