"""What the figures are counted in."""

import pytest

from gridmap.incidents.units import weighed_in


@pytest.mark.parametrize("column", ["户数", "Households", "HH_2020", "hu100", "总户数"])
def test_households_are_known_by_name(column: str) -> None:
    assert weighed_in(column) == "households"


@pytest.mark.parametrize("column", ["people", "POP100", "人口", None, "pop_total"])
def test_else_people(column: str | None) -> None:
    assert weighed_in(column) == "people"
