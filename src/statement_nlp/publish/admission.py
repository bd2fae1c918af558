"""Who may try how often: each client so many a minute, one at a time, and no more in all than a worker can bear."""

from __future__ import annotations

from collections import deque
from ipaddress import IPv6Address, ip_address, ip_network
from time import monotonic
from typing import Any

from statement_nlp.errors import StatementNlpError

A_CLIENT = 10
"""Texts a minute of one client."""
IN_ALL = 30
"""Texts a minute of all clients together."""
MOST_WAITING = 3
MOST_CLIENTS = 10_000
"""Clients that are remembered; the one that came least lately is forgotten first."""
MINUTE = 60.0


class BusyError(StatementNlpError):
    """A text is not taken now; `status` and `after` (seconds) say when it would be."""

    def __init__(self, message: str, status: int, after: float) -> None:
        super().__init__(message)
        self.status = status
        self.after = max(1, round(after))


def client_of(scope: Any) -> str:
    """Whom a request comes from: its address; for IPv6 the network of 64 bits, since one machine has all of it.

    Behind a proxy the server puts the client's address there, if it was told to trust that proxy (`serve --proxy`).
    """
    try:
        address = ip_address((scope.get("client") or ("",))[0])
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or ip_network((address, 64), strict=False))
    return str(address)


class Admission:
    """Counts what was taken in the last minute, by client and in all; used by one event loop."""

    def __init__(self) -> None:
        self._of: dict[str, deque[float]] = {}
        self._all: deque[float] = deque()
        self._inside: list[str] = []

    def enter(self, client: str) -> None:
        """Take a text of a client; `leave` when it is answered.

        Raises:
            BusyError: 429 where the client sends too much, 503 where all together do.
        """
        now = monotonic()
        own = self._of.pop(client, deque())
        self._of[client] = own
        for times in (own, self._all):
            while times and now - times[0] > MINUTE:
                times.popleft()
        if client in self._inside:
            raise BusyError("Your last text is still being read. Wait for it, then send the next.", 429, 5)
        if len(own) >= A_CLIENT:
            after = MINUTE - (now - own[0])
            raise BusyError(f"That is {A_CLIENT} texts in a minute. Send the next in {after:.0f} seconds.", 429, after)
        if len(self._inside) >= MOST_WAITING:
            raise BusyError("Others are having texts read just now. Send yours again in some seconds.", 503, 10)
        if len(self._all) >= IN_ALL:
            after = MINUTE - (now - self._all[0])
            raise BusyError(f"Too many texts are tried here just now. Send yours in {after:.0f} seconds.", 503, after)
        own.append(now)
        self._all.append(now)
        self._inside.append(client)
        while len(self._of) > MOST_CLIENTS:
            del self._of[next(iter(self._of))]

    def leave(self, client: str) -> None:
        """The text of a client is answered."""
        self._inside.remove(client)
