"""The time of day, as the tables keep it."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> str:
    """This moment, UTC, to the second, ISO 8601."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
