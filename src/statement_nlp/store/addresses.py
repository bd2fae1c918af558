"""Files in a folder of this machine or at an address elsewhere (`s3://...`), by way of fsspec."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from statement_nlp.errors import ExtraError, PartitionError


def filesystem(address: str) -> tuple[Any, str]:
    """What reads and writes at an address, and the path that it calls the address by.

    Raises:
        ExtraError: the packages for this kind of address are not installed.
        PartitionError: it is no address that anything is known of.
    """
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise ExtraError("this needs more packages: pip install 'statement-nlp[dask]'") from error
    try:
        found, path = url_to_fs(address)
    except ImportError as error:
        raise ExtraError(f"{address}: {error}") from error
    except ValueError as error:
        raise PartitionError(f"{address}: {error}") from error
    return found, str(path)


@contextmanager
def told(address: str) -> Iterator[None]:
    """Errors of a file system in words that name the address."""
    try:
        yield
    except OSError as error:
        raise PartitionError(f"{address}: {error.strerror or error}") from error


class Folder:
    """A folder whose files appear whole or not at all.

    Args:
        address: a path or an address that fsspec knows.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._files, self._root = filesystem(address)

    def __reduce__(self) -> tuple[type[Folder], tuple[str]]:
        return Folder, (self.address,)

    @property
    def everywhere(self) -> str:
        """The address as any process calls it, in whichever folder it runs."""
        return str(self._files.unstrip_protocol(self._root))

    def path(self, name: str) -> str:
        """The path of a file of this folder."""
        return f"{self._root.rstrip('/')}/{name}"

    def read(self, name: str) -> bytes | None:
        """The bytes of a file; None where there is none."""
        with told(f"{self.address}/{name}"):
            try:
                return bytes(self._files.cat_file(self.path(name)))
            except FileNotFoundError:
                return None

    def write(self, name: str, data: bytes) -> None:
        """Write a file, in place of the one of this name: under another name first, then renamed."""
        folder, _, last = name.rpartition("/")
        partial = f"{folder}/.{last}.{uuid4().hex}" if folder else f".{last}.{uuid4().hex}"
        with told(f"{self.address}/{name}"):
            self._files.makedirs(self.path(folder) if folder else self._root, exist_ok=True)
            self._files.pipe_file(self.path(partial), data)
            self._files.mv(self.path(partial), self.path(name))

    def names(self, folder: str) -> list[str]:
        """The names of the files in a folder below, those half written too, in order."""
        with told(f"{self.address}/{folder}"):
            try:
                found = self._files.ls(self.path(folder), detail=False, refresh=True)
            except FileNotFoundError:
                return []
        return sorted(str(path).rstrip("/").rpartition("/")[2] for path in found)

    def remove(self, name: str) -> None:
        """Delete a file, if it is there."""
        with told(f"{self.address}/{name}"):
            try:
                self._files.rm_file(self.path(name))
            except FileNotFoundError:
                return
