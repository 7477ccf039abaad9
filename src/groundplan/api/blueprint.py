"""``groundplan.Blueprint``: the whole of ``groundplan.yaml`` as one call."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

from groundplan.api.environment import Environment
from groundplan.api.source import source_of_call
from groundplan.blueprint.loading import DEFAULT_FILE, Source
from groundplan.errors import InputError, Problem

if TYPE_CHECKING:
    from typing import Unpack

    from groundplan.api.fields import BlueprintFields


class Blueprint:
    """An application and its environments. The keyword arguments are the keys of ``groundplan.yaml``.

    ::

        blueprint = groundplan.Blueprint(
            project="hello",
            region="eu-west-1",
            services={"web": groundplan.Service(image={"repository": "web"}, port=8080, needs=["main"])},
            databases={"main": groundplan.Database(engine="postgres 16", instance_class="db.t4g.micro")},
            environments={"production": {}, "development": {"profile": "development"}},
        )

    Everything is read at once, so that a dictionary may be changed afterwards; whether it is right is found out when
    an environment is asked for. Raises InputError for values that no blueprint can hold.
    """

    def __init__(self, **fields: Unpack[BlueprintFields]) -> None:
        self._source: Source = source_of_call(fields, sys._getframe(1))

    @classmethod
    def read(cls, file: str | Path = DEFAULT_FILE) -> Self:
        """The blueprint in a YAML file, or the one that a Python file makes.

        Raises InputError where the file holds no blueprint, EnvironmentalError where it cannot be read.
        """
        from groundplan.api.files import read_source

        return cls._of(read_source(Path(file)))

    @classmethod
    def _of(cls, source: Source) -> Self:
        blueprint = cls.__new__(cls)
        blueprint._source = source
        return blueprint

    @property
    def source(self) -> Source:
        """The blueprint as it is written, each value with its place."""
        return self._source

    @property
    def environments(self) -> tuple[str, ...]:
        """The names of the environments, in the order in which they are written."""
        return self._source.environments

    def environment(self, name: str | None = None, *, settings: Sequence[str] = ()) -> Environment:
        """One environment; without a name the only one. ``shared`` has to be named.

        ``settings`` go over it, as ``--set`` of the command line: ``["owner_id=jane"]``.

        Raises InputError with everything that is wrong with it, or where there is no such environment.
        """
        if name is None and self._source.default is None:
            raise InputError(f"the blueprint has several environments; name one: {', '.join(self.environments)}")
        return Environment(self._source.with_settings(settings).environment(name))

    def validate(self) -> tuple[Environment, ...]:
        """Every environment, designed. Raises InputError with what is wrong with any of them, each thing said once."""
        environments = tuple(Environment(loaded) for loaded in self._source.all())
        problems: dict[Problem, None] = {}
        for environment in environments:
            try:
                _ = environment.architecture
            except InputError as error:
                problems |= dict.fromkeys(error.problems)
        if problems:
            raise InputError(problems)
        return environments

    def __repr__(self) -> str:
        project = self._source.base.step("project")
        return f"<Blueprint {project.value if project else ''} of {self._source.file}>"
