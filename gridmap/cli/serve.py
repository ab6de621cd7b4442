"""serve and demo: the page."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from gridmap.cli.language import VARIABLE
from gridmap.cli.output import Json, Lang, Output

if TYPE_CHECKING:
    import socket

    import uvicorn

    from gridmap.settings import Settings
    from gridmap.store import Store

PORT = {"min": 0, "max": 65535, "help": "Port; 0 takes a free one."}
Port = Annotated[int, typer.Option("--port", **PORT)]
LOOPBACK = "127.0.0.1"


def register(app: typer.Typer) -> None:
    """Add the commands.

    Parameters
    ----------
    app : Typer
        The command line.
    """
    app.command()(serve)
    app.command()(demo)


def serve(
    store: Annotated[
        str | None,
        typer.Option(
            envvar="GRIDMAP_STORE", show_default="sqlite:///gridmap.db", help="sqlite:///PATH"
        ),
    ] = None,
    host: Annotated[
        str | None,
        typer.Option(envvar="GRIDMAP_HOST", show_default="127.0.0.1", help="Address to listen on."),
    ] = None,
    port: Annotated[
        int | None, typer.Option(envvar="GRIDMAP_PORT", show_default="8000", **PORT)
    ] = None,
    name: Annotated[
        list[str] | None, typer.Option(help="Host name of this server; may be repeated.")
    ] = None,
    lang: Annotated[
        Literal["en", "zh"] | None,
        typer.Option(envvar=VARIABLE, show_default="en", help="Language."),
    ] = None,
) -> None:
    """Serve the page of a store."""
    with Output(lang=lang or "en") as output:
        from gridmap.errors import NotAllowed
        from gridmap.settings import Settings
        from gridmap.store import open_store

        settings = Settings.given(store=store, host=host, port=port, lang=lang, names=name or None)
        output.lang = settings.lang
        with open_store(settings.store, create=False) as opened:
            if not is_loopback(settings.host) and not opened.users.all():
                raise NotAllowed("server.needs_user", host=settings.host, store=settings.store)
            run(settings, opened)


def demo(
    port: Port = 8000,
    out: Annotated[Path | None, typer.Option(help="Write the results as files here.")] = None,
    store: Annotated[
        Path | None, typer.Option(help="File of the store; absent: in the user's cache.")
    ] = None,
    *,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Do not start the page.")] = False,
    json: Json = None,
    lang: Lang = "en",
) -> None:
    """Import Cambridge, Massachusetts, and serve its page."""
    with Output(json, lang) as output:
        from gridmap.journeys.demo import demo_store
        from gridmap.settings import Settings

        path = store or cache() / "cambridge.db"
        path.parent.mkdir(parents=True, exist_ok=True)
        with output.progress("server.demo_reading"):
            opened = demo_store(path)
        with opened:
            if out is not None:
                from gridmap.journeys.results import write_results

                output.json(write_results(opened, out, lang))
            if not no_serve:
                url = f"sqlite:///{path}"
                # nobody signs in to the demo: whatever is set, only this machine reaches it
                run(Settings.given(store=url, host=LOOPBACK, port=port, lang=lang), opened)


def cache() -> Path:
    """Return the folder for what can be made again."""
    return Path(typer.get_app_dir("gridmap"))


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def run(settings: Settings, store: Store) -> None:
    """Serve until stopped; says where when ready.

    Parameters
    ----------
    settings : Settings
        Address and port.
    store : Store
        What is served.
    """
    import socket

    import uvicorn

    from gridmap.errors import ValueRefused
    from gridmap.server.app import create_app

    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as cause:
        values = {"host": settings.host, "port": settings.port, "why": cause.strerror}
        raise ValueRefused("server.port", **values) from cause
    port = listening.getsockname()[1]
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    app = create_app(settings, store)
    config = uvicorn.Config(app, log_level="warning")
    config.server_header = False
    announcing(config, f"gridmap: http://{host}:{port}/").run(sockets=[listening])


def announcing(config: uvicorn.Config, line: str) -> uvicorn.Server:
    """Return a server that prints a line once it answers."""
    import uvicorn

    class Announcing(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                typer.echo(line)

    return Announcing(config)
