"""How an image is made from source: what the Dockerfile and the pipeline have to know."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from groundplan.blueprint.base import Part
from groundplan.units import DataSize

FOLDER_PATTERN = r"^(\.|[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*)$"
COMMAND_PATTERN = r"^[^\r\n]*[^\s][^\r\n]*$"
VERSION_PATTERN = r"^\d+\.\d+\.\d+$"

Folder = Annotated[str, StringConstraints(pattern=FOLDER_PATTERN)]
"""A folder of the repository, by its path from the top: ``.``, or ``services/api``."""
Command = Annotated[str, StringConstraints(pattern=COMMAND_PATTERN, max_length=500)]
"""One line of shell."""


class Build(Part):
    """How the image is built, linted and tested, for ``groundplan containers`` and ``groundplan pipelines``."""

    language: Literal["python", "node"]
    """``python``: packages of ``requirements.txt``, those for tests in ``requirements-dev.txt``. ``node``: those of
    ``package-lock.json``."""
    version: str = Field(pattern=VERSION_PATTERN)
    """The version of Python or Node, to the patch, like ``3.11.7``: image and tests have the same."""
    start: list[Command] = Field(min_length=1)
    """What the container runs, like ``[uvicorn, app.main:app, --host, 0.0.0.0, --port, "8000"]``."""
    folder: Folder = "."
    """Where the source is, with the Dockerfile beside it."""
    lint: list[Command] = Field(default=[])
    """What looks at the source. Default: ``ruff check .``, or ``npm run lint --if-present``."""
    test: list[Command] = Field(default=[])
    """What runs the tests. Default: ``pytest``, or ``npm test``."""
    largest: DataSize = DataSize.parse("500 MB")
    """How large the image may be; the pipeline pushes no larger one."""
