"""The walk of `review next`: one record after the other in its sentence, a key for each decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from statement_nlp.errors import ChangedRecordError, ReviewError
from statement_nlp.store import Database, judging
from statement_nlp.store.corrections import FIELDS, Known
from statement_nlp.store.judgements import context, plain, waiting
from statement_nlp.tracking.reviews import Decision, review

KEYS = {"a": "accept", "r": "reject", "c": "correct", "s": "skip", "u": "undo the last one", "q": "quit"}


def describe(database: Database, record_id: int) -> str:
    """A record in its sentence, with what it says and who judged it."""
    stands = judging.standing(database.connection, record_id)
    lines = [_in_context(database, stands), ""]
    shown = stands.shown or stands.machine or {}
    for name in FIELDS[stands.subject.layer]:
        if name != "quote":
            said = plain(shown.get(name))
            machine = plain(stands.machine.get(name)) if stands.machine else said
            lines.append(f"  {name}: {said}{f'  (the machine says {machine})' if machine != said else ''}")
    if stands.review:
        lines.append(f"  {stands.review['verdict']} by {stands.review['reviewer']} on {stands.review['reviewed']}")
    return "\n".join(lines)


def _in_context(database: Database, stands: judging.Standing) -> str:
    if stands.subject.layer == "links":
        machine: dict[str, Any] = stands.machine or {}
        return "\n".join(f"“{machine[f'{side}_quote']}” ({machine[f'{side}_statement_id']})" for side in ("a", "b"))
    text = database.statement(stands.subject.statements[0]).text
    before, marked, after = context(text, stands.anchor.start, stands.anchor.start + len(stands.anchor.quote))
    return f"{before}{click.style(f'[{marked}]', bold=True)}{after}"


class Walk:
    """Goes through what nobody has judged.

    Args:
        database: an open one.
        known: places and parties, for corrections.
        by: who decides.
        layers: the kinds of records to walk through.
        statement_id: only this statement.
    """

    def __init__(
        self, database: Database, known: Known, by: str, layers: Sequence[str], statement_id: str | None
    ) -> None:
        self.database = database
        self.known = known
        self.by = by
        self.layers = tuple(layers)
        self.statement_id = statement_id
        self.skipped: set[int] = set()
        self.judged: list[int] = []

    def go(self) -> None:
        """Ask about one record after the other until nothing is left or the person quits."""
        while (row := self._next()) is not None:
            click.echo(f"\n{row['layer']} · {row['statement']} ({row['published'] or 'undated'}) · {self._sure(row)}")
            seen = judging.standing(self.database.connection, row["record_id"]).digest
            click.echo(describe(self.database, row["record_id"]))
            keys = ", ".join(f"[{key}] {word}" for key, word in KEYS.items() if key != "u" or self.judged)
            if not self._answer(row["record_id"], row["layer"], seen, keys):
                break
        else:
            click.echo("\nEverything here is judged." if not self.skipped else "\nOnly what you skipped is left.")
        click.echo(f"{len(self.judged)} judged, {len(self.skipped)} skipped.")

    def _next(self) -> Any:
        most = len(self.skipped) + 1
        given = {"statement": self.statement_id, "most": most, "limit": most, "offset": 0}
        found = self.database.execute(waiting(self.layers), given).fetchall()
        return next((row for row in found if row["record_id"] not in self.skipped), None)

    @staticmethod
    def _sure(row: Any) -> str:
        return "sureness unknown" if row["confidence"] is None else f"{row['confidence']:.0%} sure"

    def _answer(self, record_id: int, layer: str, seen: str, keys: str) -> bool:
        """One decision; False to quit. A mistake is told, and asked again."""
        while True:
            key = click.prompt(keys, default="s", show_default=False).strip().lower()[:1]
            try:
                if key == "q":
                    return False
                if key == "s":
                    self.skipped.add(record_id)
                elif key in ("a", "r"):
                    self._decide(record_id, Decision("accept" if key == "a" else "reject", self.by, digest=seen))
                elif key == "c":
                    self._decide(record_id, Decision("correct", self.by, None, self._changes(layer), seen))
                elif key == "u" and self.judged:
                    review(self.database, self.judged.pop(), Decision("undo", self.by))
                else:
                    click.echo("One of these letters, please.")
                    continue
                return True
            except ChangedRecordError as error:
                click.echo(str(error))
                return True
            except ReviewError as error:
                click.echo(f"Not done: {error}.")

    def _decide(self, record_id: int, decision: Decision) -> None:
        review(self.database, record_id, decision, self.known)
        self.judged.append(record_id)

    @staticmethod
    def _changes(layer: str) -> dict[str, str]:
        click.echo(f"Fields: {', '.join(FIELDS[layer])}. One FIELD=VALUE a line; an empty line ends.")
        changes: dict[str, str] = {}
        while line := click.prompt("", default="", show_default=False, prompt_suffix="> ").strip():
            name, equals, value = line.partition("=")
            if equals:
                changes[name.strip()] = value
            else:
                click.echo("Write it as FIELD=VALUE, such as condition=injured.")
        return changes
