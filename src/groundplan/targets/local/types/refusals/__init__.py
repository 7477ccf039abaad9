"""What AWS refuses and emulators accept: small functions found by resource type, one file per family.

A refusal is a function from a ``Wish`` to the sentences that AWS answers with; the first one fails the resource before
anything is created or changed. What the APIs themselves have to refuse for every client stands in ``corrections.py``.
"""

from __future__ import annotations

from groundplan.targets.local.types.refusals.wish import Refused, Wish, first_refusal

__all__ = ["Refused", "Wish", "first_refusal"]
