"""The root of the commands: version, errors in one line, and the options that several commands share."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from statement_nlp.cli import (
    adding,
    annotating,
    asking,
    comparing,
    extracting,
    knowing,
    learning,
    loading,
    reviewing,
    serving,
    tracking,
)
from statement_nlp.errors import StatementNlpError, UnknownPartyError, UnknownPlaceError


class Commands(click.Group):
    """A group that turns this package's errors into one line and exit status 1: the only place that does."""

    def invoke(self, context: click.Context) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(context)
        except (UnknownPlaceError, UnknownPartyError) as error:
            hint = f". Nearest names: {', '.join(error.nearest)}" if error.nearest else ""
            raise click.ClickException(one_line(f"{error}{hint}")) from error
        except StatementNlpError as error:
            raise click.ClickException(one_line(str(error))) from error
        except BrokenPipeError:
            # the reader of our output (head, less) has gone: that is no error
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            context.exit(0)

    def list_commands(self, context: click.Context) -> list[str]:
        """The commands in the order of the way of the data, not of the alphabet."""
        return list(self.commands)


def one_line(message: str) -> str:
    """A message without line breaks."""
    return " ".join(message.split())


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(None, "-V", "--version", package_name="statement-nlp", prog_name="statement-nlp")
def main() -> None:
    """Who said what about whom and where: humanitarian statements into records, served with Datasette.

    Start with `statement-nlp extract SOURCE...`, then `statement-nlp serve`.
    """


for group in (
    extracting, loading, annotating, serving, adding, asking, comparing, tracking, reviewing, knowing, learning
):  # fmt: skip
    for command in group.COMMANDS:
        main.add_command(command)
