"""A small API server on 127.0.0.1: discovery, objects by path and by label, server-side apply, merge patches, deletion,
rollouts that end or get stuck."""

from __future__ import annotations

import json
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

GROUPS: dict[str, tuple[tuple[str, str, bool], ...]] = {
    "v1": (
        ("namespaces", "Namespace", False),
        ("serviceaccounts", "ServiceAccount", True),
        ("configmaps", "ConfigMap", True),
        ("services", "Service", True),
        ("persistentvolumes", "PersistentVolume", False),
        ("persistentvolumeclaims", "PersistentVolumeClaim", True),
    ),
    "apps/v1": (("deployments", "Deployment", True), ("statefulsets", "StatefulSet", True)),
    "autoscaling/v2": (("horizontalpodautoscalers", "HorizontalPodAutoscaler", True),),
    "autoscaling.k8s.io/v1": (("verticalpodautoscalers", "VerticalPodAutoscaler", True),),
    "batch/v1": (("cronjobs", "CronJob", True),),
    "elbv2.k8s.aws/v1beta1": (("targetgroupbindings", "TargetGroupBinding", True),),
    "external-secrets.io/v1": (("externalsecrets", "ExternalSecret", True), ("secretstores", "SecretStore", True)),
    "monitoring.coreos.com/v1": (("podmonitors", "PodMonitor", True), ("prometheusrules", "PrometheusRule", True)),
    "networking.k8s.io/v1": (("networkpolicies", "NetworkPolicy", True),),
    "policy/v1": (("poddisruptionbudgets", "PodDisruptionBudget", True),),
    "rbac.authorization.k8s.io/v1": (("roles", "Role", True), ("rolebindings", "RoleBinding", True)),
    "storage.k8s.io/v1": (("storageclasses", "StorageClass", False),),
}


@dataclass
class ApiServer:
    """What the server knows and was asked."""

    endpoint: str = ""
    groups: dict[str, tuple[tuple[str, str, bool], ...]] = field(default_factory=lambda: dict(GROUPS))
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    """What was last applied, by path."""
    applied: list[tuple[str, str]] = field(default_factory=list)
    """Path and query of every apply, in order."""
    refused: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Status and message by the end of a path."""
    stuck: set[str] = field(default_factory=set)
    """Deployments whose pods never run."""
    authorizations: list[str] = field(default_factory=list)
    """What those who asked were let in with."""
    deleted: list[str] = field(default_factory=list)
    patched: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    """Path, query and body of every merge patch, in order."""
    scaled: Callable[[str, int], None] = lambda name, replicas: None
    """What else happens where a Deployment has another number of pods: controllers do their work."""

    def discovery(self, path: str) -> Any:
        if path == "/version":
            told = ("buildDate", "compiler", "gitCommit", "gitTreeState", "gitVersion", "goVersion", "platform")
            return {"major": "1", "minor": "35+"} | dict.fromkeys(told, "-")
        if path == "/api":
            return {"kind": "APIVersions", "versions": ["v1"]}
        if path == "/apis":
            names = [group.split("/") for group in self.groups if "/" in group]
            versions = [[{"groupVersion": f"{name}/{version}", "version": version}] for name, version in names]
            return {
                "kind": "APIGroupList",
                "groups": [
                    {"name": name, "versions": each, "preferredVersion": each[0]}
                    for (name, _), each in zip(names, versions, strict=True)
                ],
            }
        group = path.removeprefix("/apis/").removeprefix("/api/")
        if group not in self.groups:
            return None
        resources = [
            {"name": plural, "singularName": "", "kind": kind, "namespaced": namespaced, "verbs": ["get", "patch"]}
            for plural, kind, namespaced in self.groups[group]
        ]
        return {"kind": "APIResourceList", "groupVersion": group, "resources": resources}

    def apply(self, path: str, query: str, body: dict[str, Any]) -> dict[str, Any]:
        self.applied.append((path, query))
        known = self.objects.get(path)
        text = json.dumps(body, sort_keys=True)
        same = self.texts.get(path) == text
        self.texts[path] = text
        version = int(known["metadata"]["resourceVersion"]) if known else 0
        body["metadata"]["resourceVersion"] = str(version if same else version + 1)
        body["metadata"]["generation"] = int(body["metadata"]["resourceVersion"])
        if body["kind"] in ("Deployment", "StatefulSet"):
            body["status"] = self._rollout(body)
        self.objects[path] = body
        return body

    def patch(self, path: str, query: str, body: dict[str, Any]) -> dict[str, Any]:
        self.patched.append((path, query, body))
        known = self.objects[path]
        before = known["spec"].get("replicas")
        _merge(known, body)
        known["metadata"]["generation"] += 1
        if known["kind"] == "Deployment":
            known["status"] = self._rollout(known)
            if known["spec"]["replicas"] != before:
                self.scaled(known["metadata"]["name"], known["spec"]["replicas"])
        return known

    def listed(self, path: str, query: str) -> dict[str, Any] | None:
        """All objects of a kind, in every namespace, that have the labels of the query."""
        root, _, plural = path.rpartition("/")
        group = root.removeprefix("/apis/").removeprefix("/api/")
        if plural not in [name for name, _, _ in self.groups.get(group, ())]:
            return None
        selector = urllib.parse.parse_qs(query).get("labelSelector", [""])[0]
        labels = dict(pair.split("=") for pair in selector.split(",") if pair)
        items = [
            item
            for place, item in self.objects.items()
            if place.startswith(f"{root}/")
            and place.split("/")[-2] == plural
            and labels.items() <= item["metadata"].get("labels", {}).items()
        ]
        return {"kind": "List", "apiVersion": group, "items": items}

    def _rollout(self, body: dict[str, Any]) -> dict[str, Any]:
        wanted = body["spec"].setdefault("replicas", 1)
        state: dict[str, Any] = {"observedGeneration": body["metadata"]["generation"], "replicas": wanted}
        if body["metadata"]["name"] in self.stuck:
            reason = {"type": "Progressing", "status": "False", "message": "deadline exceeded: image cannot be pulled"}
            return {**state, "updatedReplicas": wanted, "availableReplicas": 0, "conditions": [reason]}
        return {**state, "updatedReplicas": wanted, "availableReplicas": wanted}


def _merge(value: dict[str, Any], patch: dict[str, Any]) -> None:
    """RFC 7386, without deletion."""
    for key, item in patch.items():
        if isinstance(item, dict) and isinstance(value.get(key), dict):
            _merge(value[key], item)
        else:
            value[key] = item


@contextmanager
def running() -> Iterator[ApiServer]:
    """The server, for as long as the block runs."""
    state = ApiServer()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self, code: int, body: Any) -> None:
            content = json.dumps(body).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def _refused(self, path: str) -> bool:
            for end, (code, message) in state.refused.items():
                if path.endswith(end):
                    self._answer(code, {"kind": "Status", "message": message, "code": code})
                    return True
            return False

        def do_GET(self) -> None:
            state.authorizations.append(self.headers.get("Authorization", ""))
            path, _, query = self.path.partition("?")
            path = path.rstrip("/")
            found = state.discovery(path)
            if found is None:
                found = state.objects.get(path) or state.listed(path, query)
            if found is None:
                self._answer(404, {"kind": "Status", "message": f"{path} not found", "code": 404})
            else:
                self._answer(200, found)

        def do_PATCH(self) -> None:
            path, _, query = self.path.partition("?")
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.headers["Content-Type"] == "application/merge-patch+json":
                if path not in state.objects:
                    self._answer(404, {"kind": "Status", "message": f"{path} not found", "code": 404})
                elif not self._refused(path):
                    self._answer(200, state.patch(path, query, body))
            elif self.headers["Content-Type"] != "application/apply-patch+yaml":
                self._answer(415, {"kind": "Status", "message": "no apply", "code": 415})
            elif not self._refused(path):
                self._answer(200, state.apply(path, query, body))

        def do_DELETE(self) -> None:
            path = self.path.partition("?")[0]
            if path not in state.objects:
                self._answer(404, {"kind": "Status", "message": f"{path} not found", "code": 404})
            elif not self._refused(path):
                state.deleted.append(path)
                self._answer(200, state.objects.pop(path))

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: tests say what they find."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
