"""docs/tables.md says what stands in the database, all of it, and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path

from statement_nlp.store.describing import describe, main

ROOT = Path(__file__).parents[2]


def test_every_table_view_and_column_is_on_the_page(db):
    page = (ROOT / "docs" / "tables.md").read_text(encoding="utf8")
    written = {}
    for section in page.split("\n### ")[1:]:
        name, _, body = section.partition("\n")
        written[name] = re.findall(r"^\| `(\w+)` \|", body, re.MULTILINE)
    described = describe(db, json.loads((ROOT / "datasette_metadata.json").read_text(encoding="utf8")))
    made = {s.split("\n")[0]: re.findall(r"^\| `(\w+)` \|", s, re.MULTILINE) for s in described.split("\n### ")[1:]}
    assert written == made, "run: python -m statement_nlp.store.describing datasette_metadata.json docs/tables.md"
    assert made["claim_places"] == ["ancestor_id", "date", "claim_id"]


def test_every_table_and_column_has_a_description(db):
    described = describe(db, json.loads((ROOT / "datasette_metadata.json").read_text(encoding="utf8")))
    bare = re.findall(r"^### (?!\w+_fts)(\w+)\n\n\n", described, re.MULTILINE)
    assert bare == []
    sections = [s for s in described.split("\n### ")[1:] if not s.split("\n")[0].endswith("_fts")]
    assert [c for s in sections for c in re.findall(r"^\| `(\w+)` \| \w* \|  \|", s, re.MULTILINE)] == []


def test_the_page_is_written_by_one_command(tmp_path):
    main([str(ROOT / "datasette_metadata.json"), str(tmp_path / "tables.md")])
    assert (tmp_path / "tables.md").read_text(encoding="utf8").startswith("# Tables\n")
