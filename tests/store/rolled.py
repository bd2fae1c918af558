"""Roll-ups compared with what counting from scratch gives."""

from __future__ import annotations

from statement_nlp.store import Database
from statement_nlp.store.rollups import ROLLUPS, rebuild


def rolled_up(db: Database) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all roll-ups."""
    return {r.name: sorted(map(tuple, db.execute(f"SELECT * FROM {r.name}")), key=repr) for r in ROLLUPS}


def assert_rolled_up(db: Database) -> None:
    """That the stored roll-ups are what the records give."""
    kept = rolled_up(db)
    with db.transaction() as connection:
        rebuild(connection)
    assert rolled_up(db) == kept
