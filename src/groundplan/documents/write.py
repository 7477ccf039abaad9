"""Every document of a blueprint, as text."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeAlias

from groundplan.documents import costs, deployment, infrastructure, recovery, security
from groundplan.documents.facts import Facts
from groundplan.documents.files import stamped
from groundplan.documents.templating import fill

Chapter: TypeAlias = Callable[[Facts], Mapping[str, object]]

DOCUMENTS: Mapping[str, Chapter] = {
    "INFRASTRUCTURE.md": infrastructure.chapter,
    "DEPLOYMENT.md": deployment.chapter,
    "DISASTER_RECOVERY.md": recovery.chapter,
    "COST_OPTIMIZATION.md": costs.chapter,
    "SECURITY.md": security.chapter,
}
"""What says something of one environment, by the document."""


def documents(
    environments: Sequence[Facts], *, only: Collection[str] = tuple(DOCUMENTS), lower_case: bool = False
) -> dict[str, str]:
    """The documents by file name, each with its stamp (:mod:`groundplan.documents.files`).

    ``environments``: at least one. ``only``: these of :data:`DOCUMENTS`. ``lower_case``: ``infrastructure.md`` instead
    of ``INFRASTRUCTURE.md``.
    """
    first = environments[0]
    file = first.source.file.name
    pages = {"recovery": "disaster_recovery.md" if lower_case else "DISASTER_RECOVERY.md"}
    found = {}
    for name in (name for name in DOCUMENTS if name in only):
        chapter = DOCUMENTS[name]
        values = {
            "title": first.blueprint.display_name,
            "about": first.blueprint.about,
            "file": file,
            "pages": pages,
            "chapters": [chapter(facts) for facts in environments],
            "controls": security.controls(environments) if chapter is security.chapter else (),
            "environments": [facts.name for facts in environments],
        }
        found[name.lower() if lower_case else name] = stamped(fill(f"{name}.jinja", values), file)
    return found
