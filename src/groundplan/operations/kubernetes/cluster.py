"""The way to a cluster: a context of a kubeconfig that leads to the one that was deployed, and to no other; else the
way that EKS itself says, with the credentials for AWS."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from groundplan.errors import EnvironmentalError
from groundplan.operations.kubernetes.credentials import Login, describe
from groundplan.targets.connection import Connection

if TYPE_CHECKING:
    from kubernetes.client import ApiClient


@dataclass(frozen=True)
class Cluster:
    """A cluster that can be reached."""

    context: str
    """The context of the kubeconfig; the cluster's name where there is none."""
    endpoint: str
    kubeconfig: Path | None
    login: Login | None = None
    """The way in where there is no kubeconfig."""

    @contextmanager
    def client(self) -> Iterator[ApiClient]:
        """A client of its API, with the credentials that the context says, or with those for AWS."""
        from kubernetes import client, config

        configuration = client.Configuration()
        with TemporaryDirectory(prefix="groundplan-") as folder:
            if self.login:
                # The library reads certificates from files; this one is public.
                authority = Path(folder) / "authority.pem"
                authority.write_text(self.login.authority, encoding="ascii")
                configuration.host, configuration.ssl_ca_cert = self.endpoint, str(authority)  # type: ignore[attr-defined]  # left out by its stubs
                self.login.renew(configuration)
                configuration.refresh_api_key_hook = self.login.renew  # type: ignore[attr-defined]  # as above
            else:
                config.load_kube_config(str(self.kubeconfig), self.context, client_configuration=configuration)
            configuration.retries = 1
            api = client.ApiClient(configuration)
            try:
                yield api
            finally:
                api.close()  # type: ignore[attr-defined]  # its stubs leave this one out

    @contextmanager
    def helm(self) -> Iterator[tuple[list[str], dict[str, str]]]:
        """What helm is told to get in: options, and variables of its environment, where alone a token may stand.

        Source: https://helm.sh/docs/helm/helm/
        """
        if self.login is None:
            yield ["--kubeconfig", str(self.kubeconfig), "--kube-context", self.context], {}
            return
        with TemporaryDirectory(prefix="groundplan-") as folder:
            authority = Path(folder) / "authority.pem"
            authority.write_text(self.login.authority, encoding="ascii")
            # An empty kubeconfig, so that nobody's own context is mixed in.
            yield (
                ["--kube-apiserver", self.endpoint, "--kube-ca-file", str(authority), "--kubeconfig", os.devnull],
                {"HELM_KUBETOKEN": self.login.token()},
            )

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


def reach(connection: Connection, name: str, region: str) -> Cluster:
    """The cluster of that name: by a context that leads to its address where there is one, else as AWS lets us in.

    Raises EnvironmentalError where the library is missing, or there is no such cluster.
    """
    check_library()
    endpoint, login = describe(connection, region, name)
    try:
        return find(name, region, endpoint)
    except EnvironmentalError:
        return Cluster(name, endpoint, None, login)


def find(name: str, region: str, endpoint: str) -> Cluster:
    """The cluster of a deployment, by the address of its API: a context of the same name may lead elsewhere.

    Raises EnvironmentalError where the library is missing, or no context leads there.
    """
    check_library()
    for place, context in _contexts():
        if _endpoint(place, context) == endpoint.rstrip("/"):
            return Cluster(context, endpoint.rstrip("/"), place)
    looked = " and ".join(str(place) for place in _places()) or "the kubeconfig"
    raise EnvironmentalError(
        f"no context in {looked} leads to {endpoint}; run: aws eks update-kubeconfig --name {name} --region {region}"
    )


def chosen(context: str) -> Cluster:
    """The cluster of a context that a person names: one of their own, beside the local AWS.

    Raises EnvironmentalError where the library is missing, or there is no such context.
    """
    check_library()
    known = {name: place for place, name in reversed(list(_contexts()))}
    if context not in known:
        listed = ", ".join(sorted(known)) or "none"
        raise EnvironmentalError(f'no kubeconfig has the context "{context}"; it has {listed}')
    return Cluster(context, _endpoint(known[context], context) or "", known[context])


def _places() -> list[Path]:
    """As everywhere, KUBECONFIG may name several files; each is looked at by itself."""
    from kubernetes.config.kube_config import KUBE_CONFIG_DEFAULT_LOCATION

    return [Path(place).expanduser() for place in KUBE_CONFIG_DEFAULT_LOCATION.split(os.pathsep) if place]


def _contexts() -> Iterator[tuple[Path, str]]:
    from kubernetes import config

    for place in _places():
        if not place.is_file():
            continue
        try:
            contexts, _ = config.list_kube_config_contexts(config_file=str(place))
        except config.ConfigException as error:
            raise EnvironmentalError(f"{place} is no kubeconfig: {error}") from error
        yield from ((place, context["name"]) for context in contexts)


def _endpoint(place: Path, context: str) -> str | None:
    """Where a context leads, read without asking for its credentials."""
    import yaml

    content = yaml.safe_load(place.read_text(encoding="utf-8"))
    clusters = {item["name"]: item["cluster"].get("server") for item in content.get("clusters") or ()}
    named = next((item["context"]["cluster"] for item in content["contexts"] if item["name"] == context), None)
    server = clusters.get(named)
    return server.rstrip("/") if isinstance(server, str) else None


def check_library() -> None:
    """Raises EnvironmentalError with what to install."""
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
