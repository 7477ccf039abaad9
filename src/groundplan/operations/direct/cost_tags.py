"""Cost allocation tags: active in Cost Explorer, and left so when an environment goes, as bills of the past need them.

Sources: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_UpdateCostAllocationTagsStatus.html,
https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundplan.errors import EnvironmentalError
from groundplan.operations.direct.step import COST_EXPLORER, Reach, Step, nothing
from groundplan.resources.account import CostAllocationTag
from groundplan.targets.connection import explained

if TYPE_CHECKING:
    from mypy_boto3_ce import CostExplorerClient

TYPE = "cost allocation tag"
UNKNOWN = "Cost Explorer does not know the tag yet, which takes about a day after its first use; deploy again tomorrow"
STAYS = "stays active: bills are divided by it"
_NOT_KNOWN = "tag keys not found"
_LINKED = "linked account"


def step(reach: Reach, tag: CostAllocationTag) -> Step | None:
    """What is to be done. None: nothing; ``wait`` where Cost Explorer has not seen the tag on anything."""
    status = reach.cost_tags.get(tag.tag_key)
    if status is None:
        return Step("wait", tag.address, TYPE, UNKNOWN, nothing)
    if status == "Active":
        return None
    client = reach.connection.cost_explorer(COST_EXPLORER)
    return Step("update", tag.address, TYPE, f"the tag {tag.tag_key} is not active", lambda: _activate(client, tag))


def _activate(client: CostExplorerClient, tag: CostAllocationTag) -> str:
    """Refusals come as an error, or in an answer that says 200."""
    from botocore.exceptions import ClientError

    with explained(f"Activating {tag.address}"):
        try:
            answer = client.update_cost_allocation_tags_status(
                CostAllocationTagsStatus=[{"TagKey": tag.tag_key, "Status": "Active"}]
            )
        except ClientError as error:
            message = error.response.get("Error", {}).get("Message", "")
            if _NOT_KNOWN in message.lower():
                return UNKNOWN
            if _LINKED in message.lower():
                raise EnvironmentalError(
                    f"{tag.address}: AWS says {message} Activate the tag {tag.tag_key} in the management account, and "
                    "write account: {cost_tags: false}"
                ) from error
            raise
    for refused in answer.get("Errors", []):
        message = refused.get("Message", "")
        if _NOT_KNOWN in message.lower():
            return UNKNOWN
        raise EnvironmentalError(f"Activating {tag.address}: AWS says {refused.get('Code', 'Error')}: {message}")
    return "activated"
