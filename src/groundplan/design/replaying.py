"""Steps of designs of one environment with little changed between them: a step that would be told all the same again
adds the same again, and is not run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from operator import is_
from typing import TypeVar

from groundplan.design.asking import Asked
from groundplan.design.draft import Draft
from groundplan.record import Record, dataclass
from groundplan.resources.architecture import Input, Output
from groundplan.resources.base import Resource
from groundplan.resources.values import Ref
from groundplan.resources.workloads import Workload

T = TypeVar("T")
R = TypeVar("R", bound=Resource)
Step = Callable[[Draft], None]


@dataclass(frozen=True)
class _Run(Record):
    """What a step was told, and what it added."""

    asked: Asked
    """The draft that it was told of, as it was before."""
    resources: Sequence[Resource]
    refs: frozenset[Ref[Resource]]
    inputs: Sequence[Input]
    outputs: Sequence[Output]
    workloads: Sequence[Workload]


class Replayed:
    """What steps have added to drafts so far, and what each was told on the way."""

    def __init__(self) -> None:
        self._runs: dict[Step, list[_Run]] = {}

    def take(self, step: Step, draft: Draft) -> None:
        """Do a step: add what it added before where it would be told the same, else run it."""
        runs = self._runs.setdefault(step, [])
        for run in runs:
            if run.asked.would_be_said_by(draft):
                draft.resources += run.resources
                draft.refs |= run.refs
                draft.inputs += run.inputs
                draft.outputs += run.outputs
                draft.workloads += run.workloads
                return
        view = _View(draft)
        before = _problems(draft)
        step(view)
        new = view.run_on(draft)
        if new is not None and _problems(draft) == before:
            runs.append(new)


def _problems(draft: Draft) -> int:
    """How many were noted; in the other region as well, which may be asked for names that cannot be."""
    return sum(len(one.problems) for one in (draft, draft.primary, draft.standby) if one is not None)


class _View(Draft):
    """A draft as a step sees it: as it is so far, with a note of whatever the step asks."""

    def __init__(self, draft: Draft) -> None:
        self._asked = asked = Asked(draft)
        super().__init__(
            loaded=asked.ask(getattr, "loaded"),
            resources=_Seen(asked, "resources", draft.resources),
            refs=_SeenRefs(asked, draft.refs),
            twice=draft.twice,
            inputs=_Seen(asked, "inputs", draft.inputs),
            outputs=_Seen(asked, "outputs", draft.outputs),
            workloads=_Seen(asked, "workloads", draft.workloads),
            off_hours=draft.off_hours,
            problems=draft.problems,
            primary=asked.ask(getattr, "primary"),
            standby=asked.ask(getattr, "standby"),
        )

    def of(self, kind: type[R]) -> list[R]:
        """All resources of a kind so far."""
        self._asked.ask(Draft.of, kind)
        return [item for item in list.__iter__(self.resources) if isinstance(item, kind)]

    def refs_of(self, kind: type[R]) -> list[Ref[R]]:
        """References to all resources of a kind so far."""
        self._asked.ask(Draft.refs_of, kind)
        return [item.ref for item in list.__iter__(self.resources) if isinstance(item, kind)]

    def run_on(self, draft: Draft) -> _Run | None:
        """Put into the draft what the step has done. None: that was more than to add something."""
        resources, inputs = list.copy(self.resources), list.copy(self.inputs)
        outputs, workloads = list.copy(self.outputs), list.copy(self.workloads)
        run = _Run(
            self._asked,
            resources[len(draft.resources) :],
            frozenset(resource.ref for resource in resources[len(draft.resources) :]),
            inputs[len(draft.inputs) :],
            outputs[len(draft.outputs) :],
            workloads[len(draft.workloads) :],
        )
        changed = self.off_hours is not draft.off_hours or not all(map(is_, draft.resources, resources))
        draft.resources, draft.inputs, draft.outputs, draft.workloads = resources, inputs, outputs, workloads
        draft.refs, draft.off_hours = set(self.refs), self.off_hours
        return None if changed else run


class _Seen(list[T]):
    """What is there so far; who reads it is told all of it."""

    def __init__(self, asked: Asked, name: str, items: Sequence[T]) -> None:
        super().__init__(items)
        self._asked = asked
        self._name = name

    def __iter__(self) -> Iterator[T]:
        self._asked.ask(_all_of, self._name)
        return super().__iter__()


class _SeenRefs(set[Ref[Resource]]):
    """What is there so far; who looks for one is told whether it is there."""

    def __init__(self, asked: Asked, refs: set[Ref[Resource]]) -> None:
        super().__init__(refs)
        self._asked = asked

    def __contains__(self, ref: object) -> bool:
        self._asked.ask(_is_there, ref)
        return super().__contains__(ref)


def _all_of(draft: Draft, name: str) -> tuple[object, ...]:
    return tuple(getattr(draft, name))


def _is_there(draft: Draft, ref: Ref[Resource]) -> bool:
    return ref in draft.refs
