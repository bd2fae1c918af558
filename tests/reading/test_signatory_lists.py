"""Lists of many layouts, and lists that are none: data/signatory_lists.yaml, half of them written to be held out."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from statement_nlp.reading.layout import find_zones
from statement_nlp.reading.signatories import find_signatories

CASES = yaml.safe_load((Path(__file__).parent / "data" / "signatory_lists.yaml").read_text(encoding="utf-8"))


def expected(entry: str) -> tuple[str, str | None, str | None]:
    """ "name | acronym | note" with what is not there as None."""
    name, acronym, note = ([part.strip() for part in entry.split("|")] + ["", ""])[:3]
    return name, acronym or None, note or None


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_list(case: dict[str, Any]) -> None:
    text = case["text"]
    found = find_signatories(text, find_zones(text))
    assert [(s.name, s.acronym, s.note) for s in found.signatories] == [expected(e) for e in case["signatories"]]
    if "stated" in case:
        assert found.stated == case["stated"]


def test_cases_have_ids_of_their_own() -> None:
    assert len({case["id"] for case in CASES}) == len(CASES)
