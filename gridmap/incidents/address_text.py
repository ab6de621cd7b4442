"""Chinese addresses taken apart: areas, road, number, compound, building, unit.

The numbers are what people write most reliably, so an address is read as words between numbers,
and what follows a number (号, 号楼, 栋, 单元 …) says what it counts.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gridmap.streets.names import crossing

if TYPE_CHECKING:
    from collections.abc import Sequence

AREAS = ("district", "township", "village")
_REMARK = re.compile(
    r"(?:(?:的)?(?:旁边|附近|对面|门口|门前|门外|路口|楼下|隔壁|周边|东侧|西侧|南侧|北侧|院内|里面|处|旁))+$"
)
_NOISE = re.compile(r"[\s,,。、.;;::()()【】\[\]\"'“”]+")
_BEYOND = re.compile(
    r"^(?:中国)?(?:[一-龥]{2,7}?(?:省|自治区|特别行政区))?(?:[一-龥]{2,5}?(?:市|自治州|地区|盟))?"
)
_COUNT = re.compile(
    r"(\d+|[A-Z](?=座|栋|幢|号楼)|[一二三四五六七八九十]{1,3}(?=号楼|号院|栋|幢|单元))"
    r"(?:-(\d+))?(?:-\d+)?(号楼|号院|号|栋|幢|座|单元|室|层|楼|弄|组|队|排)?"
)
_OFFICE = re.compile(r"(?:村民|居民)?委员会$|(?<=村)委会$|居委会$")
_KIND = re.compile(r"(?:村|社区)+$")
_OFFICE_NEXT = re.compile(r"(?:村民|居民|村|居)?(?:委员会|委会)")
_BUILDING = ("号楼", "栋", "幢", "座", "楼")
_DIGITS = {char: i for i, char in enumerate("零一二三四五六七八九")}
_TEN = 10
_HAN = re.compile(r"[一-龥]")
_UNNAMED = (
    re.compile(r"[一-龥]{1,6}?(?:县|区|旗)(?=[一-龥]{2})"),
    re.compile(r"[一-龥]{1,7}?(?:镇|乡|街道)(?=[一-龥]{2})(?!政府|中学|小学)"),
)
"""District and township before a village, where the gazetteer names none."""
_LOOSE = re.compile(r"(?<!\d)[\W_]+|[\W_]+(?!\d)")
"""Blanks and signs but those between digits: 15.5公里 is not 155公里."""


@dataclass(frozen=True)
class Parts:
    """An address taken apart.

    Parameters
    ----------
    areas : tuple of str
        District or county, township, village or community; ``""`` where not given.
    road : str
        Words before the number.
    number : str
        House number, ``""`` for none.
    compound : str
        Words before the building.
    building, unit : str
        Building and unit, ``""`` for none.
    """

    areas: tuple[str, str, str]
    road: str
    number: str = ""
    compound: str = ""
    building: str = ""
    unit: str = ""

    @property
    def words(self) -> str:
        """Road and compound."""
        return self.road + self.compound


def plain(text: str) -> str:
    """Return a text with one form of digits and letters, without blanks and punctuation.

    Parameters
    ----------
    text : str
        An address as written.

    Returns
    -------
    str
        The text, remarks at its end (旁边, 附近 …) taken off.
    """
    joined = _NOISE.sub("", unicodedata.normalize("NFKC", text)).upper()
    return _REMARK.sub("", joined)


def address_key(text: str) -> str:
    """Return what the ways of writing one address have in common.

    Parameters
    ----------
    text : str
        An address as written.

    Returns
    -------
    str
        One form of letters, digits, blanks, street types and the order of streets that cross;
        words are never left out: 对面 is another place than 旁边.
    """
    written = unicodedata.normalize("NFKC", text).upper()
    if _HAN.search(written):
        return _LOOSE.sub("", written)
    return " & ".join(sorted(crossing(written.replace("(", " ").replace(")", " "))))


def village_name(name: str) -> str:
    """Return the name of a village or community without that of its office.

    Parameters
    ----------
    name : str
        Such as 南顾屯村村民委员会.

    Returns
    -------
    str
        Such as 南顾屯村.
    """
    return _OFFICE.sub("", name)


def bare_name(name: str) -> str:
    """Return the name of a village without the word for what it is.

    Parameters
    ----------
    name : str
        Such as 樊村村 or 顺河社区.

    Returns
    -------
    str
        Such as 樊 or 顺河; the ways of writing one village have it in common.
    """
    return _KIND.sub("", name) or name


def take_apart(text: str, known: Sequence[frozenset[str]]) -> Parts:
    """Take an address apart.

    Parameters
    ----------
    text : str
        The address, as :func:`plain` returns it.
    known : sequence of set of str
        Names of districts, townships and villages.

    Returns
    -------
    Parts
        Its parts; names of areas that are not known stand before the road.
    """
    rest, areas = _leading_areas(text, known)
    if not any(areas):
        beyond = _BEYOND.match(rest)
        if beyond and beyond.end():
            rest, areas = _leading_areas(rest[beyond.end() :], known)
    found = {"number": "", "building": "", "unit": ""}
    words = {"number": "", "building": ""}
    at = 0
    counts = list(_COUNT.finditer(rest))
    for match in counts:
        kind = _kind(match[3], found)
        if kind == "building" and match[3] == "号楼" and _another(counts, match):
            kind = "number"
        if kind is None:
            break
        before = rest[at : match.start()]
        at = match.end() - (kind == "number" and match[3] == "号楼")
        found[kind] = _value(match[1])
        if kind in words:
            words[kind] += before
        if match[2] and kind == "building" and not found["unit"]:
            found["unit"] = match[2]
    tail = rest[at:]
    if not found["number"] and not found["building"]:
        return Parts(areas, village_name(tail))
    if not found["number"]:
        return Parts(areas, "", "", words["building"], found["building"], found["unit"])
    compound = words["building"] if found["building"] else _REMARK.sub("", tail)
    return Parts(
        areas, words["number"], found["number"], compound, found["building"], found["unit"]
    )


def _leading_areas(text: str, known: Sequence[frozenset[str]]) -> tuple[str, tuple[str, str, str]]:
    areas = ["", "", ""]
    for level, names in enumerate(known):
        unnamed = _UNNAMED[level].match(text) if level < len(_UNNAMED) and not names else None
        if unnamed:
            areas[level], text = unnamed[0], text[unnamed.end() :]
        for end in range(min(len(text), 14), 1, -1):
            if text[:end] in names:
                areas[level], text = text[:end], text[end:]
                break
        office = _OFFICE_NEXT.match(text) if areas[level] else None
        text = text[office.end() :] if office else text
    return text, (areas[0], areas[1], areas[2])


def _kind(suffix: str | None, found: dict[str, str]) -> str | None:
    """Return what a number counts; None where the rest is rooms and remarks."""
    if suffix in _BUILDING:
        return None if found["building"] else "building"
    if suffix == "单元":
        return None if found["unit"] else "unit"
    if suffix in ("室", "层"):
        return None
    if not found["number"] and not found["building"]:
        return "number"
    return None if found["building"] else "building"


def _another(counts: Sequence[re.Match[str]], first: re.Match[str]) -> bool:
    """Tell whether another building follows: then 12号楼… is number 12 before a name with 楼."""
    later = counts[counts.index(first) + 1 :]
    return first is counts[0] and any(match[3] in _BUILDING for match in later)


def _value(text: str) -> str:
    if text[0] not in _DIGITS and text[0] != "十":
        return text.lstrip("0") or "0"
    if "十" not in text:
        return "".join(str(_DIGITS[char]) for char in text)
    tens, ones = text.split("十", 1)
    return str(_DIGITS.get(tens, 1) * _TEN + _DIGITS.get(ones, 0))
