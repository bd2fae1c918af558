"""What the home page shows: the newest statements, where most is claimed, which figures changed or conflict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from datasette.database import Database
from datasette.utils import tilde_encode

from statement_nlp.publish import charts, page_data
from statement_nlp.publish.kept import kept
from statement_nlp.publish.page_data import Row

LISTS: Mapping[str, str] = {
    "newest": """SELECT id, coalesce(title, id) AS title, published, publisher, kind FROM statements
        ORDER BY published DESC LIMIT 8""",
    "top_places": """SELECT p.id, p.name, p.feature, p.country_name, k.claims
        FROM place_counts k JOIN places p ON p.id = k.place_id
        WHERE p.feature <> 'country' AND k.claims > 0 ORDER BY k.claims DESC, p.name LIMIT 8""",
    "top_countries": """SELECT p.id, p.name, k.claims FROM place_counts k JOIN places p ON p.id = k.place_id
        WHERE p.feature = 'country' AND k.claims > 0 ORDER BY k.claims DESC, p.name LIMIT 8""",
    "top_parties": """SELECT p.id, p.name, k.demands FROM party_counts k JOIN parties p ON p.id = k.party_id
        WHERE k.demands > 0 ORDER BY k.demands DESC, p.name LIMIT 10""",
    "findings": """SELECT statement, statement_id, statement_kind, finding FROM signatory_findings
        WHERE difference <> 0 ORDER BY statement_kind = 'illustrative', abs(difference) DESC LIMIT 3""",
    "months": """SELECT month, sum(statements) AS n, sum(CASE kind WHEN 'illustrative' THEN statements ELSE 0 END)
        AS illustrative FROM months WHERE month <> '' GROUP BY month ORDER BY month""",
}
SURE = 0.35
"""How sure the program must be of a link for the home page, from 0 to 1; the page on tracks has all."""
# the newest statements first and no further than needed: links are many, and sorted by nothing that helps here
CHANGED = """
    SELECT l.kind, l.reason, l.a_id, l.a_quote, l.b_id, l.b_quote, l.a_statement_id, l.b_statement_id,
      coalesce(a.title, a.id) AS a_statement, a.published AS a_published, a.publisher AS a_publisher, a.kind AS a_kind,
      b.title AS b_statement, b.published AS b_published, b.publisher AS b_publisher, b.kind AS b_kind,
      t.id AS track_id, t.title AS track
    FROM (SELECT id, coalesce(title, id) AS title, published, publisher, kind FROM statements
          ORDER BY published DESC LIMIT 5000) b
    CROSS JOIN links l ON l.b_statement_id = b.id
    JOIN statements a ON a.id = l.a_statement_id
    JOIN track_members m ON m.record_id = l.b_id JOIN tracks t ON t.id = m.track_id
    WHERE l.layer = 'figures' AND l.kind = :kind AND l.score >= :sure AND l.judgement IS NOT 'rejected'
    ORDER BY b.published DESC LIMIT :most"""


async def home(database: Database) -> dict[str, Any]:
    """Everything on the home page that is read from the database."""

    async def read() -> dict[str, Any]:
        shown: dict[str, Any] = {name: await page_data.rows(database, sql) for name, sql in LISTS.items()}
        shown["conflicting"] = await _changed(database, "conflicts", 3)
        shown["updated"] = await _changed(database, "updates", 3)
        shown["months_chart"] = charts.by_month(shown["months"])
        shown["parties_chart"] = charts.ranked(
            [
                (row["name"], database.ds.urls.path(f"/party/{tilde_encode(row['id'])}"), row["demands"])
                for row in shown["top_parties"]
            ],
            "Demands by addressee",
        )
        return shown | {"our_counts": await page_data.counts(database)}

    return await kept(database, "home", read)


async def _changed(database: Database, kind: str, most: int) -> list[Row]:
    return await page_data.rows(database, CHANGED, kind=kind, sure=SURE, most=most)
