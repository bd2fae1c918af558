"""Cells of tables: ids become links, kinds stand beside the statement, numbers get separators, codes become words."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from datasette.utils import tilde_encode
from markupsafe import Markup

from statement_nlp.store.explaining import METHOD

Cell = Markup | Callable[[], Awaitable[Markup | None]] | None

# fmt: off
PLUMBING = frozenset({
    "start", "end", "latitude", "longitude", "points", "geonameid", "statement_id", "place_id", "mention_id",
    "party_id",    "organisation_id", "signatory_id", "a_id", "b_id", "a_statement_id", "b_statement_id", "link_id",
    "track_id", "statement_kind", "a_statement_kind", "b_statement_kind", "number", "text_hash",
    "fingerprint", "organisation_key", "published_since", "published_until", "since", "until", "part_of",
    "run_id",
})
# fmt: on
"""Columns that hold others together: not shown until asked for. The kind of a statement stands beside its title."""
KEYS = frozenset(
    {"statement_id", "a_statement_id", "b_statement_id", "place_id", "party_id", "organisation_id", "track_id"}
)
"""Of those, the ones that tables need, since they have no column with the name of what they point to."""
TITLES: Mapping[str, tuple[str, str]] = {
    "place": ("place_id", "place"),
    "party": ("party_id", "party"),
    "addressee": ("party_id", "party"),
    "organisation": ("organisation_id", "organisation"),
    "track": ("track_id", "track"),
}
"""Columns that name something with a page of its own: the column that holds its id, and the page."""
PAGES: Mapping[str, str] = {
    "place_id": "place",
    "parent_id": "place",
    "ancestor_id": "place",
    "party_id": "party",
    "organisation_id": "organisation",
    "track_id": "track",
}
OWN_PAGES: Mapping[str, str] = {"places": "place", "parties": "party", "organisations": "organisation"}
RECORDS: Mapping[str, str] = {"claim_id": "claims", "figure_id": "figures", "demand_id": "demands"}
QUOTED: Mapping[str, str] = {
    "claim": "claim_id",
    "demand": "demand_id",
    "figure": "figure_id",
    "quote": "mention_id",
    "a_quote": "a_id",
    "b_quote": "b_id",
}
"""Columns that hold a record's words, and the column that holds its id: the words lead to their place in the text."""
RECORD_TABLES = ("claims", "figures", "demands", "place_mentions", "party_mentions")
STATEMENT_OF = "SELECT id, coalesce(title, id) AS label, kind FROM statements WHERE id = :id"
RECORD_OF = {
    table: f"""SELECT s.id, r.quote AS label, s.kind, r.id AS anchor FROM {table} r
    JOIN statements s ON s.id = r.statement_id WHERE r.id = :id"""
    for table in RECORDS.values()
}
INVENTED = """SELECT count(*) AND min(kind = 'illustrative') AS so FROM (
    SELECT s.kind FROM organisation_names n JOIN signatories g ON g.organisation_key = n.key
    JOIN statements s ON s.id = g.statement_id WHERE n.organisation_id = :id
    UNION ALL SELECT s.kind FROM organisation_names n JOIN statements s ON s.organisation_key = n.key
    WHERE n.organisation_id = :id)"""
"""Whether all that an organisation signed and published is illustrative."""
WORDS = frozenset({"condition", "qualifier", "theme", "themes", "addressee_kind", "layer"})
LISTS = frozenset({"cues", "countries", "sources"})
SHARES = frozenset({"confidence", "score"})
CODES = re.compile(r"(^|_)(id|start|end|latitude|longitude|number|year|hash|geonameid|position|depth)$")


def number(value: float | None) -> str:
    """A number for readers: thousands separated; a share stays a number from 0 to 1."""
    if value is None:
        return ""
    if float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.4g}" if abs(value) < 1 else f"{value:,.2f}"


def plain_method(method: str) -> str:
    """What found a record, in words: `rule:figures@1` is the rule figures, version 1."""
    known = METHOD.match(method or "")
    if not known:
        return method or "nothing that says its name"
    kind, name, version = known.groups()
    what = "the rule" if kind == "rule" else "the trained model"
    return f"{what} {name.replace('_', ' ')}{f', version {version}' if version else ''}"


def badge(kind: str) -> Markup:
    """The kind of a statement, to stand beside its title."""
    return Markup('<span class="kind {}">{}</span>').format(kind, kind)


def link(url: str, text: str) -> Markup:
    """A link; both parts are escaped."""
    return Markup('<a href="{}">{}</a>').format(url, text)


def heading(column: str) -> str:
    """A column's name for readers: `claim_id` holds links to records, `a_statement_id` to statements."""
    if column in RECORDS:
        return "record"
    return re.sub(r"_id$", "", column).replace("_", " ") or column


def opened(anchor: Markup) -> Markup:
    """A link of Datasette's to a row, called "open" instead of by the row's key."""
    return Markup(re.sub(r">[^<]*</a>", ">open</a>", str(anchor)))


def field(row: Any, column: str) -> Any:
    """The value of a column of this row, without its label; None where there is no such column."""
    try:
        value = row[column]
    except (KeyError, IndexError, TypeError):
        return None
    return value["value"] if isinstance(value, dict) else value


def render(row: Any, value: Any, column: str, table: str | None, database: str, datasette: Any) -> Cell:
    """One cell of a table, view, question or row page, or None to leave it to Datasette.

    Args:
        row: the row; values of foreign keys may be `{"value", "label"}`.
        value: of this cell.
        column: its name.
        table: None in a question.
        database: name of the database.
        datasette: the application.
    """
    if value is None or value == "":
        return None
    plain = value["value"] if isinstance(value, dict) else value
    linked = _linked(row, value, plain, column, table, database, datasette)
    return linked if linked is not None else _valued(plain, column, table)


def _linked(row: Any, value: Any, plain: Any, column: str, table: str | None, database: str, datasette: Any) -> Cell:
    side = column[:2] if column[:2] in ("a_", "b_") else ""
    known = field(row, f"{side}statement_kind") is not None  # else the kind has to be asked for
    if column == f"{side}statement":
        return _statement(row, str(plain), column, datasette)
    if column == f"{side}statement_id":
        at = _path(datasette, "statement", plain)
        return link(at, "open") if known else _asked(datasette, database, STATEMENT_OF, plain)
    if column == "title" and table == "statements":
        at = _path(datasette, "statement", field(row, "id"))
        return link(at, str(plain)) + " " + badge(field(row, "kind") or "own")
    if (table, column) in (("organisations", "name"), ("organisations_overview", "organisation")):
        return _organisation(datasette, database, str(plain), field(row, "organisation_id") or field(row, "id"))
    if column == "name" and table is not None and table in OWN_PAGES:
        return link(_path(datasette, OWN_PAGES[table], field(row, "id")), str(plain))
    if column in RECORDS:
        at = datasette.urls.row(database, RECORDS[column], str(plain))
        return link(at, "record") if known else _asked(datasette, database, RECORD_OF[RECORDS[column]], plain)
    if column in TITLES or column in PAGES:
        about, page = TITLES.get(column) or (column, PAGES[column])
        text = value["label"] if isinstance(value, dict) else "open" if about == column else plain
        target = field(row, about)
        return link(_path(datasette, page, target), str(text)) if target else None
    return _quoted(row, str(plain), column, table, datasette)


def _quoted(row: Any, text: str, column: str, table: str | None, datasette: Any) -> Cell:
    of = "id" if column == "quote" and table in RECORD_TABLES else QUOTED.get(column)
    side = column[:2] if column[:2] in ("a_", "b_") else ""
    record, statement = (field(row, of) if of else None), field(row, f"{side}statement_id")
    if record is None or statement is None:
        return None
    words = link(f"{_path(datasette, 'statement', statement)}#at-{record}", text)
    kind = field(row, f"{side}statement_kind")
    return words + " " + badge(kind) if kind == "illustrative" else words


def _statement(row: Any, title: str, column: str, datasette: Any) -> Cell:
    target, kind = field(row, f"{column}_id"), field(row, f"{column}_kind")
    if not target:
        return None
    shown = link(_path(datasette, "statement", target), title)
    return shown + " " + badge(kind) if kind else shown


def _asked(datasette: Any, database: str, sql: str, value: Any) -> Callable[[], Awaitable[Markup | None]]:
    """A cell that has to ask which statement an id belongs to, so that its kind can stand beside it."""

    async def found() -> Markup | None:
        row = (await datasette.get_database(database).execute(sql, {"id": value})).first()
        if row is None:
            return None
        anchor = field(row, "anchor")
        address = _path(datasette, "statement", row["id"]) + (f"#at-{anchor}" if anchor else "")
        return link(address, row["label"]) + " " + badge(row["kind"])

    return found


def _organisation(datasette: Any, database: str, name: str, target: Any) -> Callable[[], Awaitable[Markup | None]]:
    """An organisation with a badge, where illustrative statements alone know it."""

    async def found() -> Markup | None:
        shown = link(_path(datasette, "organisation", target), name)
        row = (await datasette.get_database(database).execute(INVENTED, {"id": target})).first()
        return shown + " " + badge("illustrative") if row and row["so"] else shown

    return found


def _valued(value: Any, column: str, table: str | None) -> Markup | None:
    if column in SHARES and isinstance(value, int | float) and 0 <= value <= 1:
        return Markup('<span class="number">{:.0%}</span>').format(value)
    if isinstance(value, int | float) and not CODES.search(column):
        return Markup('<span class="number">{}</span>').format(number(value))
    if not isinstance(value, str):
        return None
    if column == "statement_kind" or column.endswith("_statement_kind") or (column == "kind" and table == "statements"):
        return badge(value)
    if column in WORDS or (column == "kind" and table != "statements"):
        return Markup("{}").format(value.replace("_", " "))
    if column == "method":
        return Markup("{}").format(plain_method(value))
    if column in ("passage", "snippet"):
        return marked(value, "[", "]")
    return _list(value) if column in LISTS else None


def marked(text: str, opening: str, closing: str) -> Markup:
    """A passage of a search with its marks as markup; everything else is escaped."""
    first, *rest = text.split(opening)
    parts = [Markup("{}").format(first)]
    for piece in rest:
        word, ended, after = piece.partition(closing)
        pattern = "<mark>{}</mark>{}" if ended else f"{opening}{{}}{{}}"
        parts.append(Markup(pattern).format(word, after))
    return Markup("").join(parts)


def _list(value: str) -> Markup | None:
    try:
        items = json.loads(value)
    except ValueError:
        return None  # somebody's own column of that name
    return Markup("{}").format("; ".join(map(str, items))) if isinstance(items, list) else None


def _path(datasette: Any, page: str, target: Any) -> str:
    return str(datasette.urls.path(f"/{page}/{tilde_encode(str(target))}"))


def rooted(metadata: Mapping[str, Any] | None, urls: Any) -> dict[str, Any]:
    """Metadata whose addresses within this server carry its prefix, as Datasette shows them as they are written."""
    given = dict(metadata or {})
    return given | {
        name: urls.path(value)
        for name, value in given.items()
        if name.endswith("_url") and isinstance(value, str) and value.startswith("/")
    }
