"""Amazon API Gateway in front of services: it limits how often they are asked."""

from __future__ import annotations

import json

from groundplan.blueprint.services import Gateway
from groundplan.design.draft import Draft, identifier
from groundplan.design.edge import public_services
from groundplan.design.logs import add_log_group
from groundplan.resources.gateway import RestApi, RestApiDeployment, RestApiMethod, RestApiResource, RestApiStage
from groundplan.resources.monitoring import LogGroup
from groundplan.resources.values import Pseudo, Ref, text

LOG_FORMAT = json.dumps(
    {
        "requestId": "$context.requestId",
        "time": "$context.requestTime",
        "ip": "$context.identity.sourceIp",
        "method": "$context.httpMethod",
        "path": "$context.path",
        "status": "$context.status",
        "length": "$context.responseLength",
        "latency": "$context.responseLatency",
        "backendStatus": "$context.integration.status",
        "error": "$context.error.message",
    }
)
"""Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html"""


def add_gateways(draft: Draft) -> None:
    """The REST API of each service that has one."""
    for name, _, public in public_services(draft):
        if public.gateway and public.domain:
            _add_gateway(draft, name, public.domain, public.gateway)


def _add_gateway(draft: Draft, name: str, domain: str, gateway: Gateway) -> None:
    ident, path, backend = identifier(name), f"services.{name}.public.gateway", f"https://{domain}"
    api = draft.add(
        RestApi(
            name=ident,
            concern="delivery",
            api_name=draft.called("rest_api", name, path),
            description=f"In front of {backend}",
            tags=draft.name_tag(name),
        )
    )
    everything = draft.add(
        RestApiResource(name=ident, concern="delivery", rest_api=api, path_part="{proxy+}")
    )  # fmt: skip
    root = draft.add(RestApiMethod(name=f"{ident}_root", concern="delivery", rest_api=api, uri=f"{backend}/"))
    proxy = draft.add(
        RestApiMethod(
            name=f"{ident}_proxy",
            concern="delivery",
            rest_api=api,
            resource=everything,
            uri=f"{backend}/{{proxy}}",
            path_parameters=("proxy",),
        )
    )
    deployment = draft.add(
        RestApiDeployment(
            name=ident,
            concern="delivery",
            rest_api=api,
            definition=f"ANY / and ANY /{{proxy+}} to {backend}",
            depends_on=(root, proxy),
        )
    )
    stage = identifier(draft.environment)
    logs = _log_group(draft, name, gateway)
    draft.add(
        RestApiStage(
            name=ident,
            concern="delivery",
            rest_api=api,
            deployment=deployment,
            stage_name=stage,
            throttling_rate=gateway.rate,
            throttling_burst=gateway.burst,
            log_group=logs,
            log_format=LOG_FORMAT if logs else None,
            tags=draft.name_tag(name),
        )
    )
    draft.output(
        f"{ident}_gateway_url",
        f"Where the API gateway of {name} answers",
        text("https://", api.attribute("id"), ".execute-api.", Pseudo.REGION, f".amazonaws.com/{stage}"),
    )


def _log_group(draft: Draft, name: str, gateway: Gateway) -> Ref[LogGroup] | None:
    if gateway.logs is None:
        return None
    path = f"services.{name}.public.gateway.logs"
    return add_log_group(
        draft, f"{identifier(name)}_gateway", f"gateway/{name}", gateway.logs.days, "delivery", path
    )  # fmt: skip
