"""Forms with files, read as they come: fields in memory within a cap, files straight to disk, each cap told in words.

Datasette 0.65 reads no multipart forms. The parser is python-multipart's; Datasette's own check of tokens uses it, too.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from hmac import compare_digest
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from statement_nlp.errors import StatementNlpError
from statement_nlp.reading.sources import SUFFIXES

Why = Callable[[str], str | None]
"""Why a file of this path is not taken; None where it is."""


class FormError(StatementNlpError):
    """A form that cannot be taken; `status` is that of HTTP."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Caps:
    """The most that a form may hold."""

    file_bytes: int
    all_bytes: int
    files: int
    field_bytes: int = 4_000_000


@dataclass(slots=True)
class Form:
    """What was sent: `files` are paths inside the folder, `refused` pairs of name and reason."""

    fields: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


class _Reader:
    """Takes the parser's events; one part at a time is open."""

    def __init__(
        self, folder: Path, caps: Caps, token: str, path_of: Callable[[str], str | None], why_not: Why
    ) -> None:
        self.folder, self.caps, self.path_of, self.why_not = folder, caps, path_of, why_not
        self.token = token
        self.checked = False
        self.form = Form()
        self.ended = False
        self._left = caps.field_bytes
        self._header, self._value = b"", b""
        self._name = ""
        self._filename: str | None = None
        self._text = b""
        self._path: str | None = None
        self._file: BinaryIO | None = None
        self._size = 0

    def callbacks(self) -> Any:
        """What the parser calls."""
        return {
            "on_part_begin": self._part, "on_header_begin": self._header_begin, "on_header_field": self._header_field,
            "on_header_value": self._header_value, "on_header_end": self._header_end,
            "on_headers_finished": self._open, "on_part_data": self._data, "on_part_end": self._close,
            "on_end": self._end,
        }  # fmt: skip

    def _part(self) -> None:
        self._name, self._filename, self._text, self._path, self._size = "", None, b"", None, 0

    def _header_begin(self) -> None:
        self._header, self._value = b"", b""

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            _, options = parse_options_header(self._value)
            self._name = options.get(b"name", b"").decode("utf-8", "replace")
            if b"filename" in options:
                # browsers write these three characters of a name so (HTML, "multipart/form-data encoding algorithm")
                given = options[b"filename"].decode("utf-8", "replace")
                self._filename = given.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")

    def _open(self) -> None:
        if self._filename is not None:
            self.check()
        if not self._filename:
            return
        path = self.path_of(self._filename)
        why = "it has no name" if path is None else self.why_not(path)
        if path is None or why:
            self._refuse(why or "")
        elif len(self.form.files) >= self.caps.files:
            self._refuse(f"more than {self.caps.files:,} files at a time; send the rest afterwards")
        elif (target := self.folder / path).exists() or any(p.is_file() for p in target.parents):
            self._refuse("another file of this name was sent with it; give it another name")
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            self._path, self._file = path, target.open("xb")

    def _refuse(self, why: str) -> None:
        self.form.refused.append((self._filename or "", why))

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._file is not None:
            self._size += end - start
            if self._size <= self.caps.file_bytes:
                self._file.write(data[start:end])
            else:
                self._drop(f"larger than {self.caps.file_bytes // 1_000_000} MB, which no statement is; split it")
        elif self._filename is None:
            self._left -= end - start
            if self._left < 0:
                raise FormError(f"The fields hold more than {self.caps.field_bytes:,} bytes. Send it as a file.", 413)
            self._text += data[start:end]

    def _drop(self, why: str) -> None:
        if self._file is not None and self._path is not None:
            self._file.close()
            (self.folder / self._path).unlink()
            self._file = None
            self._refuse(why)

    def _close(self) -> None:
        if self._file is not None and self._path is not None:
            self._file.close()
            self._file = None
            self.form.files.append(self._path)
        elif self._filename is None:
            self.form.fields[self._name] = value = self._text.decode("utf-8", "replace")
            if self._name == "csrftoken":
                self.checked = compare_digest(value.encode(), self.token.encode())
                self.check()

    def _end(self) -> None:
        self.ended = True

    def check(self) -> None:
        """Refuse what another site may have sent: the token comes first in our forms.

        Raises:
            FormError: the token is missing or another than that of the reader's cookie.
        """
        if not self.checked:
            raise FormError("This form was not sent from its own page, or is too old: open the page anew.", 403)

    def abandon(self) -> None:
        """Close what is open."""
        if self._file is not None:
            self._file.close()


def ending_not_read(path: str) -> str | None:
    """Why a file of this name is not read; None where it is: its ending says what it is."""
    suffix = PurePosixPath(path).suffix
    if suffix.lower() in SUFFIXES:
        return None
    return f"{suffix or 'a file without an ending'} is not read; give one of {', '.join(SUFFIXES)}"


async def read_form(
    content_type: str,
    body: AsyncIterator[bytes],
    folder: Path,
    caps: Caps,
    *,
    token: str,
    path_of: Callable[[str], str | None],
    why_not: Why,
) -> Form:
    """Read a form of `multipart/form-data`, its files into a folder.

    Args:
        content_type: the header, with its boundary.
        body: the bytes as they come.
        folder: gets the files; the caller removes it.
        caps: the most that is taken. A file too many or too large is refused, the rest taken; more bytes in all end it.
        token: what the field `csrftoken`, the first of the form, must hold.
        path_of: makes a path inside the folder of the name that was sent.
        why_not: why a file of such a path is not taken, None where it is.

    Raises:
        FormError: it is no such form, breaks off, holds too much, or lacks the token.
    """
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise FormError("This address takes forms with files (multipart/form-data).", 415)
    reader = _Reader(folder, caps, token, path_of, why_not)
    size = 0
    try:
        parser = MultipartParser(boundary, reader.callbacks())
        async for piece in body:
            size += len(piece)
            if size > caps.all_bytes:
                raise FormError(f"That is more than {caps.all_bytes // 1_000_000} MB at a time: send it in parts.", 413)
            parser.write(piece)
        parser.finalize()
    except FormParserError as error:
        raise FormError(f"The form cannot be read ({error}). Send it again.") from error
    finally:
        reader.abandon()
    if not reader.ended:
        raise FormError("The form broke off on its way. Send it again.")
    reader.check()
    return reader.form


async def received(receive: Callable[[], Any]) -> AsyncIterator[bytes]:
    """The body of a request, piece by piece.

    Raises:
        FormError: the sender has gone.
    """
    more = True
    while more:
        message: Mapping[str, Any] = await receive()
        if message["type"] != "http.request":
            raise FormError("The form broke off on its way. Send it again.")
        more = bool(message.get("more_body"))
        yield message.get("body", b"")
