"""Finders: spaCy components that add places, parties, figures, demands and claims to a Doc.

Importing this package registers the Doc extensions that the finders share:

- `doc._.statement`: the `Statement` that the text belongs to, or None
- `doc._.zones`, `doc._.blocks`: its layout; empty where the pipeline did not find it
- `doc._.places`, `doc._.parties`, `doc._.figures`, `doc._.demands`, `doc._.claims`: tuples of records
"""

from spacy.tokens import Doc

if not Doc.has_extension("statement"):
    Doc.set_extension("statement", default=None)
    for _layer in ("zones", "blocks", "places", "parties", "figures", "demands", "claims"):
        Doc.set_extension(_layer, default=())


def text_of(doc: Doc) -> str:
    """The text of a Doc, joined once: `doc.text` joins all tokens each time it is asked."""
    text: str | None = doc.user_data.get("statement_nlp_text")
    if text is None:
        text = doc.user_data["statement_nlp_text"] = doc.text
    return text
