"""The newest statements as an Atom feed (RFC 4287)."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from datasette.database import Database
from datasette.utils import tilde_encode
from datasette.utils.asgi import Request

from statement_nlp.publish import page_data

ATOM = "http://www.w3.org/2005/Atom"
NEWEST = """SELECT s.id, coalesce(s.title, s.id) AS title, s.published, s.publisher, s.kind, r.started,
    (SELECT count(*) FROM claims c WHERE c.statement_id = s.id AND c.judgement IS NOT 'rejected') AS claims,
    (SELECT count(*) FROM demands d WHERE d.statement_id = s.id AND d.judgement IS NOT 'rejected') AS demands
    FROM statements s JOIN runs r ON r.id = s.run_id ORDER BY s.published DESC, s.number DESC LIMIT 50"""


def _add(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    child.text = text
    return child


def _time(run_started: str) -> str:
    moment = run_started.replace(" ", "T")[:19]
    return moment + "Z" if "T" in moment else moment + "T00:00:00Z"


async def newest(datasette: Any, request: Request, database: Database) -> str:
    """The fifty newest statements; an entry is as new as the run that read it, and says what kind it is."""
    ElementTree.register_namespace("", ATOM)
    rows = await page_data.rows(database, NEWEST)
    root = ElementTree.Element(f"{{{ATOM}}}feed")
    home = datasette.absolute_url(request, datasette.urls.path("/"))
    _add(root, "id", home)
    _add(root, "title", "Statements")
    _add(root, "updated", max((_time(row["started"]) for row in rows), default="1970-01-01T00:00:00Z"))
    _add(root, "link", rel="self", href=datasette.absolute_url(request, datasette.urls.path("/feed.atom")))
    for row in rows:
        address = datasette.absolute_url(request, datasette.urls.path(f"/statement/{tilde_encode(row['id'])}"))
        entry = _add(root, "entry")
        _add(entry, "id", address)
        mark = "[illustrative] " if row["kind"] == "illustrative" else ""
        _add(entry, "title", _clean(f"{mark}{row['title']}"))
        _add(entry, "updated", _time(row["started"]))
        _add(entry, "link", href=address)
        _add(_add(entry, "author"), "name", _clean(row["publisher"] or "unknown"))
        _add(
            entry,
            "summary",
            f"{row['kind']} statement, {row['published'] or 'undated'}: "
            f"{row['claims']} claims, {row['demands']} demands",
        )
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode")


def _clean(text: str) -> str:
    """Without the control characters that XML cannot hold."""
    return "".join(c for c in text if c >= " " or c in "\n\t")
