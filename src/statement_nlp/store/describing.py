"""Writes docs/tables.md: every table and view, from the schema and from the descriptions that the pages show.

python -m statement_nlp.store.describing datasette_metadata.json docs/tables.md
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from statement_nlp.store.database import Database

OPENING = """# Tables

One SQLite file holds everything. This page is made from the schema and the descriptions in `datasette_metadata.json`
(`python -m statement_nlp.store.describing datasette_metadata.json docs/tables.md`).

How it hangs together:

- A statement has an `id` that stays: its header's, else ReliefWeb's, else its path or address, else a hash of it.
  Each record leads back to it: `statement_id`, `start` and `end` (code points of `statements.text`), `run_id`, `method`
  (rule or model, by name and version), `confidence` (0 to 1) and `cues` (JSON: the words that found it).
- The `id` of a record is a number made from statement, layer, quote and how-manieth time the quote stands in the text.
  The same record keeps its id when its statement is extracted again, in every database: links, judgements and addresses
  survive.
- `places` holds each place that is spoken of and all places around it; `place_ancestors` is the closure (a place is its
  own ancestor at depth 0). `claim_places` holds each claim under its places and every place around them, by day: the
  table that makes queries by location fast. Triggers keep it in step, whoever writes.
- Roll-ups, so that no page counts a million rows: `months` (the whole database), `statement_counts`, `place_counts`,
  `place_months`, `condition_months` and `theme_months` (a place and all inside it), `party_counts`, `party_months`.
  Lists by day, so that none sorts them: `claim_places`, `figures_within`, `demands_within`, `statements_within`,
  `demands_to` and `statements_naming` (a party), `demands_on` (a theme); read the newest with
  `ORDER BY date DESC LIMIT 50`. A save writes what it changes in them in its own transaction; `store/rollups.py`
  defines them.
- What people judge stands in `reviews`, each step of it in `review_events`. A rejected record is taken out of its
  table, so no view, query, count or search shows it; an accepted or corrected one says what the person said, and its
  `judgement` tells. What the machine said of a statement is kept whole in `machine_records`.
- Dates: `date` is what the text says; `since` and `until` the same as a half-open interval of days
  (`since <= day < until`), where it can be told.
- Journal: write-ahead log, so that pages read while an extraction writes. `PRAGMA application_id` is `0x53544E4C`
  ("STNL"); the migrations that ran stand in `_sqlite_migrations`.

"""


def describe(database: Database, metadata: Mapping[str, Any]) -> str:
    """Every table and view in Markdown.

    Args:
        database: any of ours; it may be empty.
        metadata: Datasette's metadata, with `databases` -> one database -> `tables` -> `description`, `columns`.
    """
    described = next(iter(metadata["databases"].values()))["tables"]
    query = """SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'
    AND name NOT LIKE '%\\_fts\\_%' ESCAPE '\\' AND name <> '_sqlite_migrations' ORDER BY type, rowid"""
    found = database.execute(query).fetchall()
    parts = [OPENING]
    for kind, title in (("view", "Views: what to browse"), ("table", "Tables: what they are made of")):
        parts.append(f"## {title}\n\n")
        parts += ("".join(_one(database, name, described.get(name, {}))) for name, type_ in found if type_ == kind)
    return "".join(parts).rstrip("\n") + "\n"


def _one(database: Database, name: str, described: Mapping[str, Any]) -> Iterator[str]:
    text = described.get("description") or ("Full-text search." if name.endswith("_fts") else "")
    yield f"### {name}\n\n{text}\n\n| column | type | |\n| --- | --- | --- |\n"
    keys = {row["from"]: f"{row['table']}.{row['to']}" for row in database.execute(f"PRAGMA foreign_key_list({name})")}
    for column in database.execute(f"PRAGMA table_xinfo({name})").fetchall():
        if column["hidden"] == 1:
            continue
        meaning = described.get("columns", {}).get(column["name"], "").replace("|", "\\|")
        target = f" -> `{keys[column['name']]}`" if column["name"] in keys else ""
        yield f"| `{column['name']}` | {column['type'].lower()} | {meaning}{target} |\n"
    yield "\n"


def main(arguments: list[str]) -> None:
    """Write the page: metadata file, target file."""
    source, target = map(Path, arguments)
    with Database(":memory:") as database:
        page = describe(database, json.loads(source.read_text(encoding="utf8")))
    target.write_text(page, encoding="utf8")


if __name__ == "__main__":
    main(sys.argv[1:])
