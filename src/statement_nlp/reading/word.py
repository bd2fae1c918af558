"""Text of a Word file (.docx): paragraphs, list items with bullets, tables row by row."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table
from docx.text.paragraph import Paragraph

from statement_nlp.errors import EncryptedSourceError, TruncatedSourceError, UnsupportedSourceError

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
        TruncatedSourceError: It is damaged or ends too early.
        UnsupportedSourceError: It is an old .doc, or no Word file at all.
    """
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise EncryptedSourceError("it wants a password; save a copy without one")
        raise UnsupportedSourceError("the old .doc format is not read; save it as .docx")
    try:
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
        if "word/document.xml" not in names:
            raise UnsupportedSourceError("it is an archive, no Word file; give the files inside it")
        document = Document(io.BytesIO(data))
    except (zipfile.BadZipFile, PackageNotFoundError, KeyError, ValueError, OSError, EOFError) as error:
        raise TruncatedSourceError("it is damaged or ends too early; fetch it again") from error
    return _lines(document.iter_inner_content())


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
