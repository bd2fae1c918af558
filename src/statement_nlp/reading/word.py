"""Text of a Word file (.docx): paragraphs, list items with bullets, tables row by row."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table
from docx.text.paragraph import Paragraph

from statement_nlp.errors import EncryptedSourceError, TooLargeSourceError, TruncatedSourceError, UnsupportedSourceError

MAX_UNPACKED = 200_000_000
"""Bytes of all parts of a file, unpacked, above which it is no statement."""
# What python-docx and zipfile let through, beside their own errors, when a file is damaged.
_BROKEN = (KeyError, ValueError, OSError, EOFError, NotImplementedError, RuntimeError, SyntaxError, AttributeError)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BULLET_STYLES = ("list bullet", "list paragraph", "liste à puces", "listenabsatz")


def is_word(data: bytes) -> bool:
    """Whether the bytes are those of a Word file, old or new."""
    return data.startswith((_OLE, b"PK\x03\x04"))


def word_text(data: bytes) -> str:
    """The text of a .docx file.

    Args:
        data: The bytes of the file.

    Returns:
        A line for each paragraph and table row, blank lines between paragraphs, "• " or "1. " before list items.

    Raises:
        EncryptedSourceError: It wants a password.
        TooLargeSourceError: Unpacked it is larger than `MAX_UNPACKED`.
        TruncatedSourceError: It is damaged or ends too early.
        UnsupportedSourceError: It is an old .doc, or no Word file at all.
    """
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise EncryptedSourceError("it wants a password; save a copy without one")
        raise UnsupportedSourceError("the old .doc format is not read; save it as .docx")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data)).infolist()
        if "word/document.xml" not in {member.filename for member in archive}:
            raise UnsupportedSourceError("it is an archive, no Word file; give the files inside it")
        if sum(member.file_size for member in archive) > MAX_UNPACKED:
            raise TooLargeSourceError("unpacked it is larger than any statement; give its text alone")
        return _lines(Document(io.BytesIO(data)).iter_inner_content())
    except (zipfile.BadZipFile, zlib.error, PackageNotFoundError, *_BROKEN) as error:
        raise TruncatedSourceError("it is damaged or ends too early; fetch it again") from error


def _lines(content: Iterator[Paragraph | Table]) -> str:
    out: list[str] = []
    in_list, number = False, 0
    for item in content:
        if isinstance(item, Table):
            out.extend(["", *_rows(item), ""])
            in_list, number = False, 0
            continue
        text = item.text.strip()
        if not text:
            out.append("")
            continue
        mark, number = _mark(item, number)
        out.extend([mark + text] if in_list and mark else ["", mark + text])
        in_list = bool(mark)
    return "\n".join(out)


def _mark(paragraph: Paragraph, number: int) -> tuple[str, int]:
    """The bullet or number of a paragraph ("" for none) and the last number given."""
    style = (paragraph.style.name or "").casefold() if paragraph.style is not None else ""
    if style.startswith("list number"):
        return f"{number + 1}. ", number + 1
    properties = paragraph._p.pPr
    if style.startswith(_BULLET_STYLES) and style != "list paragraph":
        return "• ", 0
    if properties is not None and properties.numPr is not None and "heading" not in style:
        return "• ", 0
    return "", 0


def _rows(table: Table) -> Iterator[str]:
    """The rows of a table, cells between bars; a cell that spans several columns once."""
    for row in table.rows:
        cells: list[str] = []
        for cell in row.cells:
            text = " ".join(cell.text.split())
            if text and (not cells or cells[-1] != text):
                cells.append(text)
        if cells:
            yield " | ".join(cells)
