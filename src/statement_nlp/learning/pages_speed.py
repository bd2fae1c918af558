"""How long pages take beside stock Datasette's table page of the same rows, with one client and with eight.

`python -m statement_nlp.learning.pages_speed FILE.db` serves the file twice, as `statement-nlp serve` does and with
Datasette alone (no plugin, no metadata, facets not suggested, as many rows a page as ours), and asks both over HTTP for
the same: claims of a place, of a statement, that hold a word, of a place in a year with a status. Places, statements
and words are drawn as the claims lie, so that what is large is asked for often. Prints p50 and p95 in milliseconds and
the ratio of the p95s, ours to stock. `statement_nlp.learning.made` writes a file to ask.
"""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import quantiles
from urllib.parse import quote, urlencode

from datasette.utils import tilde_encode

from statement_nlp.store import Database

REQUESTS, WARM = 60, 5
CLIENTS = (1, 8)
WAIT = 120.0
"""Seconds until a server answers, or a request is given up."""
QUERY_MILLISECONDS = 5_000
"""What stock Datasette may take for a query: as much as our server gives one (`publish.server.SETTINGS`)."""
GIVEN_UP = b"SQL query took too long"
"""What Datasette says of a query that went over its time limit: on a busy machine, countries by stock's table page."""
SHOWN = 50
"""Rows of a page of stock Datasette: as many claims as ours show of a place."""
INSIDE = "id in (select claim_id from claim_places where ancestor_id = '{place}')"
DRAWN = """
SELECT n.place_id, c.statement_id, c.quote, substr(c.day, 1, 4) AS year, c.status
FROM claims c JOIN claim_named_places n ON n.claim_id = c.id WHERE n.place_id IS NOT NULL AND c.id >= ?
ORDER BY c.id LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two addresses that show the same rows: of our page, and of stock Datasette's table page."""

    ours: str
    stock: str


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds of one kind of page with so many clients."""

    page: str
    clients: int
    ours: tuple[float, float]
    """p50 and p95."""
    stock: tuple[float, float]

    @property
    def ratio(self) -> float:
        """Of the p95s, ours to stock."""
        return self.ours[1] / self.stock[1]


def addresses(db: Database, name: str, count: int, seed: int = 1) -> dict[str, list[Pair]]:
    """What to ask, by kind of page.

    Args:
        db: the file that is served.
        name: of the database in Datasette's addresses: the file's without .db.
        count: how many of each kind.
        seed: of the random numbers.
    """
    draw = random.Random(seed)
    lowest, highest = db.execute("SELECT min(id), max(id) FROM claims").fetchone()
    found: dict[str, list[Pair]] = {"place": [], "statement": [], "search": [], "ask": []}
    table = f"/{tilde_encode(name)}/claims?_size={SHOWN}&"
    for _ in range(count):
        row = db.execute(DRAWN, (draw.randint(lowest, highest),)).fetchone()
        around = "SELECT ancestor_id FROM place_ancestors WHERE place_id = ? ORDER BY depth"
        place = draw.choice([r[0] for r in db.execute(around, (row["place_id"],))])
        inside = ("_where", INSIDE.format(place=place.replace("'", "''")))
        word = draw.choice(row["quote"].split())
        days = {"since": f"{row['year']}-01-01", "until": f"{row['year']}-12-31"}
        narrowed = [inside, ("day__gte", days["since"]), ("day__lte", days["until"]), ("status", row["status"])]
        of_statement = urlencode({"statement_id": row["statement_id"]})
        asked = urlencode({"what": "claims", "place": place, "status": row["status"], **days})
        newest = [("_sort_desc", "day")]
        found["place"].append(Pair(f"/place/{tilde_encode(place)}", table + urlencode([inside, *newest])))
        found["statement"].append(Pair(f"/statement/{tilde_encode(row['statement_id'])}", table + of_statement))
        found["search"].append(Pair(f"/search?q={quote(word)}", table + urlencode({"_search": f'"{word}"'})))
        found["ask"].append(Pair(f"/ask?{asked}", table + urlencode([*narrowed, *newest])))
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _server(command: Sequence[str], port: int, environment: Mapping[str, str]) -> Iterator[int]:
    """A server on a port, until the block ends."""
    process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)
    try:
        _until_up(process, port)
        yield port
    finally:
        process.terminate()
        process.wait(WAIT)


def _until_up(process: subprocess.Popen[bytes], port: int) -> None:
    last = time.monotonic() + WAIT
    while time.monotonic() < last and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"{' '.join(map(str, process.args))} does not answer")  # type: ignore[arg-type]


def ours(path: Path) -> tuple[list[str], int]:
    """The command that serves a file with our pages, and its port."""
    port = _free_port()
    return [sys.executable, "-m", "statement_nlp", "serve", "--db", str(path), "--port", str(port)], port


def stock(path: Path) -> tuple[list[str], int]:
    """The command that serves a file with Datasette alone, and its port."""
    port = _free_port()
    limit = str(QUERY_MILLISECONDS)
    settings = ["--setting", "suggest_facets", "off", "--setting", "sql_time_limit_ms", limit]
    return [sys.executable, "-m", "datasette", "serve", str(path), "--port", str(port), *settings], port


def _one(port: int, address: str) -> float:
    """Milliseconds until the whole answer is there; a query that was given up for its time counts as long as it took.

    Raises:
        RuntimeError: it is another error page.
    """
    began = time.perf_counter()
    connection = HTTPConnection("127.0.0.1", port, timeout=WAIT)
    connection.request("GET", address)
    answer = connection.getresponse()
    page = answer.read()
    connection.close()
    if answer.status != 200 and GIVEN_UP not in page:
        raise RuntimeError(f"{address} answers {answer.status}")
    return (time.perf_counter() - began) * 1000


def _timed(port: int, wanted: Sequence[str], clients: int) -> tuple[float, float]:
    with ThreadPoolExecutor(clients) as pool:
        taken = list(pool.map(lambda address: _one(port, address), wanted))
    cut = quantiles(taken, n=20, method="inclusive")
    return cut[9], cut[18]


def measure(path: Path, requests: int = REQUESTS) -> Iterator[Timing]:
    """Time each kind of page with each number of clients; both servers are asked the same in the same order."""
    with Database(path) as db:
        asked = addresses(db, path.stem, requests + WARM)
    commands = ours(path), stock(path)
    # without this, Datasette would load our plugin too: it finds what is installed beside it
    with _server(*commands[0], {}) as here, _server(*commands[1], {"DATASETTE_LOAD_PLUGINS": ""}) as there:
        for page, pairs in asked.items():
            for pair in pairs[:WARM]:
                _one(here, pair.ours)
                _one(there, pair.stock)
            for clients in CLIENTS:
                mine = _timed(here, [pair.ours for pair in pairs[WARM:]], clients)
                yield Timing(page, clients, mine, _timed(there, [pair.stock for pair in pairs[WARM:]], clients))


def main(path: str, requests: str = str(REQUESTS)) -> None:
    """Print the table."""
    sys.stdout.write("| page | clients | p50 | p95 | stock p50 | stock p95 | ratio of p95 |\n")
    sys.stdout.write("| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n")
    for t in measure(Path(path), int(requests)):
        numbers = " | ".join(f"{ms:.0f}" for ms in (*t.ours, *t.stock))
        sys.stdout.write(f"| {t.page} | {t.clients} | {numbers} | {t.ratio:.2f} |\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:3])
