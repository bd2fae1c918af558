"""Reads one file in a process of its own and prints what stands in it as JSON, so that no file can hold up a server.

python -m statement_nlp.reading.single FILE
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from statement_nlp.reading.sources import Failure, read


def main(arguments: list[str]) -> None:
    """Print `{"statements": N, "text": ..., "title": ..., "published": ...}` of the first, or `{"error": ...}`."""
    path = Path(arguments[0])
    found: dict[str, object] = {"statements": 0}
    for item in read([path]):
        if isinstance(item, Failure):
            found.setdefault("error", item.message.removeprefix(f"{item.source}: "))
        else:
            found["statements"] = int(str(found["statements"])) + 1
            if found["statements"] == 1:
                found |= {"text": item.text, "title": item.title, "published": item.published}
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1:])
