"""Functions that remember what they answered about words, and forget it together.

New texts bring new words for ever, so what is remembered of them must not grow for ever: the pipeline has it forgotten
when it is built anew.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from functools import _lru_cache_wrapper

Answer = TypeVar("Answer")
_FORGETTING: list[Callable[[], None]] = []


def remembered(most: int) -> Callable[[Callable[..., Answer]], _lru_cache_wrapper[Answer]]:
    """A `functools.lru_cache` of so many answers, which `forget` empties."""

    def remembering(function: Callable[..., Answer]) -> _lru_cache_wrapper[Answer]:
        kept: Any = lru_cache(maxsize=most)(function)
        forgetting(kept.cache_clear)
        wrapper: _lru_cache_wrapper[Answer] = kept
        return wrapper

    return remembering


def forgetting(clear: Callable[[], None]) -> None:
    """Have a function of one's own called by `forget`."""
    _FORGETTING.append(clear)


def forget() -> None:
    """Forget all answers."""
    for clear in _FORGETTING:
        clear()
