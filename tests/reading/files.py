"""Small files in the formats that are read, made byte by byte."""

import io

import docx


def pdf(pages: list[list[tuple[int, int, str]]], *, trailer: str = "") -> bytes:
    """A PDF of pages, each a list of (x, y, line) in points, in 11 point Courier."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    kids = []
    objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>")
    for lines in pages:
        drawn = "".join(f"BT /F1 11 Tf 1 0 0 1 {x} {y} Tm ({_escaped(line)}) Tj ET\n" for x, y, line in lines)
        objects.append(f"<< /Length {len(drawn.encode('cp1252'))} >>\nstream\n{drawn}endstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {len(objects)} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    out = io.BytesIO(b"%PDF-1.4\n")
    out.seek(0, io.SEEK_END)
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(out.tell())
        out.write(f"{number} 0 obj\n{body}\nendobj\n".encode("cp1252"))
    start = out.tell()
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode())
    out.write(f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer}>>\nstartxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def column(lines: list[str], *, x: int = 60, top: int = 780, leading: int = 14) -> list[tuple[int, int, str]]:
    """Lines one below the other; an empty line leaves a gap."""
    return [(x, top - leading * n, line) for n, line in enumerate(lines) if line]


def word(paragraphs: list[tuple[str, str | None]], table: list[list[str]] | None = None) -> bytes:
    """A .docx of (text, style) paragraphs and a table behind them."""
    document = docx.Document()
    for text, style in paragraphs:
        document.add_paragraph(text, style=style)
    if table:
        grid = document.add_table(rows=0, cols=len(table[0]))
        for row in table:
            for cell, text in zip(grid.add_row().cells, row, strict=True):
                cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
