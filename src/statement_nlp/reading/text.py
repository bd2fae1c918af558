"""Normalises a text once, at the door, and remembers where each character came from.

What changes: Unicode NFC; line ends (CR LF, CR, form feed, line and paragraph separators) to LF; no-break and
typographic spaces to a space; ligatures of PDFs (U+FB00 to U+FB06) to letters; soft hyphens, zero-width and
direction marks, byte order marks and control characters to nothing; lone surrogates to U+FFFD. All else stays,
runs of spaces and blank lines included, so that a clean text keeps its offsets.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass, field

_LINE_ENDS = "\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "ft", "ﬆ": "st"}
_DROPPED = (
    "".join(map(chr, (*range(0x00, 0x09), *range(0x0E, 0x1C), 0x1F, *range(0x7F, 0x85), *range(0x86, 0xA0))))
    + "\u00ad\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
_TABLE = {
    **dict.fromkeys(_LINE_ENDS, "\n"),
    **dict.fromkeys(_SPACES, " "),
    **_LIGATURES,
    **dict.fromkeys(_DROPPED, ""),
}
# Characters that may join with the one before them under NFC: Hangul vowels and finals, vowel signs of Kirat Rai.
_JOINING = re.compile(r"[\u1160-\u11ff\U00016d63-\U00016d6a]")
_SPECIAL = re.compile("\r\n|[" + re.escape("".join(_TABLE)) + "\ud800-\udfff]")
_PLAIN = re.compile(r"[\t\n\x20-\x7e]*")


@dataclass(frozen=True, slots=True)
class Normalised:
    """A normalised text and the way back to the text as given.

    `text` is the normalised text. Each edit is (start, end, given start, given end): that stretch of `text` stands
    for that stretch of the given text; between edits characters correspond one to one.
    """

    text: str
    given_length: int
    edits: tuple[tuple[int, int, int, int], ...] = ()
    _starts: tuple[int, ...] = field(default=(), repr=False)

    def to_given(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the given text of `text[start:end]`.

        Args:
            start: First code point in the normalised text.
            end: One past the last code point; at least `start`.

        Returns:
            Start and end in code points of the given text. Characters that were dropped at the edges of the span stay
            outside it; a character that stands for several given ones takes all of them.

        Raises:
            ValueError: The span does not lie inside the text.
        """
        if not 0 <= start <= end <= len(self.text):
            raise ValueError(f"no span of a text of {len(self.text)} characters: {start} to {end}")
        if start == end:
            at = self.given_length if start == len(self.text) else self._character(start)[0]
            return at, at
        return self._character(start)[0], self._character(end - 1)[1]

    def _character(self, at: int) -> tuple[int, int]:
        """The given span that the character at `at` stands for."""
        index = bisect_right(self._starts, at) - 1
        if index < 0:
            return at, at + 1
        start, end, given_start, given_end = self.edits[index]
        if start <= at < end:
            return given_start, given_end
        offset = given_end + at - end
        return offset, offset + 1


def normalise(raw: str) -> Normalised:
    """Normalises a text as the module says.

    Args:
        raw: Any text.

    Returns:
        The normalised text with the mapping of its offsets back to `raw`. Normalising it again changes nothing.
    """
    if _PLAIN.fullmatch(raw):
        return Normalised(raw, len(raw))
    simple = _replacements(raw)
    changes = simple if simple is not None else _clusters(_characters(raw))
    pieces: list[str] = []
    edits: list[tuple[int, int, int, int]] = []
    length = at = 0
    for replacement, start, end in changes:
        if replacement == raw[start:end]:
            continue
        pieces += (raw[at:start], replacement)
        length += start - at
        edits.append((length, length + len(replacement), start, end))
        length += len(replacement)
        at = end
    pieces.append(raw[at:])
    return Normalised("".join(pieces), len(raw), tuple(edits), tuple(edit[0] for edit in edits))


def _replacements(raw: str) -> list[tuple[str, int, int]] | None:
    """What becomes of single characters, where no characters join; None where some may, which takes longer to tell."""
    if not unicodedata.is_normalized("NFC", raw):
        return None
    out = []
    for match in _SPECIAL.finditer(raw):
        if match.end() < len(raw) and _joins(raw[match.end()]):
            return None
        char = match.group()[0]
        out.append(("\ufffd" if "\ud800" <= char <= "\udfff" else _TABLE[char], match.start(), match.end()))
    return out


def _characters(raw: str) -> list[tuple[str, int, int]]:
    """Each character of `raw` with what it becomes, where it starts and where it ends."""
    out: list[tuple[str, int, int]] = []
    at = 0
    while at < len(raw):
        char = raw[at]
        end = at + 2 if char == "\r" and raw[at + 1 : at + 2] == "\n" else at + 1
        out.append(("\ufffd" if "\ud800" <= char <= "\udfff" else _TABLE.get(char, char), at, end))
        at = end
    return out


def _clusters(characters: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Joins characters that NFC composes; all others stay on their own."""
    out: list[tuple[str, int, int]] = []
    cluster: list[tuple[str, int, int]] = []

    def flush() -> None:
        joined = "".join(text for text, _, _ in cluster)
        composed = unicodedata.normalize("NFC", joined)
        if composed == joined:
            out.extend(cluster)
        else:
            out.append((composed, cluster[0][1], cluster[-1][2]))
        cluster.clear()

    for character in characters:
        if cluster and character[0] and not _joins(character[0][0]):
            flush()
        cluster.append(character)
    if cluster:
        flush()
    return out


def _joins(char: str) -> bool:
    """Whether the character may combine with the one before it."""
    if char < "\u0300":
        return False
    return unicodedata.category(char)[0] == "M" or _JOINING.match(char) is not None
