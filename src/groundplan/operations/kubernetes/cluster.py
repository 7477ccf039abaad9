"""The way to a cluster: the context of a kubeconfig that leads to the one that was deployed, and to no other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from groundplan.errors import EnvironmentalError

if TYPE_CHECKING:
    from kubernetes.client import ApiClient


@dataclass(frozen=True)
class Cluster:
    """A cluster that a context leads to."""

    context: str
    endpoint: str
    kubeconfig: Path

    @contextmanager
    def client(self) -> Iterator[ApiClient]:
        """A client of its API, with the credentials that the context says."""
        from kubernetes import client, config

        configuration = client.Configuration()
        config.load_kube_config(str(self.kubeconfig), self.context, client_configuration=configuration)
        configuration.retries = 1
        api = client.ApiClient(configuration)
        try:
            yield api
        finally:
            api.close()  # type: ignore[attr-defined]  # its stubs leave this one out

    def version(self) -> str:
        """The version that the cluster says it has. Raises EnvironmentalError where it does not answer."""
        import urllib3
        from kubernetes import client, config

        try:
            with self.client() as api:
                found = client.VersionApi(api).get_code(_request_timeout=(5, 10))
        except (client.ApiException, urllib3.exceptions.HTTPError, config.ConfigException, OSError) as error:
            raise EnvironmentalError(
                f"the cluster at {self.endpoint} does not answer: {_reason(error)}. Where its API has no public "
                "address it answers inside the VPC only; kubernetes.allow opens it to addresses"
            ) from error
        return f"{found.major}.{found.minor.rstrip('+')}"


def find(name: str, region: str, endpoint: str) -> Cluster:
    """The cluster of a deployment, by the address of its API: a context of the same name may lead elsewhere.

    Raises EnvironmentalError where the library is missing, or no context leads there.
    """
    import os

    _check_library()
    from kubernetes import config
    from kubernetes.config.kube_config import KUBE_CONFIG_DEFAULT_LOCATION

    # As everywhere, KUBECONFIG may name several files; each is looked at by itself.
    places = [Path(place).expanduser() for place in KUBE_CONFIG_DEFAULT_LOCATION.split(os.pathsep) if place]
    for place in places:
        if not place.is_file():
            continue
        try:
            contexts, _ = config.list_kube_config_contexts(config_file=str(place))
        except config.ConfigException as error:
            raise EnvironmentalError(f"{place} is no kubeconfig: {error}") from error
        for context in contexts:
            if _endpoint(place, context["name"]) == endpoint.rstrip("/"):
                return Cluster(context["name"], endpoint.rstrip("/"), place)
    looked = " and ".join(map(str, places)) or "the kubeconfig"
    raise EnvironmentalError(
        f"no context in {looked} leads to {endpoint}; run: aws eks update-kubeconfig --name {name} --region {region}"
    )


def _endpoint(place: Path, context: str) -> str | None:
    """Where a context leads, read without asking for its credentials."""
    import yaml

    content = yaml.safe_load(place.read_text(encoding="utf-8"))
    clusters = {item["name"]: item["cluster"].get("server") for item in content.get("clusters") or ()}
    named = next((item["context"]["cluster"] for item in content["contexts"] if item["name"] == context), None)
    server = clusters.get(named)
    return server.rstrip("/") if isinstance(server, str) else None


def _check_library() -> None:
    try:
        import kubernetes  # noqa: F401 - only whether it is there
    except ImportError as error:
        raise EnvironmentalError(
            "manifests are applied with the kubernetes library, which is not installed: "
            'pip install "groundplan[kubernetes]"'
        ) from error


def _reason(error: Exception) -> str:
    reason = getattr(error, "reason", None) or error
    return str(reason).strip().splitlines()[0] if str(reason).strip() else type(error).__name__
