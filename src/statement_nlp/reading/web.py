"""The statement of a web page: its main text with headings and lists, and what the page says about itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import trafilatura
from lxml import etree, html

from statement_nlp.errors import EmptySourceError, TruncatedSourceError
from statement_nlp.reading.markdown import plain_text

_FURNITURE = ("header", "nav", "footer", "aside", "form")
_BLOCKS = "address article blockquote dd div dl dt figcaption figure h1 h2 h3 h4 h5 h6 li ol p pre section table tr ul"


@dataclass(frozen=True, slots=True)
class Page:
    """A page's text and what it says about itself; None where it says nothing."""

    text: str
    title: str | None = None
    published: str | None = None
    publisher: str | None = None
    url: str | None = None
    language: str | None = None


def is_html(text: str) -> bool:
    """Whether the text is that of a web page."""
    return re.search(r"<!doctype html|<html[\s>]|<body[\s>]", text[:2000], re.IGNORECASE) is not None


def read_page(markup: str) -> Page:
    """The statement of a web page.

    Args:
        markup: The page's HTML.

    Returns:
        Its main text: paragraphs and headings apart, list items behind "- ", alternative texts of logos as lines.

    Raises:
        EmptySourceError: No text stands in it.
        TruncatedSourceError: It cannot be parsed.
    """
    try:
        tree = html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", markup))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise TruncatedSourceError("it is no web page that can be parsed; save it again") from error
    logos = _show_logos(tree)
    source = html.tostring(tree, encoding="unicode")
    markdown = trafilatura.extract(
        source, output_format="markdown", include_comments=False, include_tables=True, favor_recall=True
    )
    text = plain_text(markdown).strip() if markdown else ""
    if len(text) < 80:
        text = max(text, fragment_text(markup), key=len)
    text = _with_logos(text, logos)
    if not text.strip():
        raise EmptySourceError("no text stands in the page; save the whole page and give that")
    about = trafilatura.extract_metadata(source)
    language = (tree.get("lang") or "")[:2].lower() or None
    if about is None:
        return Page(text, language=language)
    return Page(text, about.title, about.date, about.sitename, about.url, language)


def fragment_text(markup: str) -> str:
    """The text of a piece of HTML as it stands, with a line for each block and "- " before list items."""
    try:
        tree = html.fragment_fromstring(markup, create_parent="div") if not is_html(markup) else html.fromstring(markup)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise TruncatedSourceError("its HTML cannot be parsed") from error
    _show_logos(tree)
    for element in tree.xpath("//script|//style|//noscript|//template|//head"):
        element.drop_tree()
    parts: list[str] = []
    _walk(tree, parts)
    lines = [" ".join(line.split()) for line in "".join(parts).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _walk(element: Any, parts: list[str]) -> None:
    """Adds an element's text, blocks parted by line ends."""
    tag = element.tag if isinstance(element.tag, str) else ""
    is_block = tag in _BLOCKS.split() and tag not in ("li", "tr")
    space = "\n\n" if is_block else "\n" if tag in ("li", "tr", "br") else ""
    parts.append(space)
    if tag == "li":
        parts.append("- ")
    if tag:
        parts.append(element.text.replace("\n", " ") if element.text else "")
        for child in element:
            _walk(child, parts)
            tail = (child.tail or "").replace("\n", " ")
            parts.append(tail if tail.strip() or child.tag not in _BLOCKS.split() else "")
    if tag in ("td", "th"):
        parts.append(" | " if element.getnext() is not None else "")
    if is_block:
        parts.append(space)


def _show_logos(tree: Any) -> list[tuple[str, str]]:
    """Puts the alternative text of logos in their place: in some lists of signatories nothing else stands.

    Returns:
        The heading above and the text of each logo.
    """
    shown: list[tuple[str, str]] = []
    for image in tree.xpath("//img[@alt]"):
        alt = " ".join(image.get("alt").split())
        if not alt or len(alt) > 120 or any(parent.tag in _FURNITURE for parent in image.iterancestors()):
            continue
        marks = f"{alt} {image.get('src') or ''} {image.get('class') or ''} {_class_above(image)}".casefold()
        parent = image.getparent()
        if "logo" not in marks or parent is None:
            continue
        above = image.xpath("(preceding::h1|preceding::h2|preceding::h3|preceding::h4|preceding::strong)[last()]")
        shown.append((" ".join(above[0].text_content().split()) if above else "", alt))
        line = html.Element("p")
        line.text = alt
        line.tail = image.tail
        parent.replace(image, line)
    return shown


def _class_above(image: Any) -> str:
    """The classes of the two elements around an image: "partner-logos"."""
    return " ".join(parent.get("class") or "" for parent in list(image.iterancestors())[:2])


def _with_logos(text: str, logos: list[tuple[str, str]]) -> str:
    """The text with the logos that the extraction of the main text left out, below the heading they stand under."""
    missing = [(heading, alt) for heading, alt in logos if alt not in text]
    if len(missing) < 2:
        return text
    for heading in dict.fromkeys(heading for heading, _ in missing):
        names = "\n".join(alt for above, alt in missing if above == heading)
        stands = text.rstrip().endswith(heading) or not heading
        text = f"{text.rstrip()}\n\n{names}" if stands else f"{text.rstrip()}\n\n{heading}\n\n{names}"
    return text
