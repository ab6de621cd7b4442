"""A process that works on a store until it is killed; it says what the store acknowledged.

Called as ``python -m tests.store.victim KIND STORE``; prints one line an acknowledgement.
"""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from gridmap import open_store
from gridmap.grid.edit import Recode
from gridmap.incidents.model import conform
from gridmap.journeys.cells import drafts
from gridmap.journeys.city import City
from gridmap.store import Feed, Original, Store

ROWS = 5_000
FOREVER = 1_000_000


def edit(store: Store) -> None:
    city = City(store)
    plan = store.plans.all()[0]
    for _ in range(FOREVER):
        code = str(city.grid(plan.head).codes[0])
        plan = drafts.edit(city, plan.id, plan.head, Recode(code, f"n{plan.head}"), "victim").plan
        say(plan.head)


def import_(store: Store) -> None:
    for _ in range(FOREVER):
        n = len(store.files.all())
        moment = pd.Timestamp("2020-01-01", tz="UTC")
        frame = pd.DataFrame({"id": [f"{n}-{row}" for row in range(ROWS)]}).assign(
            lon=np.linspace(100, 100.03, ROWS), lat=30.01, when=moment, note=f"file {n}"
        )
        feed = Feed(f"feed {n}", {}, ("id",))
        original = Original(f"{n}.csv", f"file {n}".encode())
        store.feeds.merge(feed, conform(frame, "UTC"), range(1, ROWS + 1), original, silent)
        say(n + 1)


def publish(store: Store) -> None:
    for _ in range(FOREVER):
        plans = store.plans.all()
        days = [plan.valid_from for plan in plans if plan.valid_from is not None]
        day = max(days, default=date(2000, 1, 1)) + timedelta(days=1)
        draft = store.plans.draft("draft", plans[-1].id)
        done = store.plans.publish(draft.id, draft.head, day, "because")
        say(f"{done.id} {done.valid_from}")


def silent(_done: float, _total: float) -> None:
    """Nobody watches."""


def say(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    kind, path = sys.argv[1], Path(sys.argv[2])
    with open_store(path) as opened:
        say("ready")
        {"edit": edit, "import": import_, "publish": publish}[kind](opened)
