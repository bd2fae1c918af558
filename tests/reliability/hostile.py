"""Documents made to harm: what they are, and bytes of them."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Callable

from tests.reading.files import pdf

WORDS = "We call on all sides to open the road to the valley. "
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)


def docx(body: str, *, doctype: str = "", members: dict[str, bytes] | None = None) -> bytes:
    """A Word file of this XML inside its body, with members beside."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELATIONS)
        document = f'<?xml version="1.0"?>{doctype}<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'
        archive.writestr("word/document.xml", document)
        for name, content in (members or {}).items():
            archive.writestr(name, content)
    return out.getvalue()


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def laughs() -> bytes:
    """Entities of entities: a thousand million letters from a few lines."""
    entities = '<!ENTITY a0 "aaaaaaaaaa">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
    return docx(paragraph("&a8;"), doctype=f"<!DOCTYPE l [{entities}]>")


def inflated_pdf(times: int) -> bytes:
    """A PDF whose one page is this many lines, packed to almost nothing."""
    packed = zlib.compress(b"BT /F1 11 Tf (We call on all) Tj ET\n" * times, 9)
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>",
    )
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (number, o) for number, o in enumerate(objects, start=1))
    return b"%PDF-1.4\n" + body + b"trailer\n<< /Size 6 /Root 1 0 R >>\n%%EOF\n"


def _page() -> bytes:
    return pdf([[(60, 700, WORDS)]])


DOCUMENTS: dict[str, Callable[[], bytes]] = {
    "a zip bomb.docx": lambda: docx("", members={"word/media/a.png": bytes(210_000_000)}),
    "a million paragraphs.docx": lambda: docx(paragraph("a") * 1_000_000),
    "entities of entities.docx": laughs,
    "an entity that names a file.docx": lambda: docx(
        paragraph(f"{WORDS}&x;"), doctype='<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    ),
    "members outside the folder.docx": lambda: docx(
        paragraph(WORDS), members={"../../outside.txt": b"x", "/outside.txt": b"x"}
    ),
    "a cell over 100,000,000 columns.docx": lambda: docx(
        f'<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="100000000"/></w:tcPr>{paragraph(WORDS)}</w:tc></w:tr></w:tbl>'
    ),
    "tables in tables.docx": lambda: docx("<w:tbl><w:tr><w:tc>" * 5000 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 5000),
    "pages that hold themselves.pdf": lambda: _page().replace(b"/Kids [5 0 R]", b"/Kids [2 0 R]"),
    "a table of objects before itself.pdf": lambda: _page().replace(
        b"/Root 1 0 R ", b"/Root 1 0 R /Prev %d " % _page().rfind(b"xref\n0")
    ),
    "a form that draws itself.pdf": lambda: _page()
    .replace(b"/Resources <<", b"/Resources << /XObject << /X 4 0 R >> ")
    .replace(b"BT /F1", b"/X Do BT /F1"),
    "lists in lists.pdf": lambda: _page().replace(b"[0 0 595 842]", b"[" * 100_000 + b"]" * 100_000),
    "a stream that swells.pdf": lambda: inflated_pdf(6_000_000),
    "100,000 tags in each other.html": lambda: b"<html><body>" + b"<div>" * 100_000 + WORDS.encode(),
    "30,000 tables in each other.html": lambda: b"<html><body>" + b"<table><tr><td>" * 30_000 + WORDS.encode(),
    "300,000 attributes.html": lambda: b"<html><body><p " + b" ".join(b'a%d="b"' % n for n in range(300_000)) + b">x",
    "3,000,000 brackets.html": lambda: b"<html><body>" + b"<" * 3_000_000,
    "20,000 logos.html": lambda: b"<html><body>" + b"<h2>a</h2><img alt='logo' src='logo'>" * 20_000,
    "an entity that names a file.html": lambda: (
        b'<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><html><body><p>'
        + WORDS.encode() * 3
        + b"&x;</p><img src='http://127.0.0.1:9/a.png'><link href='http://127.0.0.1:9/b.css'></body></html>"
    ),
    "10,000,000 letters in a line.txt": lambda: b"a" * 10_000_000,
    "a million brackets.txt": lambda: b"(" * 999_000,
    "a million brackets.md": lambda: b"![" * 499_000,
    "a million stars.md": lambda: b"**a " * 249_000,
    "comments in comments.md": lambda: b"<!--" * 249_000,
    "a letter a line.txt": lambda: b"a\n" * 490_000,
    "colons.txt": lambda: b"We call on:\n" * 80_000,
    "signed a thousand times.txt": lambda: b"Signed by:\n" + b"Amber Relief Council\n" * 45_000,
    "marks on marks.txt": lambda: ("a" + "\u0323\u0301" * 220_000).encode(),
    "mixed direction.txt": lambda: ("\u202e\u202dabc \u05d0\u05d1 \u0627\u0644 " * 9_000).encode(),
    "control characters.txt": lambda: (WORDS * 9).encode() + bytes(range(1, 32)) + (WORDS * 9).encode(),
    "zeros.txt": lambda: b"abc\0def " * 1000,
    "lone surrogates.jsonl": lambda: (
        b'{"id": "a\\ud800\\u0000/../../b", "text": "We \\ud800 call", "title": "\\udfff"}\n'
    ),
    "a number of 100,000 digits.jsonl": lambda: b'{"id": ' + b"1" * 100_000 + b', "text": "We call."}\n',
    "lists in lists.json": lambda: b"[" * 1_000_000,
    "HTML in an answer.json": lambda: json.dumps(
        {"data": [{"id": [1], "fields": {"title": {}, "body-html": "<div>" * 9_000 + WORDS, "url": [1], "date": []}}]}
    ).encode(),
}  # fmt: skip
"""Name of a file -> what stands in it."""
COSTLY = frozenset(
    {
        "a million paragraphs.docx", "a cell over 100,000,000 columns.docx", "a stream that swells.pdf",
        "100,000 tags in each other.html", "30,000 tables in each other.html", "300,000 attributes.html",
        "3,000,000 brackets.html", "20,000 logos.html", "a million brackets.txt", "a million brackets.md",
        "a million stars.md", "comments in comments.md", "a letter a line.txt", "colons.txt",
        "signed a thousand times.txt", "marks on marks.txt", "mixed direction.txt",
        "10,000,000 letters in a line.txt",
    }
)  # fmt: skip
"""Those that take seconds, or go over their limits: `make fuzz` reads them, with all others."""
