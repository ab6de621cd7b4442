"""Rules: what a city asks of its cells beyond being a coverage."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from gridmap.errors import ValueRefused
from gridmap.grid.schemes import Scheme, scheme

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Allowed:
    """A hole that is meant to be there: a lake, an enclave, a harbour.

    Parameters
    ----------
    point : tuple of float
        Longitude and latitude of a point in it.
    who, why : str
        Who allowed it, and why.
    """

    point: tuple[float, float]
    who: str
    why: str


@dataclass(frozen=True)
class Size:
    """The weight a cell should have.

    Parameters
    ----------
    column : str
        Column of the weights, such as households.
    target : float
        The weight wanted.
    tolerance : float
        Share of the target by which a cell may differ.
    """

    column: str
    target: float
    tolerance: float = 0.1


@dataclass(frozen=True)
class Sliver:
    """Below which size an overlap, gap or cell is called a sliver.

    Parameters
    ----------
    width_m : float
        Width in metres.
    area_m2 : float
        Area in square metres.
    """

    width_m: float = 0.0
    area_m2: float = 0.0


@dataclass(frozen=True)
class Rules:
    """What a city asks of its cells.

    Parameters
    ----------
    scheme : Scheme, optional
        The scheme codes must follow; absent means any text.
    required : tuple of str
        Columns that must hold a value in every row.
    size : Size, optional
        The weight a cell should have; absent means any.
    sliver : Sliver, optional
        What is too thin or too small; absent means nothing is.
    strict_nesting : bool
        Whether levels that do not nest are errors.
    allowed : tuple of Allowed
        Holes that are meant to be there.
    locked : frozenset of str
        Codes of cells that no repair may change.
    """

    scheme: Scheme | None = None
    required: tuple[str, ...] = ()
    size: Size | None = None
    sliver: Sliver | None = None
    strict_nesting: bool = False
    allowed: tuple[Allowed, ...] = ()
    locked: frozenset[str] = frozenset()

    @classmethod
    def from_dict(cls, table: Mapping[str, Any]) -> Rules:
        """Read rules from the table of a RULES.toml.

        Parameters
        ----------
        table : mapping
            As parsed from TOML.

        Returns
        -------
        Rules
            The rules.

        Raises
        ------
        ValueRefused
            If a name is unknown or a value cannot be what it should be.
        """
        _known(table, ("scheme", "required", "size", "sliver", "nesting", "allowed", "locked"), "")
        nesting = _table(table, "nesting")
        _known(nesting, ("strict",), "nesting.")
        return cls(
            scheme=_scheme(table["scheme"]) if "scheme" in table else None,
            required=tuple(_texts(table, "required")),
            size=_filled(Size, _table(table, "size"), "size") if "size" in table else None,
            sliver=_filled(Sliver, _table(table, "sliver"), "sliver")
            if "sliver" in table
            else None,
            strict_nesting=_flag(nesting.get("strict", False), "nesting.strict"),
            allowed=tuple(_filled(Allowed, each, "allowed") for each in _tables(table, "allowed")),
            locked=frozenset(_texts(table, "locked")),
        )


def _scheme(value: Any) -> Scheme:
    """Return a shipped scheme by its name, or one that is written out."""
    return Scheme.from_dict(value) if isinstance(value, dict) else scheme(_text(value, "scheme"))


def _refuse(name: str, value: Any) -> ValueRefused:
    return ValueRefused("check.bad_rule", name=name, value=repr(value)[:80])


def _known(table: Mapping[str, Any], names: tuple[str, ...], prefix: str) -> None:
    for name in table:
        if name not in names:
            known = ", ".join(names)
            raise ValueRefused("check.unknown_rule", name=prefix + str(name), known=known)


def _table(table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = table.get(name, {})
    if not isinstance(value, dict):
        raise _refuse(name, value)
    return value


def _tables(table: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    value = table.get(name, [])
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise _refuse(name, value)
    return value


def _texts(table: Mapping[str, Any], name: str) -> list[str]:
    value = table.get(name, [])
    if not isinstance(value, list):
        raise _refuse(name, value)
    return [_text(each, name) for each in value]


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise _refuse(name, value)
    return value


def _flag(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise _refuse(name, value)
    return value


def _number(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e15:  # noqa: PLR2004
        raise _refuse(name, value)
    return float(value)


def _point(value: Any, name: str) -> tuple[float, float]:
    if not isinstance(value, list) or len(value) != 2:  # noqa: PLR2004 - lon and lat
        raise _refuse(name, value)
    lon, lat = value
    for each, limit in ((lon, 180), (lat, 90)):
        if isinstance(each, bool) or not isinstance(each, int | float) or not abs(each) <= limit:
            raise _refuse(name, value)
    return float(lon), float(lat)


READERS: dict[str, Any] = {"float": _number, "str": _text, "tuple[float, float]": _point}


def _filled(kind: Any, table: Mapping[str, Any], name: str) -> Any:
    known = {each.name: each for each in fields(kind)}
    _known(table, tuple(known), f"{name}.")
    try:
        return kind(
            **{
                each: READERS[str(known[each].type)](table[each], f"{name}.{each}")
                for each in table
            }
        )
    except TypeError:
        missing = ", ".join(each for each in known if each not in table)
        raise ValueRefused("check.rule_needs", name=name, missing=missing) from None
