"""Tells by form alone whether a stretch of text may be the name of an organisation or a person."""

from __future__ import annotations

import re

from statement_nlp.reading.lexicon import place_notes, word_set

MONTH = (
    "(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    "|Nov(?:ember)?|Dec(?:ember)?)"
)
DATE = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?\.? (?:of )?{MONTH}\b\.?(?:,? \d{{4}})?"
    rf"|{MONTH}\b\.? \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?|{MONTH}\b\.?,? \d{{4}}"
    r"|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{4}-\d{2}-\d{2})"
)
"""A regular expression of a date with day and month, month and year, or all three."""
_DATE = re.compile(rf"\b{DATE}", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://|www\.|\S@\S|\+\d[\d \-()]{6,}|\b(?:tel|phone|fax|e-?mail)\b", re.IGNORECASE)
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\s+\"[^\"]*\")?\)")
_WORD = re.compile(r"[^\W\d_][\w’'.&-]*")
_PARENTHESES = re.compile(r"\([^()]*\)")
_ACRONYM = re.compile(r"\((?=[^()]*[A-Z][^()]*[A-Z])[\w&./-]{2,15}\)")
_CAPITALS = re.compile(r"\b[A-Z][A-Z&-]+[A-Z]\b")
_END = re.compile(r"[.!?…]+[\"'”’)\]]*$")


def is_sentence(text: str) -> bool:
    """Whether the words make a sentence or a clause rather than a name."""
    words = text.split()
    function = count_function_words(text)
    if function >= 2 or (function == 1 and len(words) >= 5) or len(words) > 24:
        return True
    if (match := _END.search(text)) is None or words[-1].casefold() in word_set("signatories", "abbreviations"):
        return False
    if text.endswith("...") or re.search(r"(?:^|[ .])[A-Z]\.$", text):
        return False
    if match.group()[0] in "!?":
        return len(words) > 4
    return function > 0 or len(words) > 9 or capital_share(text) < 0.6


def count_function_words(text: str) -> int:
    """How many words are verbs, pronouns and the like, which names do without; a capital makes a word a name's."""
    if text.isupper() and len(text.split()) > 4:
        text = text.lower()
    known = word_set("signatories", "sentence_words")
    return sum(word.strip(".,;:!?\"'“”‘’()") in known for word in text.split())


def capital_share(text: str) -> float:
    """The share of words with a capital in them, function words and what stands in brackets left out."""
    small = word_set("signatories", "open_ends")
    words = [w for w in _WORD.findall(_PARENTHESES.sub(" ", text)) if w.casefold() not in small]
    return sum(any(c.isupper() for c in word) for word in words) / len(words) if words else 0.0


def is_name(text: str) -> bool:
    """Whether the text may be a name: short, mostly capitals, no sentence, date, address or amount."""
    text = text.strip()
    if not 2 <= len(text) <= 160 or is_sentence(text) or _DATE.search(text) or _ADDRESS.search(text):
        return False
    if not re.match(r"[\w\"'“‘«(\[&@]", text) or re.match(r"\d[\d.,]*\s+(?:[a-z]|%|million|billion)", text):
        return False
    if re.search(r"[$€£%=]|\d{3},\d{3}", text) or text.endswith(":"):
        return False
    first = text.split()[0]
    if first[0].islower() and not any(c.isupper() for c in first) and capital_share(text) < 0.6:
        return False
    return capital_share(text) >= 0.34 or (text[0].isupper() and len(text.split()) <= 12 and _is_telling(text))


def _is_telling(text: str) -> bool:
    """Whether an acronym in brackets, or two words of organisations, stand in a text that has few capitals."""
    words = [word.strip(".,;:\"'“”()").casefold() for word in text.split()]
    found = sum(word in word_set("signatories", "organisation_words") for word in words)
    return found >= 2 or (found >= 1 and _ACRONYM.search(text) is not None)


def is_strong_name(text: str) -> bool:
    """Whether a name shows more than a capital: a word of organisations, an acronym, or two capitalised words."""
    if not is_name(text):
        return False
    words = [word.strip(".,;:\"'“”()") for word in text.split()]
    return (
        any(word.casefold() in word_set("signatories", "organisation_words") for word in words)
        or bool(_ACRONYM.search(text) or _CAPITALS.search(text))
        or sum(word[:1].isupper() for word in words) >= 2
    )


def is_person(text: str) -> bool:
    """Whether the text may be a person: a title, or two to five capitalised words, none of them an organisation's."""
    name = re.split(r",|\(| [-–—] ", text, maxsplit=1)[0]
    words = name.split()
    if not words:
        return False
    if words[0].casefold() in word_set("signatories", "titles"):
        return len(words) > 1
    organisation = any(w.casefold().strip(".") in word_set("signatories", "organisation_words") for w in words)
    if any(word.casefold() in word_set("signatories", "roles") for word in words):
        return False
    capital = all(w[0].isupper() or w.casefold() in word_set("signatories", "open_ends") for w in words)
    return 2 <= len(words) <= 5 and capital and not organisation and not any(c.isdigit() or c == "&" for c in name)


def without_addresses(text: str) -> str:
    """The text without addresses of pages and mail, and without the brackets around them."""
    if "@" not in text and "//" not in text and "www." not in text:
        return text
    return re.sub(r"\s*[(\[<]?(?:https?://|www\.)[^\s)\]>]+[)\]>]?|\s*[(\[<]?[^\s@]+@[^\s@]+\.\w+[)\]>]?", "", text)


def without_links(text: str) -> str:
    """The text with the words of Markdown links and images in place of the links."""
    return _LINK.sub(r"\1", text) if "](" in text else text


def is_role(text: str) -> bool:
    """Whether the text is what a person does: "Executive Director", "President of ..."."""
    words = re.findall(r"[\w-]+", text.casefold())
    return any(word in word_set("signatories", "roles") for word in words[:5])


def is_place(text: str) -> bool:
    """Whether the text is a country, capital or region that stands as a note behind a name."""
    folded = re.sub(r"^the ", "", text.strip(" ,:()[]").casefold())
    return folded in place_notes() or folded.rstrip(".") in place_notes()


def is_branch(text: str) -> bool:
    """Whether the text is a part of an organisation: "Geneva office", "Northern Branch"."""
    words = re.findall(r"[\w-]+", text.casefold())
    return 2 <= len(words) <= 4 and any(word in word_set("signatories", "branches") for word in (words[0], words[-1]))


def has_address(text: str) -> bool:
    """Whether an address of a page or mail, or a telephone number, stands in the text."""
    return _ADDRESS.search(text) is not None


def has_date(text: str) -> bool:
    """Whether a date with a month stands in the text."""
    return _DATE.search(text) is not None
