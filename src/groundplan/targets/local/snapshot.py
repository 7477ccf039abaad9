"""The whole state in one file: moto's, the fakes' and the engine's, in one pickle, so that cross-references stay whole.

The file begins with a line of JSON that says which versions wrote it; another version is refused, never guessed at. It
is written beside the old one, flushed to the disk and renamed: after a crash there is the old or the new one, whole.
"""

from __future__ import annotations

import io
import json
import marshal
import os
import pickle
import sys
import threading
import time
import types
import weakref
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from groundplan.errors import EnvironmentalError
from groundplan.targets.local.application import LocalAws
from groundplan.targets.local.cloudformation.definitions import Template
from groundplan.targets.local.corrections.parameters import PUBLIC

FORMAT = 5
_LOCKS = {type(threading.Lock()): threading.Lock, type(threading.RLock()): threading.RLock}
_NO_STATE = ("moto_api", "moto_proxy", "instance_metadata")


def versions() -> dict[str, str]:
    """What must be the same for a snapshot to be read."""
    return {
        "format": str(FORMAT),
        "groundplan": version("groundplan"),
        "moto": version("moto"),
        "python": ".".join(map(str, sys.version_info[:2])),
    }


_ATTEMPTS = 20


def save(path: Path, aws: LocalAws) -> int:
    """Writes a snapshot; the size in bytes."""
    with aws.gate:
        for attempt in range(_ATTEMPTS):
            try:
                buffer = _pickled(aws)
                break
            except RuntimeError as error:
                # The gate holds back every call that changes resources. Registers (a new change set, the backend of a
                # region that is asked for the first time) grow without it, and pickle meets them half-way.
                if "changed size during iteration" not in str(error) or attempt == _ATTEMPTS - 1:
                    raise
                time.sleep(0.005)
        aws.changed = False
    head = json.dumps(versions(), sort_keys=True).encode() + b"\n"
    temporary = path.with_name(f"{path.name}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(head)
        file.write(buffer.getbuffer())
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return len(head) + buffer.getbuffer().nbytes


def _pickled(aws: LocalAws) -> io.BytesIO:
    buffer = io.BytesIO()
    backends = _used_backends()
    content = {
        "moto": {
            name: {account: dict(regions) for account, regions in list(backend.items())}
            for name, backend in backends.items()
        },
        "fakes": aws.fakes.store,
        "stacks": dict(aws.engine.stacks),
        "change sets": dict(aws.engine.change_sets),
    }
    _Pickler(buffer, {id(backend): name for name, backend in backends.items()}).dump(content)
    return buffer


def load(path: Path, aws: LocalAws) -> None:
    """Reads a snapshot into an empty local AWS. Raises EnvironmentalError where it cannot be read."""
    check(path)
    try:
        with path.open("rb") as file:
            file.readline()
            content = pickle.load(file)  # noqa: S301 - our own, in a folder that only its owner may read
        with aws.gate:
            for name, accounts in content["moto"].items():
                backend = _backend(name)
                for account, regions in accounts.items():
                    for region, state in regions.items():
                        dict.__setitem__(backend[account], region, state)
            aws.fakes.store.update(content["fakes"])
            aws.engine.stacks.update(content["stacks"])
            aws.engine.change_sets.update(content["change sets"])
    except Exception as error:
        raise EnvironmentalError(
            f"the snapshot {path} is damaged ({type(error).__name__}: {error}); "
            "`groundplan local reset` (or deleting the file) starts with an empty local AWS"
        ) from error
    aws.engine.recover()


def check(path: Path) -> None:
    """Raises EnvironmentalError where a snapshot was written by other versions. A missing one is fine."""
    if not path.exists():
        return
    try:
        with path.open("rb") as file:
            written = json.loads(file.readline(4096))
        if not isinstance(written, dict):
            raise ValueError("no header")
    except (OSError, ValueError) as error:
        raise EnvironmentalError(
            f"the snapshot {path} cannot be read ({error}); "
            "`groundplan local reset` (or deleting the file) starts with an empty local AWS"
        ) from error
    now = versions()
    other = [f"{name} {written.get(name)} (now {now[name]})" for name in now if written.get(name) != now[name]]
    if other:
        raise EnvironmentalError(
            f"the snapshot {path} was written by other versions: {', '.join(other)}; "
            "`groundplan local reset` (or deleting the file) starts with an empty local AWS"
        )


@cache
def _backend(name: str) -> Any:
    import moto.backends

    get: Any = moto.backends.get_backend
    return get(name)


def _used_backends() -> dict[str, Any]:
    import moto.backends
    from moto.core.base_backend import BackendDict

    used: dict[str, Any] = {}
    for name in moto.backends.list_of_moto_modules():
        if name in _NO_STATE or f"moto.{name}.models" not in sys.modules:
            continue
        try:
            backend = _backend(name)
        except (AttributeError, ImportError, KeyError):  # a module without state of its own
            continue
        if isinstance(backend, BackendDict) and len(backend):
            used[name] = backend
    return used


class _Pickler(pickle.Pickler):
    """Knows what of moto's state plain pickle does not: locks, keys, certificates, local functions, backends."""

    def __init__(self, file: io.BytesIO, backends: dict[int, str]) -> None:
        super().__init__(file, protocol=pickle.HIGHEST_PROTOCOL)
        self._backends = backends

    def reducer_override(self, obj: Any) -> Any:
        kind: Any = type(obj)
        if id(obj) in self._backends:
            return _backend, (self._backends[id(obj)],)
        reduce = _reducer(kind)
        return NotImplemented if reduce is None else reduce(obj)


@cache
def _reducer(kind: type[object]) -> Callable[[Any], Any] | None:
    """How objects of a kind are written; None: as pickle does by itself, which goes for nearly all."""
    if kind in _LOCKS:
        return lambda _: (_LOCKS[kind], ())
    if kind is Template:
        return lambda obj: (pickle.loads, (obj.pickled,))
    if kind is weakref.WeakValueDictionary:
        return lambda obj: (weakref.WeakValueDictionary, (dict(obj),))
    if kind.__module__ == "moto.ec2.models" and kind.__name__ == "EC2Backend":
        return lambda obj: (
            object.__new__, (kind,), _without_public_images(obj), None, None, _set_with_public_images,
        )  # fmt: skip
    if kind.__module__ == "moto.ssm.models" and kind.__name__ == "ParameterDict":
        return lambda obj: (
            _made_default, (kind, obj.default_factory), _with_public_parameters_unread(obj), None, _own(obj),
        )  # fmt: skip
    if kind.__module__ == "moto.core.model" and kind.__name__ == "ServiceModel":
        return lambda obj: (_service_model, (obj.service_name,))
    if issubclass(kind, defaultdict) and kind is not defaultdict:
        return lambda obj: (_made_default, (kind, obj.default_factory), obj.__dict__, None, iter(list(obj.items())))
    if kind is types.FunctionType:
        return _local_function
    if issubclass(kind, types.ModuleType):
        return lambda obj: (import_module, (obj.__name__,))
    if kind.__module__.startswith("cryptography."):
        return _cryptographic
    return None


def _local_function(obj: types.FunctionType) -> Any:
    named = "<locals>" not in obj.__qualname__ and "<lambda>" not in obj.__qualname__
    return NotImplemented if named else (_function, _taken_apart(obj))


def _without_public_images(backend: Any) -> dict[str, Any]:
    """The state of an EC2 region without Amazon's own images: 1,300 of them, 1 MB, the same in every region's life."""
    public = {name for name, image in backend.amis.items() if image.owner_alias == "amazon"}
    return {
        **vars(backend),
        "amis": {name: image for name, image in backend.amis.items() if name not in public},
        "snapshots": {name: item for name, item in backend.snapshots.items() if item.from_ami not in public},
    }


def _set_with_public_images(backend: Any, state: dict[str, Any]) -> None:
    vars(backend).update(state)
    own, snapshots = backend.amis, backend.snapshots
    backend.amis, backend.snapshots = {}, type(snapshots)()
    backend._load_amis()
    for name in backend.deleted_amis:
        backend.amis.pop(name, None)
    backend.amis.update(own)
    backend.snapshots.update(snapshots)


def _with_public_parameters_unread(parameters: Any) -> dict[str, Any]:
    """The state of a region's parameters in which moto reads Amazon's own again: 5,500 of them, 1.6 MB."""
    return {name: False if name.endswith("_loaded") else value for name, value in vars(parameters).items()}


def _own(parameters: Any) -> Iterator[tuple[str, Any]]:
    own = [(name, item) for name, item in parameters.items() if not name.startswith(PUBLIC)]
    return iter(own)


def _service_model(name: str) -> Any:
    """The description of a service, which moto keeps in the state of AWS Config: 0.4 MB in every region."""
    from moto.core.utils import get_service_model

    return get_service_model(name)


def _made_default(kind: type[Any], factory: Any) -> Any:
    made: Any = object.__new__(kind) if not issubclass(kind, dict) else dict.__new__(kind)
    made.default_factory = factory
    return made


def _taken_apart(function: types.FunctionType) -> tuple[Any, ...]:
    cells = tuple(cell.cell_contents for cell in function.__closure__ or ())
    return marshal.dumps(function.__code__), function.__module__, function.__qualname__, function.__defaults__, cells


def _function(code: bytes, module: str, name: str, defaults: Any, cells: tuple[Any, ...]) -> types.FunctionType:
    """A function that has no importable name; the snapshot is of the same Python, so its code object fits."""
    closure = tuple(types.CellType(cell) for cell in cells)
    namespace = vars(import_module(module))
    made = types.FunctionType(marshal.loads(code), namespace, name.rsplit(".", 1)[-1], defaults, closure)  # noqa: S302
    made.__qualname__ = name
    return made


def _cryptographic(obj: Any) -> Any:
    """Keys and certificates as PEM text."""
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    if isinstance(obj, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey):
        pem = obj.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return _private_key, (pem,)
    if isinstance(obj, x509.Certificate):
        return _certificate, (obj.public_bytes(serialization.Encoding.PEM),)
    if isinstance(obj, rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey):
        pem = obj.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        return _public_key, (pem,)
    return NotImplemented


def _certificate(pem: bytes) -> Any:
    from cryptography.x509 import load_pem_x509_certificate

    return load_pem_x509_certificate(pem)


def _private_key(pem: bytes) -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    return load_pem_private_key(pem, None)


def _public_key(pem: bytes) -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    return load_pem_public_key(pem)
