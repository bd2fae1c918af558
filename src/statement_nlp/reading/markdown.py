"""Markdown to plain text: what marks the form goes, lists, headings on lines of their own and words stay."""

from __future__ import annotations

import re
from collections.abc import Callable

_FENCED = re.compile(r"^(?:```|~~~)[^\n]*\n?", re.MULTILINE)
_BLANK = " \t"
_REPLACEMENTS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"<!--.*?-->", re.DOTALL), ""),
    (re.compile(r"<br\s*/?>", re.IGNORECASE), "\n"),
    (
        re.compile(
            r"</?(?:p|div|span|b|i|em|strong|u|center|small|sup|sub|a|ul|ol|figure|img|hr)\b[^<>]*>", re.IGNORECASE
        ),
        "",
    ),
    (re.compile(r"!\[([^\]]*)\]\([^()\s]*(?:\s+\"[^\"]*\")?\)"), r"\1"),
    (re.compile(r"(?<!\\)\[([^\[\]]+)\]\((?:[^()\s]|\([^()]*\))*(?:\s+\"[^\"]*\")?\)"), r"\1"),
    (re.compile(r"<((?:https?|mailto):[^<>\s]+)>"), r"\1"),
    (
        re.compile(r"^[ \t]{0,3}#{1,6}[ \t]+(.*)$", re.MULTILINE),
        lambda m: m[1].rstrip(_BLANK).rstrip("#").rstrip(_BLANK),
    ),
    (re.compile(r"^(?=\S)(.+)\n[ \t]*(?:={3,}|-{3,})[ \t]*$", re.MULTILINE), r"\1"),
    (re.compile(r"^[ \t]*>[ \t]?", re.MULTILINE), ""),
    (re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", re.DOTALL), r"\2"),
    (re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]+?)(?<=[^\s*])\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<![\w_])_(?=[^\s_])([^_\n]+?)(?<=[^\s_])_(?![\w_])"), r"\1"),
    (re.compile(r"`([^`\n]+)`"), r"\1"),
    (re.compile(r"^\|?[ \t]*:?-{3,}:?[ \t]*(?:\|[ \t]*:?-{3,}:?[ \t]*)*\|?[ \t]*$\n?", re.MULTILINE), ""),
    (re.compile(r"^\|(.*)\|[ \t]*$", re.MULTILINE), lambda m: m[1].strip(_BLANK)),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!|>~-])"), r"\1"),
    (re.compile(r"(?<![ \t])[ \t]{2,}$", re.MULTILINE), ""),
)


def plain_text(markdown: str) -> str:
    """The words of a Markdown text.

    Args:
        markdown: A text with line ends LF.

    Returns:
        The text without emphasis, link targets, image addresses (their alternative text stays), heading signs, quote
        signs, code fences and simple HTML; bullets, numbers and footnote marks stay.
    """
    text = _FENCED.sub("", markdown)
    for pattern, replacement in _REPLACEMENTS:
        text = pattern.sub(replacement, text)
    return text
