"""How large an image will be: its base, and what the packages of ``requirements.txt`` take.

An estimate to the safe side, made before anything is built; the pipeline measures the image itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from groundplan.blueprint.builds import Build
from groundplan.catalog.base_images import UNKNOWN_PACKAGE_MB, base_image, package_megabytes

VENV_MB = 15
"""An empty virtual environment with pip."""
_NAME = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)")


@dataclass(frozen=True)
class ImageSize:
    """What an image takes, unpacked."""

    base_mb: float
    packages_mb: float
    unknown: tuple[str, ...]
    """Packages that nobody measured; each counts as 5 MB."""

    @property
    def megabytes(self) -> float:
        """All of it."""
        return self.base_mb + self.packages_mb


def estimate(build: Build, requirements: str) -> ImageSize:
    """The size of a Python image with the packages of a ``requirements.txt``."""
    names = tuple(dict.fromkeys(_names(requirements)))
    sizes = {name: package_megabytes(name) for name in names}
    unknown = tuple(name for name, size in sizes.items() if size is None)
    known = sum(size for size in sizes.values() if size is not None)
    return ImageSize(base_image(build.language).megabytes, VENV_MB + known + UNKNOWN_PACKAGE_MB * len(unknown), unknown)


def _names(requirements: str) -> list[str]:
    found = []
    for line in requirements.splitlines():
        match = _NAME.match(line.strip())
        if match:
            found.append(re.sub(r"[-_.]+", "-", match[1]).lower())
    return found
