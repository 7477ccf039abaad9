"""What is handed over, in the end: one map for one thing, and a name for each.

What is a table and what stands alone are handed over apart at first, since each waits for other things. Where they have
come into one parcel they wait for each other anyway: ``role_arns`` then has them all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set

from groundplan.engines.terraform.modules import nouns
from groundplan.engines.terraform.modules.groups import Member
from groundplan.engines.terraform.modules.handed import SIMPLE, Bundles, Handed, handed
from groundplan.engines.terraform.modules.links import Group, Link
from groundplan.engines.terraform.modules.parcels import Parcel, Parcels
from groundplan.engines.terraform.modules.slots import EVERY, identifier, plural


def settled(
    crossing: Iterable[tuple[Group, str]],
    together: Bundles,
    parcels: Parcels,
    every: Mapping[Group, Member],
    reserved: Set[str],
) -> tuple[Bundles, Parcels]:
    """What goes together, and the parcels, with maps of the same things as one, under their names.

    ``crossing`` is all that is handed over, by group and attribute, ``reserved`` what other variables are called.
    """
    known = dict.fromkeys(handed(Link(group, None, attribute), together) for group, attribute in crossing)
    merged = {one: whole for whole in _merged(known, parcels, every) for one in _parts(whole, known)}
    packed = {merged.get(one, one): parcel for one, parcel in parcels.items()}
    packed = dict(_of_several(packed))
    names = _names(dict.fromkeys(merged.get(one, one) for one in known), packed, every, reserved)
    found = {(group, one.attribute): one._replace(called=name) for one, name in names.items() for group in one.groups}
    return found, {one._replace(called=names[one]): parcel for one, parcel in packed.items()}


def _merged(known: Iterable[Handed], parcels: Parcels, every: Mapping[Group, Member]) -> Iterator[Handed]:
    """Maps of the same attribute of the same type in one parcel, with what goes by itself there, as one."""
    alike: dict[tuple[Parcel, str, str], list[Handed]] = {}
    for one in known:
        first = one.groups[0]
        by_zone = every[first].keyed and not first.table
        if one in parcels and first.block == "resource" and not by_zone and SIMPLE.fullmatch(one.attribute):
            alike.setdefault((parcels[one], first.type, one.attribute), []).append(one)
    for (_, _, attribute), parts in alike.items():
        groups = tuple(sorted(group for one in parts for group in one.groups))
        if len(parts) > 1 and any(one.is_map or one.groups[0].table for one in parts):
            yield Handed(groups, attribute)


def _parts(whole: Handed, known: Iterable[Handed]) -> Iterator[Handed]:
    return (one for one in known if one.attribute == whole.attribute and set(one.groups) <= set(whole.groups))


def _of_several(packed: Parcels) -> Iterator[tuple[Handed, Parcel]]:
    """Without parcels of one value: that goes by itself."""
    contents: dict[Parcel, list[Handed]] = {}
    for one, parcel in packed.items():
        contents.setdefault(parcel, []).append(one)
    return ((one, parcel) for parcel, values in contents.items() if len(values) > 1 for one in values)


def _names(
    known: Iterable[Handed], parcels: Parcels, every: Mapping[Group, Member], reserved: Set[str]
) -> dict[Handed, str]:
    """The name of each: the short one, unless another could be meant by it."""
    many = {one: one.is_map or every[one.groups[0]].keyed for one in known}
    short = {one: _name(one, many=several) for one, several in many.items()}
    meant: dict[str, list[Handed]] = {}
    for one, name in short.items():
        meant.setdefault(name, []).append(one)
    taken = reserved | {parcel.name for parcel in parcels.values()}
    return {
        one: name
        if len(meant[name]) == 1 and (one in parcels or name not in taken)
        else _long_name(one, many=many[one])
        for one, name in short.items()
    }


def _name(one: Handed, *, many: bool) -> str:
    first = one.groups[0]
    if one.is_map:
        return one.name
    if first.table and first.name == nouns.MAIN:  # what is of the main database, not the main table
        return f"{nouns.MAIN}_{nouns.asked(first.type, EVERY, one.attribute, many=many)}"
    return nouns.asked(first.type, first.name, one.attribute, many=many)


def _long_name(one: Handed, *, many: bool) -> str:
    """``media_kms_key_arn``, ``other_iam_role_arns``: after the type, as no other is called. Others are those that
    could not be put together with the table of their type."""
    first = one.groups[0]
    whose = f"other_{nouns.typed(first.type)}" if one.is_map else nouns.called_by_type(first.type, first.name)
    name = identifier(f"{whose}{one.attribute}")
    return plural(name) if many else name
