"""How data come back: by failing over, by restoring, by taking a deletion back."""

from __future__ import annotations

from collections.abc import Generator, Iterator

from groundplan.recovery.points import replicated
from groundplan.recovery.steps import Given, Seconds, Step
from groundplan.recovery.stores import Stores, gibibytes
from groundplan.resources.databases import DatabaseInstance

NOTICE, ACT, RECONNECT = "notice", "act", "reconnect"
COPY = ("table_copy", "table_copy_gib")


def after_instance(stores: Stores, given: Given) -> Iterator[Step]:
    """A database instance, or the node of a cache, is gone; its zone is there."""
    again: list[str] = []
    for database in stores.databases:
        name = f"{database.name}: recover"
        again.append(name)
        if database.multi_az:
            yield _failover(database, name, given)
            continue
        what = f"{database.identifier}: RDS starts it on other hardware, with its volume"
        remedy = f"databases.{database.name}.standby: true"
        yield given.step(name, what, "RDS", "instance_recovery", remedy=remedy)
    again += yield from _caches(stores, given)
    yield from _reconnect(again, given)


def after_zone(stores: Stores, zone: str, given: Given) -> Iterator[Step]:
    """A zone is gone, and with it what stands there, or may stand there."""
    again: list[str] = []
    databases = [item for item in stores.databases if item.multi_az or item.availability_zone in (None, zone)]
    single = [database for database in databases if not database.multi_az]
    if single:
        names = ", ".join(database.identifier for database in single)
        remedy = ", ".join(f"databases.{database.name}.standby: true" for database in single)
        what = f"{names}: somebody restores it in another zone, and does not wait for this one"
        yield given.person(f"databases: {ACT}", what, remedy=remedy)
    for database in databases:
        name = f"{database.name}: recover"
        if database.multi_az:
            yield _failover(database, name, given)
        else:
            yield from _restored(database, given, (f"databases: {ACT}",), switch=name)
        again.append(name)
    again += yield from _caches(stores, given)
    yield from _reconnect(again, given)


def after_deletion(stores: Stores, given: Given) -> Iterator[Step]:
    """A table, objects or files are gone by mistake, and people bring them back."""
    yield from _noticed(stores, given, "what needs it fails")
    yield given.person(ACT, "Somebody looks, and finds what was deleted and when", after=(NOTICE,))
    again: list[str] = []
    for database in stores.databases:
        if not restorable(stores, database):
            continue
        restored = f"{database.name}: restore"
        yield from _restored(database, given, (ACT,), switch=None)
        name = f"{database.name}: copy back"
        _, now, most = gibibytes(database)
        seconds = given.time("table_copy")
        if "table_copy" not in given.measured:
            seconds = seconds + given.time("table_copy_gib").times(0, now, most)
        remedy = "objectives.measured.table_copy, once a drill has measured it"
        sources = given.sources(*COPY)
        what = "The table is copied from the restored instance into the one that runs"
        yield Step(name, what, "a person", seconds, (restored,), True, sources, remedy, COPY)
        again.append(name)
    yield from _objects(stores, given, (ACT,))
    yield from _reconnect(again, given)


def after_corruption(stores: Stores, given: Given) -> Iterator[Step]:
    """Data are wrong, and somebody has just found out: the clock begins there."""
    yield given.person(ACT, "Somebody decides to go back to before the mistake")
    again: list[str] = []
    for database in stores.databases:
        if restorable(stores, database):
            again.append(f"{database.name}: switch")
            yield from _restored(database, given, (ACT,), switch=again[-1])
    yield from _objects(stores, given, (ACT,))
    yield from _reconnect(again, given)


def after_key(stores: Stores, given: Given) -> Iterator[Step]:
    """A key is on its way to deletion: nothing that it has encrypted can be read until that is taken back."""
    names = ", ".join(key.alias for key in stores.keys)
    yield from _noticed(stores, given, f"what {names} has encrypted cannot be read")
    what = "Somebody takes the deletion back: aws kms cancel-key-deletion, then enable-key"
    yield given.person(ACT, what, after=(NOTICE,))
    yield given.step("enable", "The key can be used again", "KMS", "api_call", after=(ACT,))
    again: list[str] = []
    for database in stores.databases:
        if database.kms_key is None:
            continue
        name = f"{database.name}: start"
        what = f"{database.identifier}: RDS has stopped it without its key; it is started"
        remedy = "objectives.measured.instance_start, once a drill has measured it"
        yield given.step(name, what, "RDS", "instance_start", after=("enable",), remedy=remedy)
        again.append(name)
    yield from _reconnect(again, given)


def lost_for_good(stores: Stores) -> tuple[str, ...]:
    """What nothing brings back once it is deleted or wrong."""
    found = [f"database {item.name} has no backups" for item in stores.databases if not restorable(stores, item)]
    found += [
        f"bucket {item.name} keeps no versions"
        for item in stores.buckets
        if not item.versioning and stores.backup(item) is None
    ]
    found += [f"files {item.name} have no backups" for item in stores.files if stores.backup(item) is None]
    return tuple(found)


def restorable(stores: Stores, database: DatabaseInstance) -> bool:
    """Whether a database has backups of RDS's or of AWS Backup's."""
    return bool(database.backup_retention_period) or stores.backup(database) is not None


def _failover(database: DatabaseInstance, name: str, given: Given) -> Step:
    what = f"{database.identifier}: the standby in the other zone takes over, and its name leads there"
    return given.step(name, what, "RDS", "multi_az_failover")


def _caches(stores: Stores, given: Given) -> Generator[Step, None, list[str]]:
    names: list[str] = []
    for cache in stores.caches:
        name, needed = f"{cache.name}: recover", stores.needed(cache)
        if needed:
            names.append(name)
        ident = cache.replication_group_id
        if replicated(cache):
            what = f"{ident}: a replica becomes the primary"
            yield given.step(name, what, "ElastiCache", "cache_failover", waited_for=needed)
        else:
            what = f"{ident}: another node comes, and is empty"
            remedy = f"caches.{cache.name}.nodes: 2"
            yield given.step(name, what, "ElastiCache", "cache_replaced", waited_for=needed, remedy=remedy)
    return names


def _restored(
    database: DatabaseInstance, given: Given, after: tuple[str, ...], *, switch: str | None
) -> Iterator[Step]:
    """A new instance with former data. ``switch``: the step in which it takes the old one's place."""
    restore = f"{database.name}: restore"
    low, now, most = gibibytes(database)
    seconds, keys = given.time("restore"), ["restore"]
    if "restore" not in given.measured:
        seconds, keys = seconds + given.time("restore_gib").times(low, now, most), ["restore", "restore_gib"]
    size = f"{now} GiB" if most == now else f"{now} GiB, at the most {most} GiB"
    what = f"{database.identifier}: restored beside the old one, {size} as its storage is"
    remedy = "objectives.measured.restore, once a drill has measured it"
    yield Step(restore, what, "RDS", seconds, after, True, given.sources(*keys), remedy, tuple(keys))
    if switch is not None:
        what = "The restored instance takes the old one's name"
        yield given.step(switch, what, "RDS", "switch", after=(restore,))
        what = "All its blocks are loaded; until then first reads are slow"
        load = given.time("load_gib").times(low, now, most)
        warm = f"{database.name}: warm up"
        yield Step(warm, what, "RDS", load, (switch,), False, given.sources("load_gib"), keys=("load_gib",))


def _objects(stores: Stores, given: Given, after: tuple[str, ...]) -> Iterator[Step]:
    versioned = [bucket.name for bucket in stores.buckets if bucket.versioning]
    if versioned:
        what = f"{', '.join(versioned)}: delete markers go, former versions are copied over later ones"
        yield given.step("objects: restore", what, "S3", "objects_restore", after=after)
    backed_up = [item.name for item in stores.buckets if not item.versioning and stores.backup(item) is not None]
    backed_up += [item.name for item in stores.files if stores.backup(item) is not None]
    if backed_up:
        what = f"{', '.join(backed_up)}: restored from the last recovery point"
        remedy = "objectives.measured.backup_restore, once a drill has measured it"
        yield given.step("backups: restore", what, "AWS Backup", "backup_restore", after=after, remedy=remedy)


def _noticed(stores: Stores, given: Given, what: str) -> Iterator[Step]:
    """Until people are told: by the alarm on errors, where there is one."""
    alarm = stores.error_alarm
    if alarm is None:
        remedy = "alarms: {email: ...} and a public service, whose errors then tell"
        text = f"Somebody notices that {what}: no alarm tells of failing requests"
        yield Step(NOTICE, text, "a person", None, remedy=remedy, missing=remedy)
        return
    lasting = alarm.period * alarm.datapoints_to_alarm
    text = f"Requests fail because {what}: {alarm.alarm_name} tells after {lasting // 60} minutes of it"
    seconds = Seconds(lasting, lasting, alarm.period * alarm.evaluation_periods + alarm.period) + given.time("alarm")
    remedy = "alarms.period shorter" if lasting > 60 else ""
    yield Step(NOTICE, text, "CloudWatch", seconds, (), True, given.sources("alarm"), remedy, ("alarm",))


def _reconnect(after: list[str], given: Given) -> Iterator[Step]:
    if after:
        what = "The services connect again"
        yield given.step(RECONNECT, what, "the services", "reconnect", after=tuple(after))
