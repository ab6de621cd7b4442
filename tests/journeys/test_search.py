"""Search on Cambridge."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gridmap.journeys.city import City
from gridmap.journeys.demo import demo_store
from gridmap.journeys.search import search

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    with demo_store(tmp_path_factory.mktemp("search") / "cambridge.db") as store:
        yield City(store)


def test_cells_by_the_start_of_their_code_the_shortest_first(city: City) -> None:
    found = [one.name for one in search(city, "10") if one.kind == "cell"]
    assert found[0] == "101"
    assert all(name.startswith("10") for name in found)
    assert len(found) == 8


def test_a_street_by_any_of_its_words_and_without_its_number(city: City) -> None:
    assert "Prospect St" in [one.name for one in search(city, "prosp")]
    assert "Massachusetts Ave" in [one.name for one in search(city, "770 massachusetts ave")]


@pytest.mark.parametrize(
    "text", ["prospect & broadway", "Broadway at Prospect", "prospect 与 broadway"]
)
def test_a_crossing_however_it_is_written(city: City, text: str) -> None:
    found = search(city, text)[0]
    assert found.kind == "crossing"
    assert found.bounds == pytest.approx((-71.1010, 42.3693, -71.1010, 42.3693), abs=2e-3)


def test_incidents_only_for_those_who_may_see_points(city: City) -> None:
    assert "incident" not in {one.kind for one in search(city, "40")}
    assert "incident" in {one.kind for one in search(city, "40", points=True)}


@pytest.mark.parametrize("text", ["", "   ", "&", "%", "(", "zzzz", "²", "1" * 200])
def test_nothing_is_found_for_nonsense(city: City, text: str) -> None:
    assert search(city, text, points=True) == []
