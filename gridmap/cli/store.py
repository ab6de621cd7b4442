"""export, publish and store: what a city keeps."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  # typer looks at the types
from pathlib import Path  # typer looks at the types
from typing import Annotated

import typer

from gridmap.cli.opening import DEFAULT
from gridmap.cli.output import Json, Lang, Output, StoreUrl

File = Annotated[Path, typer.Argument(help="The file.")]


def register(app: typer.Typer) -> None:
    """Add the commands.

    Parameters
    ----------
    app : Typer
        The command line.
    """
    stores = typer.Typer(no_args_is_help=True, help="Look after a store.")
    for command in (check, backup, restore, upgrade, user, plans):
        stores.command()(command)
    app.add_typer(stores, name="store")
    app.command()(export)
    app.command()(publish)


def export(  # each is an option of the command
    out: Annotated[Path, typer.Argument(help="File to write: cells or incidents.")],
    *,
    store: StoreUrl = DEFAULT,
    what: Annotated[str, typer.Option(help="cells or incidents")] = "cells",
    plan: Annotated[int | None, typer.Option(help="Plan; absent: the one in force.")] = None,
    json: Json = None,
    lang: Lang = "en",
) -> None:
    """Write a plan's cells or the incidents of a store to a file."""
    with Output(json, lang) as output:
        from gridmap.errors import ValueRefused
        from gridmap.journeys import exports
        from gridmap.journeys.city import City
        from gridmap.store import open_store

        writers = {"cells": exports.write_cells, "incidents": exports.write_incidents}
        if what not in writers:
            raise ValueRefused("server.what", what=what, kinds=", ".join(writers))
        with open_store(store, create=False) as opened:
            rows = writers[what](City(opened), plan, out)
        output.json({"rows": rows})
        output.say("server.exported", rows=rows, path=out)


def publish(
    plan: Annotated[int, typer.Argument(help="Number of the draft.")],
    *,
    start: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    store: StoreUrl = DEFAULT,
    json: Json = None,
    lang: Lang = "en",
) -> None:
    """Put a draft in force from a day on."""
    with Output(json, lang) as output:
        from gridmap.journeys.cells import publishing
        from gridmap.journeys.city import City
        from gridmap.store import open_store

        with open_store(store, create=False) as opened:
            city = City(opened)
            head = opened.plans.get(plan).head
            done = publishing.publish(city, plan, head, start.date(), reason)
        output.json({"plan": done.id, "version": done.head, "from": done.valid_from})
        output.say("server.published", plan=done.name, start=done.valid_from)


def check(store: StoreUrl = DEFAULT, json: Json = None, lang: Lang = "en") -> None:
    """Look whether a store is sound: the file, and every plan still a coverage."""
    with Output(json, lang) as output:
        from gridmap.journeys.cells.sound import faults
        from gridmap.store import open_store

        with open_store(store, create=False) as opened:
            found = faults(opened)
            count = len(opened.plans.all())
        output.json({"ok": not found, "plans": count, "faults": found})
        for fault in found:
            output.say("server.fault", fault=fault)
        if found:
            output.findings()
        else:
            output.say("server.sound", plans=count)


def backup(out: File, store: StoreUrl = DEFAULT, lang: Lang = "en") -> None:
    """Copy a store while it is in use."""
    with Output(lang=lang) as output:
        from gridmap.store import open_store

        with open_store(store, create=False) as opened:
            opened.backup(out)
        output.say("server.backed_up", path=out)


def restore(file: File, store: StoreUrl = DEFAULT, lang: Lang = "en") -> None:
    """Let a store hold what a copy holds; stop its server first."""
    with Output(lang=lang) as output:
        from gridmap.errors import SchemaError
        from gridmap.journeys.cells.sound import faults
        from gridmap.store import open_store

        with open_store(file, create=False) as copy:
            found = faults(copy)
        if found:
            raise SchemaError("server.not_sound", path=file, fault=found[0])
        with open_store(store) as opened:
            opened.restore(file)
        output.say("server.restored", path=store)


def user(
    name: Annotated[str, typer.Argument(help="Name of the user.")],
    *,
    role: Annotated[str, typer.Option(help="public, staff, patrol, planner or admin")] = "planner",
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
    store: StoreUrl = DEFAULT,
    lang: Lang = "en",
) -> None:
    """Add a user, or give one another role and password."""
    with Output(lang=lang) as output:
        from gridmap.store import open_store

        with open_store(store) as opened:
            put = opened.users.put(name, role, password)
        output.say("server.user", name=put.name, role=put.title)


def plans(store: StoreUrl = DEFAULT, json: Json = None, lang: Lang = "en") -> None:
    """List the plans of a store."""
    with Output(json, lang) as output:
        from gridmap.journeys.city import City
        from gridmap.store import open_store

        with open_store(store, create=False) as opened:
            today = City(opened).today()
            found = opened.plans.all()
        rows = [
            {
                "plan": plan.id,
                "name": plan.name,
                "state": plan.state(today),
                "version": plan.head,
                "from": plan.valid_from,
            }
            for plan in found
        ]
        output.json(rows)
        for row in rows:
            output.say("server.plan_line", **(row | {"start": row["from"] or ""}))


def upgrade(store: StoreUrl = DEFAULT, lang: Lang = "en") -> None:
    """Bring a store of an earlier version to this one; stop its server first."""
    with Output(lang=lang) as output:
        from gridmap.journeys.upgrade import upgrade as upgrade_
        from gridmap.store import store_path

        path = store_path(store)
        done = upgrade_(path)
        for layer, columns in done.dropped.items():
            output.notice("server.dropped_columns", layer=layer, columns=", ".join(columns))
        output.say("server.upgraded", kept=done.kept, path=path)
