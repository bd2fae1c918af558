"""serve: the pages. backup: a copy of the database while it is in use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from statement_nlp.cli.printing import console, db_option, tell


@click.command()
@db_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at; 0.0.0.0 for every machine.")
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True)
@click.option("--open", "open_browser", is_flag=True, help="Open the page in a browser.")
@click.option(
    "--setting", nargs=2, multiple=True, metavar="NAME VALUE", help="A setting of Datasette, as often as needed."
)
@click.option(
    "--sql",
    type=click.Choice(["on", "off"]),
    help="Whether readers may ask in SQL of their own. [default: on if only this machine reaches the pages]",
)
@click.option("--proxy", metavar="ADDRESS", help="A proxy in front, whose word for a client's address is believed.")
@click.option(
    "--hide-private-names", is_flag=True, help="Serve a copy in which the names of private persons are hidden."
)
@click.option("--review", is_flag=True, help="Let people who are signed in accept, reject and correct on the pages.")
@click.option(
    "--metadata",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A JSON file with `plugins`: configuration of other plugins, such as one that signs people in.",
)
def serve(
    db: Path,
    host: str,
    port: int,
    open_browser: bool,
    setting: tuple[tuple[str, str], ...],
    sql: str | None,
    proxy: str | None,
    hide_private_names: bool,
    review: bool,
    metadata: Path | None,
) -> None:
    """Serve the database with Datasette, our pages and our metadata; makes an empty one where there is none."""
    from statement_nlp.publish.server import serve as run

    settings = {name: _value(name, value) for name, value in setting}
    plugins = _plugins(metadata) if metadata else {}
    run(
        db, host=host, port=port, open_browser=open_browser, settings=settings, announce=tell, review=review,
        plugins=plugins, sql=None if sql is None else sql == "on", proxy=proxy,
        hide=hide_private_names,
    )  # fmt: skip


def _plugins(file: Path) -> dict[str, Any]:
    """The configuration of plugins in a metadata file."""
    try:
        found = json.loads(file.read_text(encoding="utf8"))
    except (ValueError, OSError) as error:
        raise click.UsageError(f"{file} is no JSON file: {error}") from error
    plugins = found.get("plugins") if isinstance(found, dict) else None
    if not isinstance(plugins, dict) or set(found) != {"plugins"}:
        raise click.UsageError(
            f'{file} holds something else than {{"plugins": {{...}}}}: what we say of tables is ours'
        )
    return plugins


def _value(name: str, value: str) -> bool | int | str:
    """The value of a Datasette setting in the type that the setting has."""
    from datasette.app import DEFAULT_SETTINGS

    if name not in DEFAULT_SETTINGS:
        raise click.UsageError(f"Datasette has no setting {name!r}: it has {', '.join(sorted(DEFAULT_SETTINGS))}")
    default = DEFAULT_SETTINGS[name]
    if isinstance(default, bool):
        if value.lower() not in ("on", "off", "true", "false", "1", "0"):
            raise click.UsageError(f"setting {name} is on or off, not {value!r}")
        return value.lower() in ("on", "true", "1")
    if isinstance(default, int):
        if not value.isdigit():
            raise click.UsageError(f"setting {name} is a number, not {value!r}")
        return int(value)
    return value


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@db_option
@click.option("--force", is_flag=True, help="Replace TARGET if it is there.")
@click.option("--hide-private-names", is_flag=True, help="Put blocks in place of the names of private persons.")
def backup(target: Path, db: Path, force: bool, hide_private_names: bool) -> None:
    """Copy the database to TARGET, a new file, while others read and write it: one moment's whole state, checked."""
    from rich.progress import Progress

    from statement_nlp.store import Database

    if hide_private_names:
        _backup_without_names(target, db, force)
        return
    with Database(db, create=False) as database, Progress(console=console(error=True), transient=True) as progress:
        task = progress.add_task("Copying")
        database.backup(target, lambda done, of: progress.update(task, completed=done, total=of), force=force)
    tell(f"{db} copied to {target} ({target.stat().st_size / 1e6:,.1f} MB, integrity checked).")


def _backup_without_names(target: Path, db: Path, force: bool) -> None:
    from statement_nlp.errors import DatabaseError
    from statement_nlp.store.hiding import copy_without_names

    if target.exists() and not force:
        raise DatabaseError(f"{target} exists already: name a new file")
    names = copy_without_names(db, target)
    unread = f" {len(names.unread)} texts in which nobody looked for persons are hidden whole." if names.unread else ""
    tell(f"{db} copied to {target} without {names.count()} full names of private persons.{unread}")


COMMANDS = (serve, backup)
