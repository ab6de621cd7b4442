"""Street names and addresses as people write them: one form for both sides of a comparison.

Abbreviations follow the United States Postal Service's Publication 28, appendix C1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

TYPES = {
    "ALLEY": "ALY", "AV": "AVE", "AVENUE": "AVE", "AVEN": "AVE", "BOULEVARD": "BLVD", "BLV": "BLVD",
    "BRIDGE": "BRG", "CENTER": "CTR", "CENTRE": "CTR", "CIRCLE": "CIR", "COURT": "CT",
    "CRESCENT": "CRES", "DRIVE": "DR", "DRV": "DR", "EXPRESSWAY": "EXPY", "EXTENSION": "EXT",
    "FREEWAY": "FWY", "GARDEN": "GDN", "GARDENS": "GDNS", "GROVE": "GRV", "HEIGHTS": "HTS",
    "HIGHWAY": "HWY", "LANE": "LN", "PARKWAY": "PKWY", "PKY": "PKWY", "PWKY": "PKWY", "PY": "PKWY",
    "PLACE": "PL", "PLAZA": "PLZ", "POINT": "PT", "ROAD": "RD", "ROUTE": "RTE", "SQUARE": "SQ",
    "STREET": "ST", "STR": "ST", "TERRACE": "TER", "TERR": "TER", "TRAIL": "TRL",
    "TURNPIKE": "TPKE", "WY": "WAY",
}  # fmt: skip
PLAIN_TYPES = {"PARK", "PATH", "ROW", "WALK", "WAY", "WHARF", "LOOP", "MALL", "PIKE", "RUN"}
KINDS = frozenset(TYPES.values()) | PLAIN_TYPES
WORDS = {
    "MOUNT": "MT", "SAINT": "ST", "MONSIGNOR": "MSGR", "MSR": "MSGR", "DOCTOR": "DR",
    "NORTH": "N", "SOUTH": "S", "EAST": "E", "WEST": "W", "NORTHEAST": "NE", "NORTHWEST": "NW",
    "SOUTHEAST": "SE", "SOUTHWEST": "SW",
}  # fmt: skip
ORDINALS = {
    name: f"{i}{'st' if i == 1 else 'nd' if i == 2 else 'rd' if i == 3 else 'th'}".upper()  # noqa: PLR2004
    for i, name in enumerate(
        ("FIRST", "SECOND", "THIRD", "FOURTH", "FIFTH", "SIXTH", "SEVENTH", "EIGHTH", "NINTH",
         "TENTH", "ELEVENTH", "TWELFTH"), start=1)
}  # fmt: skip
_ONE_FORM = {**TYPES, **WORDS, **ORDINALS}
_STATE = re.compile(
    r"(?:,\s*[A-Z]{2}\.?|,?\s+[A-Z]{2}(?=\s+\d{5}))?(?:,?\s+(\d{5})(?:-\d{4})?)?\s*$"
)
"""``, MA``, ``MA 02139`` or ``02139`` at the end; two letters alone may be ``ST`` or ``CT``."""
_CROSSING = re.compile(
    r"\s*(?:&|/|@|\bAND\b|\bAT\b|\bNEAR\b|\bINTERSECTION OF\b|与|(?<=[路街道巷])(?:和|、))\s*"
)
_AT_CROSSING = re.compile(
    r"(?<=[路街道巷])(?:的?(?:交叉路口|交叉口|十字路口|交汇处|交界处|路口|口))$"
)
"""What stands behind two Chinese names of streets that cross."""
_BLOCK = re.compile(r"^(\d+)\s*(?:BLOCK|BLK)\s*(?:OF\s+)?(?=\S)")
_MASKED = re.compile(r"^0*(\d+)XX\s+(?=\S)")
_NUMBER = re.compile(
    r"^(\d++)\s*(?:1/2\b|[-/.]\s*\d*+)?\s*(?:[A-Z]\b)?[\s,`-]*(?=[A-Z]|\d+(?:ST|ND|RD|TH)\b)"
)
HUNDRED = 100


@dataclass(frozen=True)
class Asked:
    """What an address asks for.

    Parameters
    ----------
    names : tuple of str
        One street in its one form, or two that cross; more words may follow each.
    low, high : int, optional
        House number, or the numbers of a block; absent means that none is given.
    zip_code : str
        Postal code, ``""`` for none.
    """

    names: tuple[str, ...]
    low: int | None = None
    high: int | None = None
    zip_code: str = ""


def one_form(name: str) -> str:
    """Return the one form of a street name.

    Parameters
    ----------
    name : str
        A name as written.

    Returns
    -------
    str
        Capitals, no punctuation, types, directions and ordinals abbreviated.
    """
    plain = re.sub(r"\(.*?\)", " ", name.upper())
    plain = re.sub(r"[.'’`]", "", plain)
    plain = re.sub(r"[^\w\s]", " ", plain)
    return " ".join(_ONE_FORM.get(word, word) for word in plain.split())


def crossing(text: str) -> list[str]:
    """Return the names of streets that cross.

    Parameters
    ----------
    text : str
        In capitals, such as ``A ST & B ST``.

    Returns
    -------
    list of str
        Each in its one form; a single one where nothing stands between two.
    """
    parts = [one_form(part) for part in _CROSSING.split(_AT_CROSSING.sub("", text.strip()))]
    return [part for part in parts if part]


def asked(text: str) -> Asked | None:
    """Read an address.

    Parameters
    ----------
    text : str
        Such as ``12 Main St``, ``A ST & B ST``, ``100 BLOCK OF C AVE``, ``003XX W 110TH ST``.

    Returns
    -------
    Asked or None
        None if there is no street in it.
    """
    rest = re.sub(r"\(.*?\)", " ", text.upper()).strip()
    state = _STATE.search(rest)
    zip_code = (state[1] or "") if state else ""
    rest = rest[: state.start()].strip() if state else rest
    for pattern, size in ((_MASKED, HUNDRED), (_BLOCK, 1)):
        block = pattern.match(rest)
        if block:
            low = int(block[1]) * size // HUNDRED * HUNDRED
            name = one_form(rest[block.end() :])
            return Asked((name,), low, low + HUNDRED - 1, zip_code) if name else None
    number = _NUMBER.match(rest)
    parts = crossing(rest)
    if len(parts) > 1 and not (number and not _is_ordinal(rest)):
        return Asked((parts[0], parts[1]), zip_code=zip_code)
    if number and not _is_ordinal(rest):
        low = int(number[1])
        name = one_form(_CROSSING.split(rest[number.end() :])[0])
        return Asked((name,), low, low, zip_code) if name and low else None
    return Asked((parts[0],), zip_code=zip_code) if parts else None


def _is_ordinal(text: str) -> bool:
    """``2ND ST`` begins with a name, not with a number."""
    return re.match(r"\d+(?:ST|ND|RD|TH)\b", text) is not None


def without_kind(name: str) -> str:
    """Return a name in its one form without the type at its end.

    Parameters
    ----------
    name : str
        A name in its one form.

    Returns
    -------
    str
        Itself if it has no type, or nothing else.
    """
    words = name.split()
    return " ".join(words[:-1]) if len(words) > 1 and words[-1] in KINDS else name
