"""Marks over a text: whatever the text and the spans, the text comes out whole, escaped, and each span is marked."""

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from statement_nlp.publish.highlight import Span, highlight

LAYERS = ("claims", "demands", "figures", "places", "parties")
MARKERS = re.compile(r'<a class="to-record [^>]*>[CD]</a>')


def plain(markup: str) -> str:
    """A text without its marks."""
    return html.unescape(re.sub(r"<[^>]*>", "", MARKERS.sub("", markup)))


@st.composite
def marked_texts(draw):
    text = draw(st.text(alphabet="ab <>&\"'\n\u00e9\U0001f54a", max_size=80))
    spans = []
    for number in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(text)))
        spans.append(Span(number, draw(st.sampled_from(LAYERS)), start, draw(st.integers(start, len(text))), "<t>"))
    return text, spans


@given(marked_texts())
def test_the_text_comes_out_whole_and_each_span_is_marked_once(case):
    text, spans = case
    paragraphs = [p for part in highlight(text, [], spans) for p in part.paragraphs]
    assert [plain(p) for p in paragraphs] == [line for line in text.split("\n") if line.strip()]
    out = "".join(paragraphs)
    assert "<t>" not in out, "titles are escaped"
    for span in spans:
        shown = any(piece.strip() for piece in text[span.start : span.end].split("\n"))
        assert out.count(f'id="at-{span.id}"') == 1 if shown else out.count(f'id="at-{span.id}"') <= 1


def test_names_inside_passages_and_passages_inside_each_other():
    text = "They must free Madaya now."
    spans = [Span(1, "demands", 0, 26, "d"), Span(2, "claims", 10, 21, "c"), Span(3, "places", 15, 21, "p")]
    (part,) = highlight(text, [], spans)
    out = str(part.paragraphs[0])
    assert '<a class="hl places" href="#r-3" title="p">Madaya</a>' in out
    assert out.count('class="to-record claims"') == 1, "one mark leads to each record"
    assert out.count('class="to-record demands"') == 1


def test_what_no_zone_covers_is_shown_as_body():
    parts = highlight("Head\n\nBody\n\nTail", [(0, 4, "heading"), (12, 16, "notes")], [])
    assert [(p.kind, plain(p.paragraphs[0])) for p in parts] == [
        ("heading", "Head"),
        ("body", "Body"),
        ("notes", "Tail"),
    ]
