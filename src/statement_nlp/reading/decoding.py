"""From bytes to text: the encoding is told from the bytes themselves."""

from __future__ import annotations

import codecs

from charset_normalizer import from_bytes

from statement_nlp.errors import BinarySourceError, EmptySourceError

_NO_TEXT = "it is no text, nor a format that is read; give a text, PDF, Word or web page file"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(data: bytes) -> str:
    """The text of a file: UTF-8, UTF-16 or UTF-32 (with a mark or plainly so), else Windows-1252 or what fits better.

    Args:
        data: The bytes of the whole file.

    Returns:
        Its text, without a byte order mark.

    Raises:
        EmptySourceError: There are no bytes, or nothing but blanks.
        BinarySourceError: They are no text in any encoding.
    """
    if not data.strip(b"\0 \t\r\n"):
        raise EmptySourceError("there is nothing in it; give a file with text")
    text = _decode(data)
    if _is_binary(text):
        raise BinarySourceError(_NO_TEXT)
    return text


def _decode(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    if (wide := _utf16(data)) is not None:
        return wide
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 3 and len(data) > 8:  # the last character was cut in two
            return data[: error.start].decode("utf-8")
    try:
        return data.decode("windows-1252")
    except UnicodeDecodeError:
        best = from_bytes(data).best()
        if best is None:
            raise BinarySourceError(_NO_TEXT) from None
        return str(best)


def _utf16(data: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of a text in Latin letters is zero."""
    sample = data[:4096]
    if len(sample) < 4 or b"\0" not in sample:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 0.7 * len(sample[1::2]) and even < 0.1 * len(sample[0::2]):
        return data.decode("utf-16-le", errors="replace")
    if even > 0.7 * len(sample[0::2]) and odd < 0.1 * len(sample[1::2]):
        return data.decode("utf-16-be", errors="replace")
    return None


def _is_binary(text: str) -> bool:
    """Whether control characters or characters that could not be decoded are more than an accident."""
    sample = text[:20000]
    odd = sum((c < " " and c not in "\t\n\r\f\x0b\x1b") or c in "\x7f\ufffd" for c in sample)
    return "\0" in sample or odd > max(2, 0.02 * len(sample))
