"""A client for every kind that a cluster knows, asked of the cluster each time.

The library keeps what it is told in a file of the machine's temporary folder, named after the cluster's address alone:
whoever asks next believes it, although a chart was removed meanwhile, another cluster answers there, or another person
wrote the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from kubernetes.client import ApiClient
    from kubernetes.dynamic import DynamicClient


def dynamic_client(api: ApiClient) -> DynamicClient:
    """The client. Raises what ``kubernetes`` raises where the cluster does not answer."""
    from kubernetes.dynamic import DynamicClient
    from kubernetes.dynamic.discovery import LazyDiscoverer

    class Unwritten(LazyDiscoverer):
        """Reads no file and writes none."""

        def _write_cache(self) -> None:
            pass

    client: DynamicClient = DynamicClient(  # type: ignore[no-untyped-call]  # its stubs leave this one out
        api, cache_file=f"/nonexistent/{uuid4().hex}", discoverer=Unwritten
    )
    return client
