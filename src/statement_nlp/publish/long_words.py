"""Breaks endless words where a template shows them to readers, and nowhere else.

Browsers take minutes for a line of a million letters, so what stands between tags is printed through
`highlight.shown`. What stands inside a tag (addresses, values of fields) or in an element whose text is data
(textareas, scripts) is printed as it is: a link or a form field must not gain a character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from statement_nlp.publish.highlight import shown

FILTER = "shown"
_MARKUP = re.compile(r"<!--|-->|</?[a-zA-Z][\w-]*|[<>\"']")
VERBATIM = frozenset({"<textarea", "<script", "<style", "<title"})


class Position:
    """Where in the HTML the end of what has been read so far stands."""

    def __init__(self) -> None:
        self.tag = self.quote = self.verbatim = ""

    def read(self, html: str) -> None:
        """Go on behind a piece of a template."""
        for match in _MARKUP.finditer(html):
            self._step(match.group().lower())

    def _step(self, mark: str) -> None:
        if self.quote:
            if mark == self.quote:
                self.quote = ""
        elif self.tag:
            if self.tag == "<!--":
                self.tag = "" if mark == "-->" else self.tag
            elif mark in "\"'":
                self.quote = mark
            elif mark in (">", "-->"):
                self.tag = ""
        elif self.verbatim:
            if mark == f"</{self.verbatim[1:]}":
                self.verbatim, self.tag = "", mark
        elif mark.startswith("<"):
            self.tag = mark
            self.verbatim = mark if mark in VERBATIM else ""

    @property
    def is_shown(self) -> bool:
        """Whether what is printed here is text that readers see."""
        return not (self.tag or self.quote or self.verbatim)


class LongWords(Extension):
    """Adds the filter `shown` to every expression of a template that stands between tags."""

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        environment.filters[FILTER] = shown

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """The tokens of a template, with the filter put around what is shown."""
        position, filtered = Position(), False
        for token in stream:
            if token.type == "data":
                position.read(token.value)
            elif token.type == "variable_end" and filtered:
                yield from (Token(token.lineno, *t) for t in (("rparen", ")"), ("pipe", "|"), ("name", FILTER)))
            yield token
            if token.type == "variable_begin":
                filtered = position.is_shown
                if filtered:
                    yield Token(token.lineno, "lparen", "(")
