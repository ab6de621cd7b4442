"""Values made of the store: made once, dropped when they are of the past or too many."""

from __future__ import annotations

import threading
import time

from gridmap.journeys.kept import FEW, MOST, Kept, Revision


def test_a_value_is_made_once_however_many_ask() -> None:
    kept, made = Kept(), []

    def make() -> int:
        made.append(1)
        time.sleep(0.05)
        return 7

    threads = [threading.Thread(target=kept.derived, args=(("x", 1), make)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]
    assert kept.derived(("x", 1), lambda: 8) == 7


def test_what_was_made_of_an_earlier_revision_goes() -> None:
    kept = Kept()
    old, new = Revision((1, 0)), Revision((2, 0))
    kept.keep(("heat", old), "old")
    kept.keep(("heat", old, "night"), "old")
    kept.keep(("grid", 1), "grid")
    kept.keep(("heat", new), "new")
    assert kept.derived(("heat", old, "night"), lambda: "made again") == "made again"
    assert kept.derived(("grid", 1), lambda: "made again") == "grid"


def test_large_values_are_few_and_the_one_not_used_for_longest_goes() -> None:
    kept = Kept()
    for number in range(30):
        kept.keep(("locator", number), number)
        kept.keep(("small", number), number)
        kept.derived(("locator", 0), lambda: 0)
    held = [key for key in kept._values if key[0] == "locator"]
    assert len(held) == FEW["locator"]
    assert ("locator", 0) in held
    assert len(kept._values) == FEW["locator"] + MOST
    assert kept.newest("locator") == (("locator", 0), 0)
    assert kept.newest("nothing") is None
