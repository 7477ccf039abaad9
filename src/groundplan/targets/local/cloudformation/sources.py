"""Templates and policies that stand in the local S3."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote, urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from groundplan.targets.local.cloudformation.errors import StackError
from groundplan.targets.local.types.handler import ClientFactory


def read_object(clients: ClientFactory, region: str, url: str) -> str:
    """The text of an object by its URL, with the bucket in the path or in the host. Raises StackError."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https", "s3"):
        raise StackError(f"TemplateURL must be a supported URL: {url}")
    path = unquote(parts.path.lstrip("/"))
    virtual = re.match(r"(.+?)\.s3[.-]", parts.netloc)
    if parts.scheme == "s3":
        bucket, key = parts.netloc, path
    elif virtual:
        bucket, key = virtual[1], path
    else:
        bucket, _, key = path.partition("/")
    if not bucket or not key:
        raise StackError(f"TemplateURL must name a bucket and a key: {url}")
    client: Any = clients("s3", region)
    try:
        return str(client.get_object(Bucket=bucket, Key=key)["Body"].read().decode())
    except (ClientError, BotoCoreError, ValueError) as error:
        raise StackError(f"S3 error: {error} ({url})") from error
