"""Text of a PDF: paragraphs joined again, columns of names kept apart, page furniture left out."""

from __future__ import annotations

import io
import re
from collections import Counter

from pypdf import PageObject, PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

from statement_nlp.errors import EncryptedSourceError, ScannedSourceError, TruncatedSourceError
from statement_nlp.reading.names import is_name
from statement_nlp.reading.text import normalise
from statement_nlp.reading.wrapping import unwrap

# What pypdf lets through, beside its own errors, when a file breaks off or lies about its offsets.
_BROKEN = (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError)
LEAST_NAMES = 3
"""Lines that may be names which a page must have to be looked at for columns of them: that takes long."""
_GAP = re.compile(r"(?<=\S) {3,}(?=\S)")
_PAGE_NUMBER = re.compile(
    r"\s*(?:[-–—]\s*)?(?:page\s+)?\d{1,3}(?:\s*(?:of|/)\s*\d{1,3})?(?:\s*[-–—])?\s*", re.IGNORECASE
)


def pdf_text(data: bytes) -> str:
    """The text of a PDF file.

    Args:
        data: The bytes of the file.

    Returns:
        Normalised text with a line for each paragraph, list item and heading, as far as they can be told.

    Raises:
        EncryptedSourceError: It wants a password.
        ScannedSourceError: Its pages hold no text.
        TruncatedSourceError: It is damaged or ends too early.
    """
    pages = [_page_text(page) for page in _pages(data)]
    if sum(len(page.strip()) for page in pages) < 20:
        raise ScannedSourceError("its pages are pictures without text; run text recognition (OCR) over it first")
    text = _joined(_without_furniture(pages))
    return normalise(unwrap(normalise(text).text, wrapped=True)).text


def _pages(data: bytes) -> list[PageObject]:
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise EncryptedSourceError("it wants a password; save a copy without one")
        pages = list(reader.pages)
    except (DependencyError, FileNotDecryptedError) as error:
        raise EncryptedSourceError("it is encrypted; save a copy without a password") from error
    except (PyPdfError, *_BROKEN) as error:
        raise TruncatedSourceError("it is damaged or ends too early; fetch it again") from error
    if not pages:
        raise TruncatedSourceError("it has no pages; fetch it again")
    return pages


def _page_text(page: PageObject) -> str:
    """The text of a page; where names stand in columns, with the blanks between the columns."""
    try:
        plain = page.extract_text() or ""
        names = sum(is_name(line) for line in plain[:20_000].split("\n"))
        if names < LEAST_NAMES or len(plain) > 100_000:
            return plain
        laid_out = page.extract_text(extraction_mode="layout", layout_mode_space_vertically=True)
    except (PyPdfError, *_BROKEN) as error:
        raise TruncatedSourceError("a page of it is damaged; fetch it again") from error
    rows = [line for line in laid_out.split("\n") if _GAP.search(line.strip())]
    cells = [cell for row in rows for cell in _GAP.split(row.strip())]
    in_columns = len(rows) >= 3 and sum(len(cell) <= 70 and is_name(cell) for cell in cells) >= 0.6 * len(cells)
    return _dedented(laid_out) if in_columns else plain


def _dedented(text: str) -> str:
    """Page text without its left margin, its blank lines at most one at a time."""
    lines = [line.rstrip() for line in text.split("\n")]
    margin = min((len(line) - len(line.lstrip()) for line in lines if line), default=0)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line[margin:] for line in lines))


def _without_furniture(pages: list[str]) -> list[list[str]]:
    """The lines of each page without page numbers and without what stands at the head or foot of most pages."""
    edges: Counter[str] = Counter()
    split = [page.strip("\n").split("\n") for page in pages]
    for lines in split:
        edges.update({_bare(line) for line in (*lines[:2], *lines[-2:]) if line.strip()})
    often = {line for line, count in edges.items() if count >= 3 and count > 0.5 * len(pages)}
    out = []
    for lines in split:
        kept = []
        for number, line in enumerate(lines):
            edge = number < 2 or number >= len(lines) - 2
            if edge and len(pages) > 1 and (_bare(line) in often or _PAGE_NUMBER.fullmatch(line)):
                continue
            kept.append(line)
        out.append(kept)
    return out


def _bare(line: str) -> str:
    """A line with its numbers alike, so that running heads compare equal."""
    return re.sub(r"\d+", "0", line.strip())


def _joined(pages: list[list[str]]) -> str:
    """Pages one below the other; a paragraph that goes on over a page end is not parted."""
    out = ""
    for lines in pages:
        text = "\n".join(lines).strip("\n")
        if not text.strip():
            continue
        goes_on = text.lstrip()[:1].islower() and out.rstrip()[-1:].isalnum()
        out += ("\n" if goes_on else "\n\n") * bool(out) + text
    return out


def is_pdf(data: bytes) -> bool:
    """Whether the bytes are those of a PDF file."""
    return b"%PDF-" in data[:1024]
