"""Answers the health check before Django looks at the request.

The load balancer asks the task by its address, so the Host header is an address that is not in ``ALLOWED_HOSTS``:
Django would answer 400, and the target would never become healthy. ``wsgi.py`` becomes::

    application = health(get_wsgi_application())
"""

from collections.abc import Callable, Iterable
from typing import Any

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


def health(application: Application, path: str = "/health") -> Application:
    """The application, behind an answer to ``path`` that says only that this process serves requests."""

    def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != path:
            return application(environ, start_response)
        start_response(
            "200 OK", [("Content-Type", "text/plain"), ("Content-Length", "3"), ("Cache-Control", "no-store")]
        )
        return [b"ok\n"]

    return answer
