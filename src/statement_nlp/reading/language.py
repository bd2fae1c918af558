"""The language of a text, offline."""

from __future__ import annotations

from functools import cache
from typing import Any

from statement_nlp.reading.lexicon import word_set

LANGUAGES = (
    "ar", "bg", "bn", "cs", "da", "de", "el", "en", "es", "fa", "fi", "fr", "he", "hi", "hr", "ht", "hu", "hy", "id",
    "it", "ja", "ka", "km", "ko", "ku", "mg", "ms", "ne", "nl", "no", "pl", "ps", "pt", "ro", "ru", "rw", "si", "sq",
    "sr", "sv", "sw", "ta", "th", "tl", "tr", "uk", "ur", "vi", "zh",
)  # fmt: skip
"""Languages that are told apart: those of statements; leaving out the rest keeps short texts from going astray."""
SHORT = 60
"""Letters below which a text in Latin script is taken for English."""
_SAMPLE = 4000


def detect_language(text: str) -> str:
    """The ISO 639-1 code of the language that most of a text is in; "en" where there is too little to tell.

    Args:
        text: A text without its list of signatories, whose names are in many languages.

    Returns:
        One of `LANGUAGES`.
    """
    sample = text[:_SAMPLE]
    letters = [c for c in sample if c.isalpha()]
    latin = sum(c < "\u0250" or "\u1e00" <= c <= "\u1eff" for c in letters)
    if not letters or (latin > 0.5 * len(letters) and len(letters) < SHORT):
        return "en"
    label: str = _identifier().classify(sample)[0]
    if label != "en" and latin > 0.9 * len(letters) and _english_words(sample) > 0.2:
        return "en"
    return label


def _english_words(text: str) -> float:
    """The share of words that are among the commonest of English."""
    words = [word.strip(".,;:!?\"'“”‘’()").casefold() for word in text.split()]
    return sum(word in word_set("language", "english") for word in words) / max(1, len(words))


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([code for code in LANGUAGES if code in identifier.labels])
    return identifier
