"""What is read once for many pages, and kept for fifty times as long as the reading took.

So it is always fresh on a small database, and costs a large one two hundredths of its time.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from datasette.database import Database

Read = TypeVar("Read")
TIMES = 50
AT_ONCE = 0.02
"""Seconds; what takes less is read anew each time."""
MOST = 200
"""Things kept for one database; beyond, the oldest goes."""
_kept: WeakKeyDictionary[Database, dict[Any, tuple[float, Any]]] = WeakKeyDictionary()


async def kept(database: Database, what: Any, read: Callable[[], Awaitable[Read]]) -> Read:
    """What `read` returns, or returned a short while ago.

    Args:
        database: what is read from.
        what: its name; two readings of the same name are the same thing.
        read: reads it.
    """
    known = _kept.setdefault(database, {})
    before = monotonic()
    if what in known and before < known[what][0]:
        held: Read = known[what][1]
        return held
    found = await read()
    after = monotonic()
    known.pop(what, None)
    if after - before > AT_ONCE:
        known[what] = (after + TIMES * (after - before), found)
        if len(known) > MOST:
            del known[next(iter(known))]
    return found
