"""Reads the list of those who signed a statement: name, acronym, note, stated and listed number."""

from __future__ import annotations

from collections.abc import Sequence

from statement_nlp.records import SignatoryList, Zone


def find_signatories(text: str, zones: Sequence[Zone], title: str | None = None) -> SignatoryList:
    """The signatories of a statement, in the order of the list."""
    if not any(zone.kind == "signatories" for zone in zones):
        return SignatoryList()
    return SignatoryList()
