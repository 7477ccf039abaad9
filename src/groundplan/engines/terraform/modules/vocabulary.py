"""What a site and the key of an instance are called in texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from groundplan.engines.terraform.modules.links import Code, Part
from groundplan.engines.terraform.modules.slots import Slot
from groundplan.engines.terraform.modules.texts import cut, match

_PREFIX = "var.name_prefix"
_KEY = "each.key"
_HYPHENED = 'replace(each.key, "_", "-")'


class Vocabulary(NamedTuple):
    """The words that may be cut out of texts, each with the code that says it."""

    names: Mapping[str, Mapping[str, str]]
    """Code to its value by site: what the site is called, by ``var.environment``."""
    keyed: bool
    """Whether instances have keys, which may be words as well."""

    def of_site(self, code: Code, site: str) -> tuple[Part, ...]:
        """A text of one site without the one word that stands for nothing else: what another site might have one day
        is called after it as well."""
        return cut(code, self._prefix(site))

    def splits(self, seen: Mapping[Slot, Code]) -> Iterator[dict[Slot, tuple[Part, ...]]]:
        """Every way to cut texts so that the same is left, perhaps: by no words, by each name of the site, by all."""
        sites = {slot.environment for slot in seen}
        if len(sites) == 1 and not self.keyed:
            yield {slot: self.of_site(code, slot.environment) for slot, code in seen.items()}
            return
        slots = tuple(seen)
        ends = slots[0], slots[-1]  # most of what differs does so between these
        alike = match([seen[slot].parts for slot in ends])
        inside = {name for slot in ends for name in self._said(seen[slot], slot)}
        for codes, key in self._choices(sites):
            if not alike and inside.isdisjoint((*codes, key)):
                continue
            if match([cut(seen[slot], self._words(codes, key, slot)) for slot in ends]):
                yield {slot: cut(code, self._words(codes, key, slot)) for slot, code in seen.items()}

    def _choices(self, sites: Iterable[str]) -> Iterator[tuple[Sequence[str], str]]:
        """The codes of names, and of the key."""
        only, *others = sites
        every: list[Sequence[str]] = [(), *((code,) for code in self.names), tuple(self.names)]
        if others:
            yield (), ""
        for codes in every if others else [tuple(self._prefix(only).values())]:
            for key in (_KEY, _HYPHENED) if self.keyed else ("",):
                if codes or key:
                    yield codes, key

    def _said(self, code: Code, slot: Slot) -> Iterator[str]:
        """The codes whose words are anywhere in a text."""
        texts = [part for part in code.parts if isinstance(part, str)] if code.template else []
        words = {name: values[slot.environment] for name, values in self.names.items()}
        if slot.key is not None:
            words |= {_KEY: slot.key, _HYPHENED: slot.key.replace("_", "-")}
        for name, word in words.items():
            if word and any(word in text for text in texts):
                yield name

    def _words(self, codes: Sequence[str], key: str, slot: Slot) -> dict[str, str]:
        words = {self.names[code][slot.environment]: code for code in reversed(codes)}
        if slot.key is not None and key:
            words.setdefault(slot.key.replace("_", "-") if key == _HYPHENED else slot.key, key)
        return {word: code for word, code in words.items() if word}

    def _prefix(self, site: str) -> dict[str, str]:
        return {self.names[_PREFIX][site]: _PREFIX} if _PREFIX in self.names else {}
