"""Where Terraform keeps the state of an environment, and how it keeps others from it meanwhile."""

from __future__ import annotations

STATE_SUFFIX = ".tfstate"
LOCK_SUFFIX = ".tflock"
"""What the key of the lock file has behind the state's.
Source: https://developer.hashicorp.com/terraform/language/backend/s3#state-locking"""
DIGEST_SUFFIX = "-md5"
"""What the lock table's item with the state's checksum has behind the one that is the lock."""
LOCK_ID = "LockID"
"""The key of a lock table, whose name Terraform prescribes."""


def state_key(project: str, stage: str) -> str:
    """The key of the state in its bucket. ``stage``: the environment, with its owner behind it where it has one."""
    return f"{project}/{stage}/terraform.tfstate"
