"""How long a new statement takes to link against many.

`python -m statement_nlp.learning.linking_speed FILE.db` prints the seconds of a link in a collection that
`statement_nlp.learning.made` wrote, or in any other.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from statement_nlp.store import Database
from statement_nlp.tracking.linking import link_statement


def measure(db: Database, tries: int = 10) -> list[tuple[float, float]]:
    """Seconds that linking one of the statements against all others takes, its tracks too, for some of them.

    Of the clock, and of the processor alone: on a busy machine the two differ.

    Each is undone again, so that every one is linked as if it were new.
    """
    ids = [row[0] for row in db.execute("SELECT id FROM statements ORDER BY number")]
    seconds = []
    for n in range(tries):
        connection = db.connection
        connection.execute("BEGIN IMMEDIATE")
        clock, processor = time.perf_counter(), time.process_time()
        link_statement(connection, ids[n * len(ids) // tries])
        seconds.append((time.perf_counter() - clock, time.process_time() - processor))
        connection.execute("ROLLBACK")
    return seconds


def main(path: str, tries: str = "16") -> None:
    """Print how long links take in a database."""
    with Database(Path(path), create=False) as db:
        count = db.execute("SELECT count(*) FROM statements").fetchone()[0]
        seconds = measure(db, int(tries))
    for what, taken in zip(("clock", "processor"), zip(*seconds, strict=True), strict=True):
        middle, worst = sorted(taken)[len(taken) // 2], max(taken)
        sys.stdout.write(f"{count} statements, {what}: {middle:.2f} s in the middle, {worst:.2f} s at worst\n")


if __name__ == "__main__":
    main(*sys.argv[1:3])
