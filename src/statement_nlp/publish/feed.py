"""Atom feeds (RFC 4287): the newest statements, and the newest answers to a question."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: `address` is its page and its id, `extracted` when its run began, `kind` that of the statement."""

    address: str
    title: str
    extracted: str
    author: str | None
    summary: str
    kind: str


def _add(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    child.text = text
    return child


def _time(run_started: str) -> str:
    moment = run_started.replace(" ", "T")[:19]
    return moment + "Z" if "T" in moment else moment + "T00:00:00Z"


def write(address: str, page: str, title: str, entries: Iterable[Entry]) -> str:
    """A feed as XML; an entry is as new as the run that read it, and says where it is illustrative.

    Args:
        address: of the feed.
        page: of the page that shows the same; the feed's id.
        title: of the feed.
        entries: in the order to show.
    """
    ElementTree.register_namespace("", ATOM)
    shown = list(entries)
    root = ElementTree.Element(f"{{{ATOM}}}feed")
    _add(root, "id", page)
    _add(root, "title", _clean(title))
    _add(root, "updated", max((_time(entry.extracted) for entry in shown), default="1970-01-01T00:00:00Z"))
    _add(root, "link", rel="self", href=address)
    _add(root, "link", rel="alternate", type="text/html", href=page)
    for entry in shown:
        made = _add(root, "entry")
        _add(made, "id", entry.address)
        mark = "[illustrative] " if entry.kind == "illustrative" else ""
        _add(made, "title", _clean(f"{mark}{entry.title}"))
        _add(made, "updated", _time(entry.extracted))
        _add(made, "link", href=entry.address)
        _add(_add(made, "author"), "name", _clean(entry.author or "unknown"))
        _add(made, "summary", _clean(entry.summary))
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode")


async def newest(datasette: Any, request: Request, database: Database) -> str:
    """The fifty newest statements."""
    rows = await page_data.rows(database, NEWEST)
    entries = [
        Entry(
            datasette.absolute_url(request, datasette.urls.path(f"/statement/{tilde_encode(row['id'])}")),
            row["title"],
            row["started"],
            row["publisher"],
            f"{row['kind']} statement, {row['published'] or 'undated'}: "
            f"{row['claims']} claims, {row['demands']} demands",
            row["kind"],
        )
        for row in rows
    ]
    home = datasette.absolute_url(request, datasette.urls.path("/"))
    return write(datasette.absolute_url(request, datasette.urls.path("/feed.atom")), home, "Statements", entries)


def _clean(text: str) -> str:
    """Without what XML cannot hold: control characters, halves of surrogate pairs, two noncharacters."""
    return "".join(c for c in text if (c >= " " or c in "\n\t") and not "\ud800" <= c <= "\udfff" and c not in "￾￿")
