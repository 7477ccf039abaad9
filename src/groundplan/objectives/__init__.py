"""Whether an environment holds to its objectives, before it exists."""

from groundplan.objectives.answer import Answer as Answer
