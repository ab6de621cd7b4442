"""Columns that look person-level: they are dropped before anything is stored.

The program keeps places, incidents and cells, never people. A column is told by its name, in
English and Chinese, or by its values: Chinese identity numbers and mobile numbers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

CHINESE = re.compile(
    r"姓名|当事人|联系人|报案人|举报人|投诉人|来电人|来访人|上报人|反映人|求助人|受害人|嫌疑人|申请人|诉求人|户主|"
    r"身份证|证件号|证件编号|护照|电话|手机|联系方式|来电号码|主叫号码|出生|生日|邮箱|微信|(?<!电)QQ"
)
CHINESE_PLACES = re.compile(r"来源|渠道|方式$|是否|次数|地址|地点|位置")
"""“来电渠道”, “电话来源”: of the report, not of a person."""
PERSONS = (
    "person|caller|reporter|complainant|victim|suspect|offender|officer|driver|owner|contact|"
    "applicant|requester|requestor|citizen|resident|patient|witness|operator|pedestrian|cyclist"
)
ENGLISH = re.compile(
    rf"\b(?:first|last|full|middle|given|family|maiden|sur|nick) ?name\b|\bsurname\b|"
    rf"\b(?:{PERSONS})s?(?: full| first| last)? ?(?:name|id|dob|age|sex|gender|address)\b|"
    r"\b(?:tele)?phone\b|\bmobile(?: ?(?:number|no|phone))?\b|\bcell ?phone\b|\be ?mail\b|"
    r"\bssn\b|\bsocial security\b|\bpassport\b|\bbirth ?(?:day|date|year)\b|\bof birth\b|"
    r"\bdob\b|\bid card\b|\bidentity ?(?:number|no|card)\b|\bdriver'?s? licen[cs]e\b"
)
ENGLISH_PLACES = re.compile(
    r"\b(?:street|road|avenue|place|zone|district|location|intersection|site|area|station)\b"
)
WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z']+|\d+")
IDENTITY = r"\d{17}[\dXx]"
MOBILE = r"(?:\+?86[- ]?)?1[3-9]\d{9}"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
SHARE = 0.3
"""Share of a column's values that must look like a person's number."""


def personal_columns(frame: pd.DataFrame, key: str = "") -> dict[str, str]:
    """Find the columns that look person-level.

    Parameters
    ----------
    frame : DataFrame
        Columns as in the file.
    key : str
        The column of the incidents' numbers, which are not taken for mobile numbers.

    Returns
    -------
    dict of str to str
        Column to ``name``, ``identity`` or ``mobile``: what gave it away.
    """
    found: dict[str, str] = {}
    for name in frame.columns:
        told = "name" if named_personal(str(name)) else _told_by_values(frame[name], name == key)
        if told:
            found[str(name)] = told
    return found


def named_personal(name: str) -> bool:
    """Tell whether a name says that its column is about persons.

    Parameters
    ----------
    name : str
        Name of a column.

    Returns
    -------
    bool
        Names of places, streets and communities are not.
    """
    if CHINESE.search(name):
        return not CHINESE_PLACES.search(name) or "身份证" in name
    words = " ".join(WORDS.findall(name)).lower()
    return bool(ENGLISH.search(words)) and not ENGLISH_PLACES.search(words)


def _told_by_values(column: pd.Series, is_key: bool) -> str:
    if column.dtype.kind not in "OTU" and str(column.dtype) != "str":
        return ""
    values = column[column.notna() & (column != "")].astype("str").str.strip()
    few = values.iloc[:: max(1, len(values) // 1000)]
    if few.empty:
        return ""
    numbers = few[few.str.fullmatch(IDENTITY)]
    if sum(map(_is_identity, numbers)) > SHARE * len(few):
        return "identity"
    if not is_key and few.str.fullmatch(MOBILE).mean() > SHARE:
        return "mobile"
    return ""


def is_identity(text: str) -> bool:
    """Tell whether a text is a person's identity number.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    bool
        Of the form of GB 11643, its last digit right.
    """
    number = text.strip()
    return bool(re.fullmatch(IDENTITY, number)) and _is_identity(number)


def _is_identity(number: str) -> bool:
    """Check the last digit of a Chinese identity number (GB 11643, ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False))
    return CHECKS[total % 11] == number[-1].upper()
