"""Which column of a file means what: guessed from the names, in English and Chinese."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from gridmap.errors import ColumnError, ValueRefused

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Mapping as Mapping_

NAMES = {
    "id": (
        "id 事件编号 案件编号 工单编号 工单号 任务号 任务编号 案卷编号 受理编号 编号 "
        "案件号 流水号 incident_id incident_number case_id case_number case_enquiry_id "
        "service_request_id request_id report_number unique_key row_id 序号"
    ),
    "x": "lon lng long longitude 经度 东经 x坐标 坐标x point_x coord_x x geometry.x",
    "y": "lat latitude 纬度 北纬 y坐标 坐标y point_y coord_y y geometry.y",
    "when": (
        "when 发生时间 事发时间 案发时间 上报时间 受理时间 登记时间 立案时间 创建时间 "
        "来电时间 报案时间 datetime date_time occurred occurred_at incident_date "
        "incident_datetime crash_date requested_datetime open_dt opened open_date "
        "reported reported_at report_date created created_at created_date timestamp "
        "发生日期 事发日期 上报日期 受理日期 日期 date 时间"
    ),
    "time": "time incident_time crash_time occurred_time 时刻 time_of_day",
    "category": (
        "category 大类 大类名称 案件大类 事件大类 问题大类 事件类别 案件类别 问题类别 "
        "类别 分类 一级分类 subject primary_type service_group group object_1 "
        "service_name"
    ),
    "kind": (
        "kind 小类 小类名称 案件小类 事件小类 问题小类 事件类型 案件类型 问题类型 类型 "
        "二级分类 type subtype sub_type request_type complaint_type object_2 service_code"
    ),
    "source": (
        "source 问题来源 案件来源 事件来源 信息来源 上报渠道 来源 渠道 channel origin method"
    ),
    "status": "status 案件状态 办理状态 处置状态 处理状态 当前阶段 状态 state",
    "address": (
        "address 地址 详细地址 事发地址 案发地址 发生地址 事发地点 案发地点 发生地点 "
        "地点描述 位置描述 地点 位置 location location_description addr"
    ),
    "due": (
        "due 截止时间 处置时限 办理时限 应结案时间 截止日期 due_date target_dt deadline "
        "expected_datetime"
    ),
    "closed": (
        "closed 结案时间 办结时间 处置完成时间 完成时间 结案日期 closed_dt closed_at "
        "closed_date closed_datetime resolved resolved_at"
    ),
    "satisfied": "satisfied 满意度 是否满意 满意 满意情况 satisfaction",
}
"""Names by field, the surest first; letters of any case, spaces and signs are passed over."""
SIGNS = re.compile(r"[\s_\-./()（）【】\[\]:：#]+")
ORDERS = ("ymd", "mdy", "dmy")


@dataclass(frozen=True)
class Mapping:
    """Which column of a file means what.

    Parameters
    ----------
    id, x, y, when, time, category, kind, source, status, due, closed, satisfied : str
        Columns of the file; empty means that there is none. ``time`` is the time of day where
        ``when`` is the day.
    address : tuple of str
        Columns that make up the address, joined in this order.
    crs : str
        What the coordinates are in: ``EPSG:n``, ``gcj02`` or ``bd09``.
    zone : str
        Zone of times that do not say theirs; empty means the city's.
    order : str
        ``mdy`` or ``dmy`` for dates like 3/4/2015; empty has the values decide.
    by_address : bool
        Whether incidents without coordinates are found by their address.
    """

    id: str = ""
    x: str = ""
    y: str = ""
    when: str = ""
    time: str = ""
    category: str = ""
    kind: str = ""
    source: str = ""
    status: str = ""
    due: str = ""
    closed: str = ""
    satisfied: str = ""
    address: tuple[str, ...] = ()
    crs: str = "EPSG:4326"
    zone: str = ""
    order: str = ""
    by_address: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the file that have a meaning."""
        single = [str(getattr(self, name)) for name in SINGLE]
        return tuple(name for name in (*single, *self.address) if name)

    def to_dict(self) -> dict[str, Any]:
        """Return the mapping as JSON holds it.

        Returns
        -------
        dict
            Field to value.
        """
        return {**asdict(self), "address": list(self.address)}

    @classmethod
    def from_dict(cls, held: Mapping_[str, Any]) -> Mapping:
        """Take a mapping from JSON.

        Parameters
        ----------
        held : mapping
            As from :meth:`to_dict`; what is absent is empty.

        Returns
        -------
        Mapping
            The mapping.

        Raises
        ------
        ValueRefused
            If it has a field there is not, or a value of another type.
        """
        known = {field.name for field in fields(cls)}
        for name, value in held.items():
            parts = value if name == "address" and isinstance(value, list) else [value]
            kind = bool if name == "by_address" else str
            if name not in known or not all(isinstance(part, kind) for part in parts):
                raise ValueRefused("import.bad_mapping", field=str(name))
        address = held.get("address", ())
        whole = (address,) if isinstance(address, str) else tuple(address)
        return cls(**{**held, "address": tuple(name for name in whole if name)})

    def require(self, columns: Iterable[str]) -> None:
        """Refuse a mapping that names columns the file does not have, or half a point.

        Parameters
        ----------
        columns : iterable of str
            Columns of the file.

        Raises
        ------
        ColumnError
            Naming the first such column and those there are, or the one coordinate.
        """
        if bool(self.x) != bool(self.y):
            raise ColumnError("import.half_mapped", column=self.x or self.y)
        there = list(columns)
        for name in self.columns:
            if name not in there:
                raise ColumnError("import.no_column", column=name, columns=", ".join(there))


SINGLE = tuple(field.name for field in fields(Mapping))[:12]
"""Fields that name one column."""


def plain(name: str) -> str:
    """Return a name with case, spaces and signs passed over.

    Parameters
    ----------
    name : str
        A column's name.

    Returns
    -------
    str
        Lower case, without signs.
    """
    return SIGNS.sub("", name.lower())


def guess(columns: Sequence[str]) -> Mapping:
    """Guess from their names what columns mean.

    Parameters
    ----------
    columns : sequence of str
        Columns of the file.

    Returns
    -------
    Mapping
        No column stands for two fields.
    """
    free = {plain(name): name for name in reversed(columns)}
    found: dict[str, str] = {}
    for field, names in NAMES.items():
        for name in names.split():
            if plain(name) in free:
                found[field] = free.pop(plain(name))
                break
    mapping = Mapping.from_dict(found)
    if bool(mapping.x) != bool(mapping.y):
        mapping = replace(mapping, x="", y="")
    if mapping.time and not mapping.when:
        mapping = replace(mapping, when=mapping.time, time="")
    return mapping
