"""Try a text or a file: it is extracted by a process beside the server, shown, and kept nowhere.

The process is `statement-nlp annotate -`, which answers line by line; it starts with the first text, so that the server
itself never loads spaCy, and ends with the server, since its input then ends.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from weakref import WeakKeyDictionary

from datasette.utils.asgi import Forbidden, NotFound, Request, Response

from statement_nlp.errors import StatementNlpError
from statement_nlp.publish.admission import Admission, BusyError, client_of
from statement_nlp.publish.answers import PRIVATE, html_of_one
from statement_nlp.publish.highlight import Span, highlight
from statement_nlp.publish.multipart import Caps, Form, FormError, ending_not_read, read_form, received
from statement_nlp.reading.sources import SUFFIXES
from statement_nlp.store.uploads import safe_path

LONGEST = 20_000
"""Characters of a text that is tried."""
CAPS = Caps(file_bytes=5_000_000, all_bytes=5_500_000, files=1, field_bytes=400_000)
FILE_PATIENCE = 20.0
"""Seconds to read a file."""
READING = (sys.executable, "-m", "statement_nlp.reading.single")
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
        self.admission = Admission()

    async def annotate(self, text: str, published: str = "") -> dict[str, Any]:
        """What was found in a text, in the annotation guide's format.

        Raises:
            TryoutError: too long, or the process failed.
        """
        if len(text) > LONGEST:
            raise TryoutError(f"That is longer than {LONGEST:,} characters. The command line takes any length.", 413)
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
    """The records with numbers of their own, the text with their marks, and all of it as JSON."""
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
    return {"layers": layers, "parts": parts, "json": json.dumps(found, indent=1, ensure_ascii=False), **lists}


async def page(datasette: Any, request: Request) -> Response:
    """The form; with a text or a file, what was found in it: as a page, or as JSON."""
    if not (datasette.plugin_config("statement_nlp") or {}).get("try", True):
        raise NotFound("Trying texts is switched off here.")
    if not await datasette.permission_allowed(request.actor, "view-instance", default=True):
        raise Forbidden("You may not see these pages.")
    shown: dict[str, Any] = {
        "text": "", "published": "", "trouble": None, "layers": None, "longest": LONGEST, "suffixes": SUFFIXES,
        "several": 0,
    }  # fmt: skip
    status, headers = 200, dict(PRIVATE)
    if request.method == "POST":
        try:
            as_json = await _try(datasette, request, shown)
        except (TryoutError, FormError, BusyError) as error:
            status, shown["trouble"], as_json = error.status, str(error), False
            if isinstance(error, BusyError):
                headers["retry-after"] = str(error.after)
        if as_json:
            headers["content-disposition"] = 'attachment; filename="statement-nlp.json"'
            return Response(shown["json"], headers=headers, content_type="application/json; charset=utf-8")
    answer = await html_of_one(datasette, request, "try.html", status, **shown)
    answer.headers |= headers
    return answer


async def _try(datasette: Any, request: Request, shown: dict[str, Any]) -> bool:
    """Read what was sent and put what was found into what is shown; whether it is wanted as JSON.

    Raises:
        TryoutError: nothing can be read in it, or the worker failed.
        FormError: the form is none of ours.
        BusyError: too many texts at once.
    """
    worker = worker_of(datasette)
    client = client_of(request.scope)
    with TemporaryDirectory(prefix="statement-nlp-") as folder:
        worker.admission.enter(client)
        try:
            form = await _form(request, Path(folder))
            fields = form.fields
            shown["text"] = fields.get("text", "").replace("\r\n", "\n").replace("\0", "")
            shown["published"] = fields.get("published", "").strip()[:10]
            if form.refused:
                raise TryoutError(f"{form.refused[0][0]}: {form.refused[0][1]}.", 400)
            if form.files:
                await _read(Path(folder) / form.files[0], shown)
            if not shown["text"].strip():
                raise TryoutError("Paste a text or choose a file first.", 400)
            found = await worker.annotate(shown["text"], shown["published"])
        finally:
            worker.admission.leave(client)
    shown |= _shown(shown["text"], found)
    return fields.get("format") == "json"


async def _form(request: Request, folder: Path) -> Form:
    kind = request.headers.get("content-type") or ""
    if not kind.startswith("multipart/"):  # Datasette has checked its token
        return Form(await request.post_vars())
    token = request.scope["csrftoken"]()
    return await read_form(
        kind, received(request.receive), folder, CAPS, token=token, path_of=safe_path, why_not=ending_not_read
    )


async def _read(path: Path, shown: dict[str, Any]) -> None:
    """The text of a file, read in a process of its own: a file that takes too long takes nothing else with it."""
    process = await asyncio.create_subprocess_exec(
        *READING, str(path), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL, limit=LONGEST_ANSWER
    )
    try:
        answer, _ = await asyncio.wait_for(process.communicate(), FILE_PATIENCE)
        found: dict[str, Any] = json.loads(answer or b"no answer")
    except TimeoutError as error:
        raise TryoutError(f"{path.name} was not read within {FILE_PATIENCE:.0f} seconds.", 400) from error
    except ValueError as error:
        raise TryoutError(f"{path.name} cannot be read. Is it damaged?", 400) from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()
    if not found["statements"]:
        raise TryoutError(f"{path.name}: {found.get('error', 'there is no text in it')}.", 400)
    shown["text"], shown["several"] = found["text"], found["statements"] if found["statements"] > 1 else 0
    shown["published"] = shown["published"] or found["published"] or ""
