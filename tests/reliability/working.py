"""What processes of these tests do; in a module of its own, so that they start at once."""

from __future__ import annotations

import os
import time
from typing import Any


def work(what: str) -> list[object]:
    if what == "sleep":
        time.sleep(600)
    if what == "eat":
        return [len(bytearray(400 * 2**20))]
    if what == "die":
        os._exit(3)
    return [what]


def never_answer(connection: Any, limits: object) -> None:
    """In place of a process that extracts: ready, then silent."""
    connection.send("ready")
    time.sleep(600)
