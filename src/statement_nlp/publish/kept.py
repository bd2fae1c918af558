"""What is read once for many pages, and kept until the file changes, or for fifty times as long as the reading took.

So it is always fresh on a small database, and costs a large one that is being written two hundredths of its time.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, time_ns
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from datasette.database import Database

Read = TypeVar("Read")
TIMES = 50
AT_ONCE = 0.02
"""Seconds; what takes less is not held longer than the file stays as it is."""
SETTLED = 100_000_000
"""Nanoseconds after a change before the file's times can tell the next one: the clock of a file system is coarse."""
MOST = 200
"""Things kept for one database; beyond, the oldest goes."""
State = tuple[tuple[int, int], ...]
"""When the file and its write-ahead log changed last, and how long they are."""


@dataclass(frozen=True, slots=True)
class _Held:
    """What was read, the state of the file before, and until when it holds whatever happens to the file."""

    found: Any
    state: State | None
    until: float


_kept: WeakKeyDictionary[Database, dict[Any, _Held]] = WeakKeyDictionary()


async def kept(database: Database, what: Any, read: Callable[[], Awaitable[Read]]) -> Read:
    """What `read` returns, or returned while the file was as it is now, or a short while ago.

    Args:
        database: what is read from.
        what: its name; two readings of the same name are the same thing.
        read: reads it.
    """
    known = _kept.setdefault(database, {})
    state, before = _state(database), monotonic()
    held = known.get(what)
    if held and (before < held.until or (state is not None and state == held.state)):
        found: Read = held.found
        return found
    found = await read()
    after = monotonic()
    known.pop(what, None)
    until = after + TIMES * (after - before) if after - before > AT_ONCE else before
    if state is not None or until > before:
        known[what] = _Held(found, state, until)
        if len(known) > MOST:
            del known[next(iter(known))]
    return found


def _state(database: Database) -> State | None:
    """The state of the file; None where it has none, or changed too short ago to tell."""
    if not database.path or database.is_memory:
        return None
    found = []
    for path in (Path(database.path), Path(f"{database.path}-wal")):
        try:
            stat = path.stat()
        except FileNotFoundError:
            continue
        if abs(time_ns() - stat.st_mtime_ns) < SETTLED:
            return None
        found.append((stat.st_mtime_ns, stat.st_size))
    return tuple(found)
