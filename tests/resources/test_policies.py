"""Documents as AWS reads them."""

from __future__ import annotations

from groundplan.resources.policies import PolicyDocument, Statement


def _resource(*resources: str, several: bool = False) -> object:
    document = PolicyDocument((Statement(actions=("s3:GetObject",), resources=resources, several=several),)).json()
    statements = document["Statement"]
    assert isinstance(statements, list)
    return statements[0]["Resource"]


def test_one_resource_stands_alone_unless_more_may_come() -> None:
    """Where another environment has more, the same text says both only if both are lists."""
    assert _resource("a") == "a"
    assert _resource("a", several=True) == ["a"]
    assert _resource("a", "b") == _resource("a", "b", several=True) == ["a", "b"]
