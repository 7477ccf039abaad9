"""What this environment decides of Django's settings; the application's own stand beside it.

Everything comes from the environment of the task: two plain variables (``DEBUG``, ``ALLOWED_HOSTS``), and two that ECS
injects from Secrets Manager (``SECRET_KEY``, ``DATABASE_URL``).
"""

import os
from urllib.parse import parse_qsl, unquote, urlsplit

DEBUG = os.environ.get("DEBUG", "False") == "True"
SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = os.environ["ALLOWED_HOSTS"].split(",")
CSRF_TRUSTED_ORIGINS = [f"http://{host}" for host in ALLOWED_HOSTS]

_url = urlsplit(os.environ["DATABASE_URL"])
DATABASES = {
    "default": {
        "ENGINE": "django.contrib.gis.db.backends.postgis",
        "NAME": _url.path.removeprefix("/"),
        "USER": unquote(_url.username or ""),
        "PASSWORD": unquote(_url.password or ""),
        "HOST": _url.hostname,
        "PORT": _url.port,
        "OPTIONS": dict(parse_qsl(_url.query)),  # sslmode=require
        "CONN_MAX_AGE": 60,
    }
}

# No Redis: each process caches in its own memory, and sessions are rows of the database.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

# Over plain HTTP a browser would never send a cookie back that is marked as secure. True as soon as there is TLS.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
