"""Datasette's own CSV on its way out: as safe in a spreadsheet program as that of `store.export`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

from statement_nlp.store.export import MARK, inert


def is_csv(path: str, headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether an answer is CSV that comes row by row, its length unknown; Datasette calls it plain text to be read."""
    named = {name.lower(): value for name, value in headers}
    kind = named.get(b"content-type", b"").partition(b";")[0]
    known = kind == b"text/csv" or (kind == b"text/plain" and path.endswith(".csv"))
    return known and b"content-length" not in named


class Sheet:
    """One answer of CSV. Datasette sends whole rows; what begins with the mark is ours, and written safely already."""

    def __init__(self) -> None:
        self.begun = False
        self.ours = False

    def through(self, body: bytes) -> bytes:
        """The same rows, without formulas, the first of them behind the mark."""
        if not body or self.ours:
            return body
        start = "" if self.begun else MARK
        if not self.begun:
            self.begun, self.ours = True, body.startswith(MARK.encode())
        if self.ours:
            return body
        written = io.StringIO(newline="")
        rows = csv.reader(io.StringIO(body.decode(errors="surrogatepass"), newline=""))
        csv.writer(written).writerows([inert(cell) for cell in row] for row in rows)
        return (start + written.getvalue()).encode(errors="surrogatepass")

    def event(self, event: dict[str, Any]) -> dict[str, Any]:
        """The same for a part of an ASGI answer."""
        return event | {"body": self.through(event.get("body", b""))}
