"""What moto lacks of IAM: changing who may ask an identity provider."""

from __future__ import annotations

from typing import Any

from groundplan.targets.local.fakes.service import Request, faked

iam = faked("iam")


def _provider(request: Request) -> Any:
    from moto.iam.models import iam_backends

    return iam_backends[request.account]["aws"].get_open_id_connect_provider(
        request.parameters["OpenIDConnectProviderArn"]
    )


@iam.operation("AddClientIDToOpenIDConnectProvider")
def add_client(request: Request) -> dict[str, Any]:
    provider, client = _provider(request), request.parameters["ClientID"]
    if client not in provider.client_id_list:
        provider.client_id_list = [*provider.client_id_list, client]
    return {}


@iam.operation("RemoveClientIDFromOpenIDConnectProvider")
def remove_client(request: Request) -> dict[str, Any]:
    provider = _provider(request)
    provider.client_id_list = [each for each in provider.client_id_list if each != request.parameters["ClientID"]]
    return {}
