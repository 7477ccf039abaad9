"""Whether an environment holds to its objectives, before it exists."""

from groundplan.objectives.answer import Answer, Figure, to_data

__all__ = ["Answer", "Figure", "to_data"]
