"""Reads statements from files, folders, patterns and standard input.

What cannot be read comes out as a `Failure` between the statements; nothing stops the run.
"""

from __future__ import annotations

import glob
import hashlib
import io
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from statement_nlp.errors import EmptySourceError, SourceError, TooLargeSourceError, UnsupportedSourceError
from statement_nlp.reading.decoding import decode
from statement_nlp.reading.header import HEADER_INSIDE, countries, split_header
from statement_nlp.reading.language import detect_language
from statement_nlp.reading.limits import Limits, Reading
from statement_nlp.reading.markdown import plain_text
from statement_nlp.reading.masthead import find_date, find_title
from statement_nlp.reading.pdf import is_pdf, pdf_text
from statement_nlp.reading.rows import from_json, from_row, parse_line
from statement_nlp.reading.text import normalise
from statement_nlp.reading.web import is_html, read_page
from statement_nlp.reading.word import is_word, word_text
from statement_nlp.reading.wrapping import unwrap
from statement_nlp.reading.zones import find_zones
from statement_nlp.records import Statement, Zone

MAX_BYTES = 20_000_000
"""Bytes above which a file is no statement; files of JSON lines may be larger, a line of theirs may not."""
MAX_CHARACTERS = 1_000_000
"""Characters above which a text is no statement (and more than spaCy parses at a time)."""
SUFFIXES = (".txt", ".md", ".markdown", ".html", ".htm", ".pdf", ".docx", ".jsonl", ".json")
"""Names of files that are read in a folder."""
LONG = 20_000
"""Bytes of a text above which it is read in a process of its own, where limits are kept."""
_PARSED = (".html", ".htm", ".pdf", ".docx")
_NO_STATEMENTS = ("readme", "license", "notice", "changelog", "contributing")


@dataclass(frozen=True, slots=True)
class Failure:
    """A source that could not be read: where, and the error, whose message is one line that names the way out."""

    source: str
    error: SourceError

    @property
    def message(self) -> str:
        """One line for people, with the file's name."""
        return str(self.error)


def read(
    sources: Iterable[str | Path], *, stdin: BinaryIO | None = None, limits: Limits | None = None
) -> Iterator[Statement | Failure]:
    """Reads statements from sources, in order.

    Args:
        sources: Paths of files and folders, patterns ("statements/*.pdf"), and "-" for standard input.
        stdin: Read for "-" in place of the process's own.
        limits: What one document may cost: PDF, Word, web pages and long texts are then read in a process of their
            own, and what goes over the limits comes out as a Failure. None reads all here, without limits.

    Yields:
        A statement for each one found, a Failure for each file or record that cannot be read. The identity of a
        statement is the `id` of its header or row, else its ReliefWeb id, else its path, else the hash of its text.
    """
    aside = Reading(_whole, limits) if limits else None
    try:
        for source in sources:
            if str(source) == "-":
                data = (stdin or sys.stdin.buffer).read(MAX_BYTES + 1)
                yield from _guarded("-", _from_bytes(data, "-", "", aside))
                continue
            for path in _paths(source):
                if isinstance(path, Failure):
                    yield path
                else:
                    yield from _guarded(path.as_posix(), _from_file(path, aside))
    finally:
        if aside:
            aside.close()


def _paths(source: str | Path) -> list[Path | Failure]:
    try:
        return list(_expand(source))
    except (OSError, ValueError) as error:
        return [_failure(str(source), SourceError(f"it cannot be read ({error}); see to its name and permissions"))]


def count(sources: Iterable[str | Path]) -> int | None:
    """How many statements and failures `read` will about give: files, and the lines of files with JSON lines.

    None where nobody can tell before: standard input.
    """
    total = 0
    for source in sources:
        if str(source) == "-":
            return None
        try:
            total += sum(_count(path) for path in _expand(source))
        except (OSError, ValueError):
            total += 1
    return total


def _count(path: Path | Failure) -> int:
    if isinstance(path, Failure) or path.suffix.lower() != ".jsonl":
        return 1
    with path.open("rb") as stream:
        return max(1, sum(block.count(b"\n") for block in iter(partial(stream.read, 2**20), b"")))


def read_corpus(folder: str | Path) -> list[Statement]:
    """The statements of a corpus folder (`*.txt`), in the order of their file names.

    Raises:
        SourceError: A file cannot be read, or there is none.
    """
    out: list[Statement] = []
    for item in read(sorted(Path(folder).glob("*.txt"))):
        if isinstance(item, Failure):
            raise item.error
        out.append(item)
    if not out:
        raise EmptySourceError(f"{folder}: no statements here (*.txt)")
    return out


def _guarded(source: str, items: Iterator[Statement | Failure]) -> Iterator[Statement | Failure]:
    """Turns what is raised into a Failure that names the source."""
    try:
        yield from items
    except SourceError as error:
        yield _failure(source, error)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        yield _failure(source, SourceError(f"it cannot be read ({reason}); see to its name and permissions"))
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - it is told, with the file's name, and the next file is read
        words = " ".join(str(error).split())
        yield _failure(
            source, SourceError(f"a fault of the reader, please report it ({type(error).__name__}: {words})")
        )


def _failure(source: str, error: SourceError) -> Failure:
    name = "standard input" if source == "-" else source
    return Failure(source, type(error)(f"{name}: {error}"))


def _expand(source: str | Path) -> Iterator[Path | Failure]:
    """The files that a source names."""
    path = Path(source)
    if path.is_dir():
        found = [file for file in sorted(path.rglob("*")) if _is_candidate(file, path)]
        if not found:
            kinds = ", ".join(SUFFIXES)
            yield _failure(str(source), EmptySourceError(f"no file in this folder is one that is read ({kinds})"))
        yield from found
    elif path.exists():
        yield path
    elif str(source).startswith(("http://", "https://")):
        yield _failure(str(source), UnsupportedSourceError("pages are not fetched; save the page and give the file"))
    elif matches := sorted(glob.glob(str(source), recursive=True)):  # noqa: PTH207
        for match in matches:
            yield from _expand(match)
    else:
        yield _failure(str(source), SourceError("there is no such file; see to the name"))


def _is_candidate(file: Path, folder: Path) -> bool:
    """Whether a file of a folder is taken for a source: its name, and for JSON that it holds texts."""
    if not file.is_file() or file.suffix.lower() not in SUFFIXES or file.stem.lower() in _NO_STATEMENTS:
        return False
    if any(part.startswith(".") for part in file.relative_to(folder).parts):
        return False
    if file.suffix.lower() not in (".jsonl", ".json"):
        return True
    try:
        with file.open("rb") as stream:
            start = stream.read(100_000)
    except OSError:
        return True  # reading it says why
    return b'"text"' in start or b'"fields"' in start


def _from_file(path: Path, aside: Reading | None) -> Iterator[Statement | Failure]:
    if path.suffix.lower() == ".jsonl":
        yield from _from_lines(path, aside)
        return
    if path.stat().st_size > MAX_BYTES:
        raise _too_large()
    yield from _from_bytes(path.read_bytes(), path.as_posix(), path.suffix.lower(), aside)


def _too_large() -> TooLargeSourceError:
    return TooLargeSourceError(
        f"it is larger than any statement ({MAX_BYTES // 1_000_000} MB); split it, or give it as JSON lines"
    )


def _from_lines(path: Path, aside: Reading | None) -> Iterator[Statement | Failure]:
    """The statements of a file with one JSON object a line, read line by line."""
    empty = True
    with path.open("rb") as stream:
        number = 0
        while line := stream.readline(MAX_BYTES + 1):
            number += 1
            source = f"{path.as_posix()}:{number}"
            if len(line) > MAX_BYTES:
                raise _too_large()
            if not line.strip():
                continue
            empty = False
            yield from _guarded(source, _row(line, source, aside))
    if empty:
        raise EmptySourceError("there is nothing in it; give a file with one JSON object a line")


def _row(row: bytes | Mapping[str, Any], source: str, aside: Reading | None = None) -> Iterator[Statement | Failure]:
    if aside and isinstance(row, bytes) and len(row) > LONG:
        yield from aside.ask((row, source, None))
    else:
        yield _statement(parse_line(decode(row)) if isinstance(row, bytes) else from_row(row), source)


def read_row(row: bytes | Mapping[str, Any], source: str) -> Statement | Failure:
    """The statement of one line of JSON lines, or of a row with the same fields; a Failure where it cannot be read.

    Args:
        row: the line, or the row.
        source: where it stands, for the statement and for messages: "file.jsonl:3".
    """
    return next(_guarded(source, _row(row, source)))


def _whole(data: bytes, source: str, suffix: str | None) -> list[Statement | Failure]:
    """The statements of a file's bytes, or of a row (no suffix): what the process beside ours does."""
    return list(_guarded(source, _row(data, source) if suffix is None else _from_bytes(data, source, suffix)))


def _from_bytes(data: bytes, source: str, suffix: str, aside: Reading | None = None) -> Iterator[Statement | Failure]:
    """The statements of a file's bytes; what they are shows in the bytes, else in the suffix."""
    if len(data) > MAX_BYTES:
        raise _too_large()
    if aside and (len(data) > LONG or suffix in _PARSED or is_pdf(data) or is_word(data) or _is_page(data)):
        yield from aside.ask((data, source, suffix))
        return
    if is_pdf(data):
        yield _statement({"text": pdf_text(data)}, source)
        return
    if is_word(data):
        yield _statement({"text": normalise(word_text(data)).text.strip("\n")}, source)
        return
    text = decode(data)
    if suffix == ".json" or (not suffix and text.lstrip()[:1] in ("{", "[")):
        yield from _from_json(text, source)
    elif suffix in (".html", ".htm") or is_html(text):
        yield _from_page(text, source)
    elif suffix in ("", ".txt", ".md", ".markdown", ".text"):
        found = list(_from_text(text, markdown=suffix in (".md", ".markdown")))
        for number, fields in enumerate(found, start=1):
            yield _statement(fields, f"{source}#{number}" if len(found) > 1 else source)
    else:
        raise UnsupportedSourceError(f"{suffix} is not read; give one of {', '.join(SUFFIXES)}")


def _is_page(data: bytes) -> bool:
    return is_html(data[:2000].decode("latin-1"))


def _from_json(text: str, source: str) -> Iterator[Statement | Failure]:
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) > 1 and all(line.lstrip().startswith("{") for line in lines[:2]) and lines[0].rstrip().endswith("}"):
        for number, line in enumerate(lines, start=1):
            where = f"{source}:{number}"
            yield from _guarded(where, _row(line.encode(), where))
        return
    found = list(from_json(text))
    for number, fields in enumerate(found, start=1):
        where = f"{source}:{number}" if len(found) > 1 else source
        yield _failure(source, fields) if isinstance(fields, SourceError) else _statement(fields, where)


def _from_page(markup: str, source: str) -> Statement:
    page = read_page(markup)
    fields = {
        "text": normalise(page.text).text.strip("\n"),
        "title": page.title,
        "published": page.published,
        "publisher": page.publisher,
        "url": page.url,
    }
    return _statement({name: value for name, value in fields.items() if value}, source)


def _from_text(raw: str, *, markdown: bool) -> Iterator[dict[str, Any]]:
    """The statements of a text file: one, or several where each has its own header behind a line of equals signs."""
    for part in _parts(normalise(raw).text):
        header, text = split_header(part)
        fields: dict[str, Any] = dict(header)
        if markdown:
            text = plain_text(text).strip("\n")
        fields["text"] = unwrap(text)
        if "countries" in header:
            fields["countries"] = countries(header)
        if "links_read" in header:
            fields["links_read"] = header["links_read"].lower() in ("yes", "true", "1")
        yield fields


def _parts(text: str) -> list[str]:
    """The statements that stand in one text: lines of five equals signs or more part them, and so do headers."""
    parts: list[list[str]] = [[]]
    above = ""
    for line in HEADER_INSIDE.sub("\n\n=====\n", text).split("\n"):
        if len(line) >= 5 and not line.strip("= ") and not above.strip():  # below words, it underlines a heading
            parts.append([])
        else:
            parts[-1].append(line)
        above = line
    whole = [part for part in map("\n".join, parts) if part.strip()]
    headed = len(whole) > 1 and all(split_header(part)[0] for part in whole)
    return whole if headed or sum(len(part) > 300 for part in whole) > 1 else [text]


def _statement(fields: Mapping[str, Any], source: str) -> Statement:
    """A statement with what the fields leave open told from its text."""
    text: str = fields["text"]
    if not text.strip():
        raise EmptySourceError("there is no text in it; give a file with text")
    if len(text) > MAX_CHARACTERS:
        raise TooLargeSourceError(f"it has {len(text):,} characters, more than any statement; split it")
    known = {"source": source, **fields}
    if "id" not in known:
        known["id"] = source if source != "-" else text_id(text)
    if not {"title", "published", "language"} <= known.keys():
        zones = find_zones(text, fields.get("title"))
        known = {
            "title": find_title(text, zones),
            "published": find_date(text, zones),
            "language": detect_language(_prose(text, zones)),
        } | known
    return Statement(**known)


def _prose(text: str, zones: Iterable[Zone]) -> str:
    """The text without its list of signatories."""
    out = io.StringIO()
    for zone in zones:
        if zone.kind != "signatories":
            out.write(text[zone.start : zone.end] + "\n")
    return out.getvalue() or text


def text_id(text: str) -> str:
    """The identity of a statement that has no other: a hash of its text."""
    return "text-" + hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]
