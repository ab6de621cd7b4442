"""The command line: every arrow of the walk is a command.

Commands import what they need inside their functions, so that ``gridmap --help`` answers at once.
"""

from __future__ import annotations

import sys
import traceback
from typing import Annotated

import typer
import typer.main
from typer.exceptions import TyperException

from gridmap import __version__
from gridmap.cli import cells, imports, incidents, map, patrol, plans, scale, serve, store  # noqa: A004
from gridmap.cli.language import CHINESE, retold, translate, wanted
from gridmap.cli.output import EXIT_BROKEN, EXIT_INPUT, complain
from gridmap.messages import text

app = typer.Typer(
    name="gridmap",
    help="Divide a city into cells, place its incidents in them and work by the map.",
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"gridmap {__version__}")
        raise typer.Exit


@app.callback()
def gridmap(
    context: typer.Context,
    *,
    _show: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Divide a city into cells, place its incidents in them and work by the map."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


for _module in (cells, plans, incidents, map, patrol, imports, store, serve, scale):
    _module.register(app)


def main() -> None:
    """Run the command line; see DESIGN for the exit codes."""
    try:
        command = typer.main.get_command(app)
        if wanted(sys.argv) == CHINESE:
            translate(command, CHINESE)
        sys.exit(command(standalone_mode=False))
    except TyperException as error:
        _say_wrong_call(error)
        sys.exit(EXIT_INPUT)
    except typer.Abort:
        sys.exit(EXIT_BROKEN)
    except Exception:  # noqa: BLE001  # exit 1 means findings, so a fault of ours needs another code
        traceback.print_exc()
        sys.exit(EXIT_BROKEN)


def _say_wrong_call(error: TyperException) -> None:
    lang = wanted(sys.argv)
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "gridmap"
    message = " ".join(error.format_message().split()).rstrip(".?")
    complain(text("cli.usage", {"message": retold(message, lang), "command": command}, lang))
