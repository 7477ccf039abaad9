"""Whether what was released answers over HTTP, the way that its users take: through the load balancer."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from groundplan.blueprint.services import Public
from groundplan.errors import DeploymentError, InputError
from groundplan.operations.events import Report
from groundplan.operations.release.images import Runs

_PATIENCE = 60.0
"""Seconds for which a wrong answer may become a right one: names and connections are cached. Chosen."""
_ANSWER = 10.0
"""Seconds that one answer may take."""


@dataclass(frozen=True)
class Verification:
    """Asks a URL until it answers with 2xx or 3xx."""

    url: str
    patience: float = _PATIENCE
    pause: float = 2.0
    require: Callable[[], None] = lambda: None
    """Called before a failure is told, after which the release goes back: raises what forbids that."""

    def __call__(self, workload: Runs, report: Report) -> None:
        """Raises DeploymentError where the answer stays another one."""
        deadline = time.monotonic() + self.patience
        while True:
            answer = _answer(self.url)
            if answer.isdecimal() and 200 <= int(answer) < 400:
                report(f"{workload.told}: {self.url} answers {answer}")
                return
            if time.monotonic() > deadline:
                self.require()
                raise DeploymentError(f"{self.url} answers {answer}" if answer.isdecimal() else f"{self.url}: {answer}")
            report(f"{workload.told}: {self.url} answers {answer} so far", passing=True)
            time.sleep(self.pause)


def url_of(workload: Runs, public: Public | None, written: str) -> str:
    """The URL that is meant: as it is written, or a path at the service's own domain.

    Raises InputError for what is neither, and for a path where the service has no domain.
    """
    if not written.startswith("/"):
        parts = urlsplit(written)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InputError(
                f"--verify {written}: write a path like /health, or a URL like https://api.your-domain.com/health"
            )
        return written
    if public is None or public.domain is None:
        raise InputError(f"--verify {written}: {workload.name} has no public domain; write the whole URL")
    return f"{'https' if public.tls else 'http'}://{public.domain}{written}"


def _answer(url: str) -> str:
    """The status of the answer, or why there is none."""
    import urllib3

    # One pool for one request: nothing of an earlier one is used again.
    with urllib3.PoolManager(retries=False, timeout=_ANSWER) as pool:
        try:
            return str(pool.request("GET", url, redirect=False, preload_content=False).status)
        except urllib3.exceptions.HTTPError as error:
            return f"no answer: {error}"
