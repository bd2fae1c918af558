"""Try a text: it is pasted in, extracted by a process beside the server, shown, and kept nowhere.

The process is `statement-nlp annotate -`, which answers line by line; it starts with the first text, so that the server
itself never loads spaCy, and ends with the server, since its input then ends.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections import deque
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

from datasette.utils.asgi import Forbidden, NotFound, Request, Response

from statement_nlp.errors import StatementNlpError
from statement_nlp.publish.highlight import Span, highlight

LONGEST = 20_000
"""Characters of a text that is tried."""
PER_MINUTE = 10
MOST_WAITING = 3
PATIENCE = 120.0
"""Seconds for one answer; the first one waits for the models, too."""
LONGEST_ANSWER = 32 * 2**20
COMMAND = (sys.executable, "-c", "from statement_nlp.cli import main; main()", "annotate", "-")
DATE = re.compile(r"\d{4}(-\d\d){0,2}")
LAYERS = ("claims", "demands", "figures", "places", "parties")


class TryoutError(StatementNlpError):
    """A text could not be tried; the message says why and what to do."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Worker:
    """The process that extracts, one text after the other, and the limits to what it takes on."""

    def __init__(self, command: tuple[str, ...] = COMMAND) -> None:
        self.command = command
        self.process: asyncio.subprocess.Process | None = None
        self.lock = asyncio.Lock()
        self.waiting = 0
        self.recent: deque[float] = deque()

    async def annotate(self, text: str, published: str = "") -> dict[str, Any]:
        """What was found in a text, in the annotation guide's format.

        Raises:
            TryoutError: too long, too often, too many at once, or the process failed.
        """
        if len(text) > LONGEST:
            raise TryoutError(f"That is longer than {LONGEST:,} characters. The command line takes any length.", 413)
        self._admit()
        self.waiting += 1
        try:
            async with self.lock:
                row = {"id": "tried", "text": text}
                if DATE.fullmatch(published):
                    row["published"] = published
                return await asyncio.wait_for(self._ask(json.dumps(row)), PATIENCE)
        except TimeoutError as error:
            await self.stop()
            raise TryoutError(f"There was no answer within {PATIENCE:.0f} seconds. Try a shorter text.", 503) from error
        except (OSError, ValueError) as error:
            await self.stop()
            raise TryoutError(
                f"The extraction did not answer ({error}). Does the command line extract it?", 503
            ) from error
        except asyncio.CancelledError:
            await self.stop()  # its answer would be taken for that to the next text
            raise
        finally:
            self.waiting -= 1

    def _admit(self) -> None:
        now = monotonic()
        while self.recent and now - self.recent[0] > 60:
            self.recent.popleft()
        if len(self.recent) >= PER_MINUTE or self.waiting >= MOST_WAITING:
            raise TryoutError("Too many texts at once. Wait a minute, then send it again.", 429)
        self.recent.append(now)

    async def _ask(self, line: str) -> dict[str, Any]:
        if self.process is None or self.process.returncode is not None:
            self.process = await asyncio.create_subprocess_exec(
                *self.command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                limit=LONGEST_ANSWER,
            )
        if self.process.stdin is None or self.process.stdout is None:
            raise OSError("it has no input or output")
        self.process.stdin.write(line.encode() + b"\n")
        await self.process.stdin.drain()
        answer = await self.process.stdout.readline()
        found: dict[str, Any] = json.loads(answer or b"no answer")
        return found

    async def stop(self) -> None:
        """End the process; the next text starts a new one."""
        process, self.process = self.process, None
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        await process.communicate()


_workers: WeakKeyDictionary[Any, Worker] = WeakKeyDictionary()


def worker_of(datasette: Any) -> Worker:
    """The one worker of a server."""
    return _workers.setdefault(datasette, Worker())


def _shown(text: str, found: dict[str, Any]) -> dict[str, Any]:
    """The records with numbers of their own, and the text with their marks."""
    layers: dict[str, list[dict[str, Any]]] = {}
    spans: list[Span] = []
    for layer in LAYERS:
        layers[layer] = []
        for record in found[layer]:
            number = len(spans) + 1
            spans.append(Span(number, layer, record["start"], record["end"], layer))
            layers[layer].append({**record, "id": number})
    parts = highlight(text, [(0, len(text), "body")], spans)
    lists = {name: found.get(name) for name in ("signatories", "stated", "skipped")}
    return {"layers": layers, "parts": parts, **lists}


async def page(datasette: Any, request: Request) -> Response:
    """The form; with a text, what was found in it."""
    if not (datasette.plugin_config("statement_nlp") or {}).get("try", True):
        raise NotFound("Trying texts is switched off here.")
    if not await datasette.permission_allowed(request.actor, "view-instance", default=True):
        raise Forbidden("You may not see these pages.")
    status = 200
    shown: dict[str, Any] = {"text": "", "published": "", "trouble": None, "layers": None, "longest": LONGEST}
    if request.method == "POST":
        sent = await request.post_vars()
        shown["text"] = text = sent.get("text", "").replace("\r\n", "\n").replace("\0", "")
        shown["published"] = sent.get("published", "").strip()[:10]
        if text.strip():
            try:
                shown |= _shown(text, await worker_of(datasette).annotate(text, shown["published"]))
            except TryoutError as error:
                status, shown["trouble"] = error.status, str(error)
        else:
            status, shown["trouble"] = 400, "Paste a text first."
    html = await datasette.render_template("statement_nlp/try.html", shown, request=request, view_name="own")
    return Response.html(html, status=status)
