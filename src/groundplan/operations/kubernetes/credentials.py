"""Getting into a cluster as AWS knows us: the address and certificate that EKS says, and a token that STS vouches for.

The token is a signed question who we are, which the cluster's authenticator asks STS: what ``aws eks get-token`` makes.
Source: https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster
"""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from groundplan.errors import EnvironmentalError
from groundplan.targets.connection import Connection, explained

if TYPE_CHECKING:
    from kubernetes.client import Configuration

HEADER = "x-k8s-aws-id"
"""The name of the cluster is signed with the question, so that no other cluster takes the token."""
FRESH = 600.0
"""Seconds until a token is made anew. Clusters take one for 15 minutes."""
_PARAMETER = "ClusterName"


def token(connection: Connection, region: str, cluster: str) -> str:
    """A token for a cluster, good for 15 minutes."""
    client = connection.sts(region)
    events: Any = client.meta.events

    def take(params: dict[str, Any], context: dict[str, Any], **_: object) -> None:
        if _PARAMETER in params:
            context[HEADER] = params.pop(_PARAMETER)

    def sign(request: Any, **_: object) -> None:
        if HEADER in request.context:
            request.headers[HEADER] = request.context[HEADER]

    with explained("Signing in to the cluster"):
        events.register("provide-client-params.sts.GetCallerIdentity", take, unique_id="groundplan-cluster-name")
        events.register("before-sign.sts.GetCallerIdentity", sign, unique_id="groundplan-cluster-header")
        url = client.generate_presigned_url(
            "get_caller_identity", Params={_PARAMETER: cluster}, ExpiresIn=60, HttpMethod="GET"
        )
    return "k8s-aws-v1." + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")


@dataclass
class Login:
    """What opens a cluster without a kubeconfig."""

    connection: Connection = field(repr=False)
    region: str
    cluster: str
    authority: str
    """The certificate that the API's is signed with, as PEM."""
    _token: str = field(default="", init=False, repr=False)
    _made: float = field(default=0.0, init=False, repr=False)

    def token(self) -> str:
        """A token that is good for five minutes more at least."""
        if not self._token or time.monotonic() - self._made > FRESH:
            self._token, self._made = token(self.connection, self.region, self.cluster), time.monotonic()
        return self._token

    def renew(self, configuration: Configuration) -> None:
        """What the client asks before each request."""
        configuration.api_key["authorization"] = f"Bearer {self.token()}"


def describe(connection: Connection, region: str, name: str) -> tuple[str, Login]:
    """The address of a cluster's API, and the way in. Raises EnvironmentalError where there is no such cluster."""
    with explained(f"Looking for the cluster {name}"):
        found = connection.eks(region).describe_cluster(name=name)["cluster"]
    endpoint = found.get("endpoint")
    if not endpoint:
        raise EnvironmentalError(f"the cluster {name} has no address yet: it is {found.get('status', 'not ready')}")
    data = found.get("certificateAuthority", {}).get("data", "")
    return endpoint.rstrip("/"), Login(connection, region, name, base64.b64decode(data).decode(errors="replace"))
