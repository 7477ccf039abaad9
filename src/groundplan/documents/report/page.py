"""What stands on the page, out of what is known of an environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files
from typing import TYPE_CHECKING

from groundplan.cost import by_concern
from groundplan.documents.costs import measures
from groundplan.documents.naming import CONCERNS
from groundplan.documents.recovery import loss_of, time_of
from groundplan.documents.report.bars import bars
from groundplan.documents.report.picture import picture
from groundplan.documents.security import risks
from groundplan.documents.templating import fill, money
from groundplan.objectives.report import between, predicted, verdict

if TYPE_CHECKING:
    from groundplan.documents.facts import Facts
    from groundplan.objectives import Answer

SHOWN = 40
"""Lines of the bill that are shown; the rest is summed up."""


def html(facts: Facts) -> str:
    """The report of an environment."""
    style = files("groundplan.documents").joinpath("templates", "report.css").read_text(encoding="utf-8")
    return fill("report.html.jinja", {"style": _squeezed(style), **_values(facts)})


def _squeezed(style: str) -> str:
    """A style sheet without comments and indentation."""
    return re.sub(r"\n\s*", "\n", re.sub(r"/\*.*?\*/", "", style, flags=re.S)).strip()


def _values(facts: Facts) -> Mapping[str, object]:
    estimate, found, summary = facts.estimate, facts.savings, facts.report.summary
    concerns = sorted(by_concern(facts.architecture, estimate).items(), key=lambda item: -item[1])
    lines = sorted(estimate.lines, key=lambda line: (-line.monthly, line.resource, line.sku))
    return {
        "title": facts.blueprint.display_name,
        "name": facts.name,
        "about": facts.blueprint.about,
        "region": facts.architecture.region,
        "standby": facts.architecture.standby.region if facts.architecture.standby else None,
        "resources": len(facts.architecture),
        "estimate": estimate,
        "monthly": money(estimate.monthly),
        "fixed": money(estimate.fixed),
        "usage": money(estimate.usage),
        "margin": estimate.margin,
        "margin_text": money(abs(estimate.margin)) if estimate.margin is not None else "",
        "summary": summary,
        "met": sum(answer.met is True for answer in facts.answers),
        "answers": [_answer(answer) for answer in facts.answers],
        "picture": picture(facts.loaded, facts.architecture),
        "findings": facts.report.standing,
        "accepted": [finding for finding in facts.report.findings if finding.accepted],
        "risks": risks(facts),
        "bars": bars([(CONCERNS[concern], float(usd), f"{money(usd)} USD") for concern, usd in concerns]),
        "lines": [(line.resource, line.formula, money(line.monthly)) for line in lines[:SHOWN]],
        "rest": max(len(lines) - SHOWN, 0),
        "rest_money": money(sum((line.monthly for line in lines[SHOWN:]), start=estimate.monthly * 0)),
        "unpriced": estimate.unpriced,
        "measures": list(measures(facts)),
        "savings": found.savings,
        "best": found.combination,
        "best_less": money(found.combination.monthly),
        "best_after": money(found.combination.after),
        "best_share": f"{found.combination.share:.1%}",
        "recoveries": [
            (item.recovery.title, item.recovery.where, time_of(item.recovery), loss_of(item.recovery))
            for item in facts.recoveries
        ],
        "money": money,
    }


def _answer(answer: Answer) -> Mapping[str, object]:
    return {
        "name": answer.name,
        "required": answer.required.text,
        "predicted": predicted(answer),
        "between": between(answer),
        "verdict": verdict(answer),
        "method": answer.method,
    }
