"""What a party's page says beside its newest demands: on which themes it is asked, and which claims name it."""

from __future__ import annotations

from typing import Any

from datasette.database import Database
from datasette.utils import tilde_encode

from statement_nlp.publish import charts, page_data

MOST_MENTIONS = 3000
"""Mentions of a party whose claims are looked for; a party named more often says so."""
MOST_CLAIMS = 40
LEAD = 5
"""Characters that may stand before its name where a claim begins with it: "The ", "In "."""
THEMES = """
    SELECT theme, sum(demands) AS demands, min(nullif(month, '')) AS first, max(month) AS last FROM party_months
    WHERE party_id = :id AND theme <> '' GROUP BY theme ORDER BY demands DESC, theme"""
ON_THEME = """
    SELECT d.id, d.quote, s.id AS statement_id, coalesce(s.title, s.id) AS statement, s.published, s.publisher, s.kind
    FROM demands_to x CROSS JOIN demand_themes t ON t.demand_id = x.demand_id AND t.theme = :theme
    CROSS JOIN demands d ON d.id = x.demand_id JOIN statements s ON s.id = d.statement_id
    WHERE x.party_id = :id AND d.judgement IS NOT 'rejected' ORDER BY x.date DESC LIMIT 100"""
MOST_DEMANDS = 5000
"""Demands that are counted by publisher, the oldest first; a party that is asked more often says so."""
PUBLISHERS = """
    SELECT s.publisher, s.kind, count(*) AS demands, count(DISTINCT s.id) AS statements, min(s.published) AS first,
      max(s.published) AS last
    FROM (SELECT demand_id FROM demands_to WHERE party_id = :id ORDER BY date LIMIT :most) x
    CROSS JOIN demands d ON d.id = x.demand_id CROSS JOIN statements s ON s.id = d.statement_id
    WHERE d.judgement IS NOT 'rejected' GROUP BY s.publisher, s.kind ORDER BY first IS NULL, first, s.publisher"""
NEWEST_MONTH = """SELECT max(month) AS month FROM party_months
    WHERE party_id = :id AND theme = '' AND month <> '' AND demands > 0"""
CLAIMS = """
    SELECT c.id, c.quote, c.status, c.attribution, c.date, s.id AS statement_id, coalesce(s.title, s.id) AS statement,
      s.published, s.publisher, s.kind, min(m.start) - c.start <= :lead AS leads
    FROM (SELECT statement_id, start, "end" FROM party_mentions
          WHERE party_id = :id AND judgement IS NOT 'rejected' LIMIT :mentions) m
    CROSS JOIN claims c ON c.statement_id = m.statement_id AND c.start <= m.start AND c."end" >= m."end"
    CROSS JOIN statements s ON s.id = c.statement_id
    WHERE c.judgement IS NOT 'rejected' GROUP BY c.id ORDER BY s.published DESC, c.start"""


async def beside(database: Database, party_id: str, theme: str) -> dict[str, Any]:
    """What a party's page shows of themes and claims.

    Args:
        database: one of ours.
        party_id: of a stored party.
        theme: its demands on this theme are listed; empty for none.

    Returns:
        `themes` (theme, demands, first and last month), their `themes_chart`, `theme` and its demands `on_theme`;
        `publishers`, who asks how often, since when (publisher, kind, demands, statements, first, last), counted over
        the first `most_demands`; `newest_month` in which it is asked, or None; `leading` and `naming`, claims that
        begin with the party's name and others that hold it, newest first, and `claims_found`, how many of each.
    """
    themes = await page_data.rows(database, THEMES, id=party_id)
    claims = await page_data.rows(database, CLAIMS, id=party_id, mentions=MOST_MENTIONS, lead=LEAD)
    leading = [row for row in claims if row["leads"]]
    naming = [row for row in claims if not row["leads"]]
    at = f"{database.ds.urls.path('/party/' + tilde_encode(party_id))}?theme="
    bars = [(row["theme"].replace("_", " "), f"{at}{row['theme']}#theme", row["demands"]) for row in themes]
    return {
        "themes": themes,
        "themes_chart": charts.ranked(bars, "Demands addressed to it, by theme"),
        "theme": theme,
        "on_theme": await page_data.rows(database, ON_THEME, id=party_id, theme=theme) if theme else [],
        "publishers": await page_data.rows(database, PUBLISHERS, id=party_id, most=MOST_DEMANDS),
        "most_demands": MOST_DEMANDS,
        "newest_month": (await page_data.rows(database, NEWEST_MONTH, id=party_id))[0]["month"],
        "leading": leading[:MOST_CLAIMS],
        "naming": naming[:MOST_CLAIMS],
        "claims_found": (len(leading), len(naming)),
        "most_mentions": MOST_MENTIONS,
    }
