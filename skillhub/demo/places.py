"""The five districts of the demonstration: what their tables do not say and pages need."""

from __future__ import annotations

from dataclasses import dataclass

LUNAN = "130202"


@dataclass(frozen=True, kw_only=True)
class Place:
    """One district; the address is where its (fictitious) schools teach.

    `staff_phones` begin the numbers of those who work there; `sign_in_first` is the trainer
    who gets a sign-in, `holders` are people of the tables with certificates who get one.
    """

    code: str
    short_name: str
    name_en: str
    plugin: str
    phone: str
    school_address: str
    room: str
    lon: float
    lat: float
    staff_phones: str
    trainer: str
    employer: str
    holders: tuple[str, ...]


FIVE = (
    Place(
        code=LUNAN,
        short_name="路南",
        name_en="Lunan",
        plugin="tangshan_lunan",
        phone="0315-0000000（虚构）",
        school_address="路南区友谊街道实训楼（虚构）",
        room="家政实训室",
        lon=118.162,
        lat=39.623,
        staff_phones="199000090",
        trainer="T09",
        employer="E-LN-0001",
        holders=("P01330", "P01331"),  # both were certified in O-LN-01's class and hired
    ),
    Place(
        code="440103",
        short_name="荔湾",
        name_en="Liwan",
        plugin="guangzhou_liwan",
        phone="020-00000000（虚构）",
        school_address="荔湾区石围塘街道实训楼（虚构）",
        room="直播间",
        lon=113.244,
        lat=23.126,
        staff_phones="199000091",
        trainer="T03",
        employer="E-LW-0001",
        holders=("P00326",),
    ),
    Place(
        code="330102",
        short_name="上城",
        name_en="Shangcheng",
        plugin="hangzhou_shangcheng",
        phone="0571-00000000（虚构）",
        school_address="上城区九堡街道双创中心（虚构）",
        room="水吧操作间",
        lon=120.197,
        lat=30.243,
        staff_phones="199000092",
        trainer="T06",
        employer="E-SC-0042",
        holders=("P00610",),
    ),
    Place(
        code="140403",
        short_name="潞州",
        name_en="Luzhou",
        plugin="changzhi_luzhou",
        phone="0355-0000000（虚构）",
        school_address="潞州区威远门中路（虚构）",
        room="民情茶座",
        lon=113.113,
        lat=36.195,
        staff_phones="199000093",
        trainer="T08",
        employer="E-LZ-0001",
        holders=("P01064",),
    ),
    Place(
        code="500104",
        short_name="大渡口",
        name_en="Dadukou",
        plugin="chongqing_dadukou",
        phone="023-0000000（虚构）",
        school_address="大渡口区建胜镇实训楼（虚构）",
        room="教室1",
        lon=106.482,
        lat=29.484,
        staff_phones="199000094",
        trainer="T01",
        employer="E-DDK-0001",
        holders=("P00127",),
    ),
)
"""In the order in which sign-ins are listed: Lunan, whose chain is whole, first."""
BY_CODE = {place.code: place for place in FIVE}
