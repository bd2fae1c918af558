"""Dates as half-open intervals of full days, from the precision that is known."""

from __future__ import annotations

import re
from datetime import date, timedelta

ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:[T ].*)?$")


def interval(text: str | None) -> tuple[str | None, str | None]:
    """The days that an ISO 8601 date of any precision covers: `since <= day < until`, both full dates.

    What is no such date gives (None, None).

    >>> interval("2016-09")
    ('2016-09-01', '2016-10-01')
    """
    found = ISO.match(text or "")
    if not found:
        return None, None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        since = date(year or 0, month or 1, day or 1)
        if day:
            until = since + timedelta(days=1)
        elif month:
            until = date(since.year + month // 12, month % 12 + 1, 1)
        else:
            until = date(since.year + 1, 1, 1)
    except (ValueError, OverflowError):
        return None, None
    return since.isoformat(), until.isoformat()
